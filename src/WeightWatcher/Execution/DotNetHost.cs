using System.Runtime.InteropServices;

namespace WeightWatcher.Execution;

/// <summary>Finds the program that runs the worker.</summary>
internal static class DotNetHost
{
    /// <summary>The full path of a <c>dotnet</c>, or null when there is none.</summary>
    public static string? Find() => Candidates(
        RuntimeEnvironment.GetRuntimeDirectory(),
        Environment.GetEnvironmentVariable,
        Environment.ProcessPath).FirstOrDefault(File.Exists);

    /// <summary>
    /// Where it may be, the best first: beside the runtime of this process, which is the one that is known to work; the one that the SDK says it is; the program of this
    /// process; what the user says; the path.
    /// </summary>
    /// <param name="runtimeDirectory">The folder of this process's runtime: <c>root/shared/Microsoft.NETCore.App/version</c>, unless the process carries its own.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="processPath">The program of this process.</param>
    public static IEnumerable<string> Candidates(string runtimeDirectory, Func<string, string?> variable, string? processPath)
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        yield return Path.GetFullPath(Path.Combine(runtimeDirectory, "..", "..", "..", name));
        if (variable("DOTNET_HOST_PATH") is { Length: > 0 } host)
            yield return host;
        if (processPath is not null && Path.GetFileName(processPath) == name)
            yield return processPath;
        if (variable("DOTNET_ROOT") is { Length: > 0 } root)
            yield return Path.Combine(root, name);
        foreach (string folder in (variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified))
            yield return Path.Combine(folder, name);
    }
}
