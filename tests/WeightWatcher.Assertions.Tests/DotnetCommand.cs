using System.Diagnostics;
using System.Text;

namespace WeightWatcher.Assertions.Tests;

/// <summary>What a run of the real <c>dotnet</c> left behind.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output and error, in order of arrival.</param>
internal sealed record DotnetResult(int ExitCode, string Output)
{
    public DotnetResult ThrowIfFailed() => ExitCode == 0 ? this : throw new InvalidOperationException($"dotnet ended with {ExitCode}:\n{Output}");
}

/// <summary>Runs <c>dotnet</c> as a user's shell would, without what the surrounding test run left in the environment.</summary>
internal static class DotnetCommand
{
    private static readonly string[] Inherited = ["MSBUILD", "VSTEST", "TESTINGPLATFORM", "XUNIT", "NUGET_PACKAGES", "COREHOST", "DOTNET_HOST_PATH", "WEIGHTWATCHER"];

    public static async Task<DotnetResult> Run(string folder, string packagesFolder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string name in start.Environment.Keys.Where(name => Inherited.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToArray())
            start.Environment.Remove(name);
        start.Environment["NUGET_PACKAGES"] = packagesFolder;
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        // The scenarios' own: what the user of this machine has measured neither helps nor changes.
        start.Environment["WEIGHTWATCHER_CACHE"] = start.Environment["WeightWatcherCacheDirectory"] = Path.Combine(packagesFolder, "..", "cache");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";

        StringBuilder output = new();
        using Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, e) => Append(e.Data);
        process.ErrorDataReceived += (_, e) => Append(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new DotnetResult(process.ExitCode, output.ToString());

        void Append(string? line)
        {
            lock (output)
                output.AppendLine(line);
        }
    }
}
