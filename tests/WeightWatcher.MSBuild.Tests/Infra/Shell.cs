using System.Diagnostics;

namespace WeightWatcher.MSBuild.Tests.Infra;

/// <summary>Runs command lines as a page shows them.</summary>
internal static class Shell
{
    /// <summary>Runs a line in a folder with the variables of every scenario.</summary>
    public static Task<BuildResult> Run(string folder, string line, IReadOnlyDictionary<string, string>? environment = null) =>
        DotNet.Run("sh", folder, ["-c", line], environment);

    /// <summary>Runs a git command that must succeed.</summary>
    public static string Git(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"git {string.Join(' ', arguments)}: {error.GetAwaiter().GetResult()}");
        return output;
    }
}
