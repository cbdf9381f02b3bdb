using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace WeightWatcher.MSBuild.Tests.Infra;

/// <summary>Runs the real <c>dotnet</c>.</summary>
internal static class DotNet
{
    /// <summary>Runs a command to its end, or kills it with all it started when the test is cancelled.</summary>
    public static Task<BuildResult> Run(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        Run("dotnet", folder, arguments, environment);

    /// <summary>Runs a program that runs the real <c>dotnet</c>.</summary>
    public static async Task<BuildResult> Run(string program, string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process process = Start(program, arguments, folder, environment, out StringBuilder output);
        await Finish(process);
        return new(process.ExitCode, output.ToString());
    }

    /// <summary>Runs a command in a process group of its own, sends Ctrl+C to the group once a condition holds, and waits for the end.</summary>
    public static async Task<BuildResult> RunAndInterrupt(string folder, IEnumerable<string> arguments, Func<bool> when, TimeSpan atMost)
    {
        // The shell of a test run may ignore the signal, and children inherit that; 'env' restores it.
        using Process process = Start("setsid", ["--wait", "env", "--default-signal=INT", "dotnet", .. arguments], folder, null, out StringBuilder output);
        try
        {
            while (!when())
            {
                Assert.False(process.HasExited, output.ToString());
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            int group = ChildOf(process.Id);
            Assert.Equal(0, Kill(-group, Sigint));
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(atMost);
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return new(process.ExitCode, output.ToString());
    }

    private const int Sigint = 2;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    // 'setsid --wait' forks when it leads a group already; the child then leads the new one.
    private static int ChildOf(int process)
    {
        string children = File.ReadAllText($"/proc/{process}/task/{process}/children").Trim();
        return children.Length == 0 ? process : int.Parse(children.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Process Start(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment, out StringBuilder output)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the outer test run and its build set would steer the inner build.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k.StartsWith("VSTEST", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        // Continuous integration is what a scenario says it is, not what runs the tests.
        start.Environment.Remove("CI");
        start.Environment.Remove("TF_BUILD");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        // A cache of the scenario's own: what the user of this machine has measured neither helps nor changes.
        start.Environment["WeightWatcherCacheDirectory"] = start.Environment["WEIGHTWATCHER_CACHE"] = Path.Combine(folder, ".cache");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        StringBuilder all = output = new();
        Process process = new() { StartInfo = start };
        DataReceivedEventHandler append = (_, line) =>
        {
            lock (all)
                all.AppendLine(line.Data);
        };
        process.OutputDataReceived += append;
        process.ErrorDataReceived += append;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task Finish(Process process)
    {
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
