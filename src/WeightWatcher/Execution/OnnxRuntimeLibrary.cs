using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace WeightWatcher.Execution;

/// <summary>Finds the native library of ONNX Runtime where a project's assets are. Nothing is loaded.</summary>
internal static class OnnxRuntimeLibrary
{
    /// <summary>The name of the library's file on this system.</summary>
    public static string FileName => OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    /// <summary>The runtime identifier under which packages keep the library for this process: <c>linux-x64</c>.</summary>
    public static string Rid
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>The library that a path names: the file itself, or the one of this system in a folder or below its <c>runtimes</c>; null when there is none.</summary>
    /// <param name="path">A full path.</param>
    public static string? At(string path) => File.Exists(path) ? path : InFolder(path).FirstOrDefault(File.Exists);

    /// <summary>The first of several paths that is or holds the library for this process; null when none is.</summary>
    /// <param name="paths">Full paths of files and folders. Files for other systems are passed over.</param>
    public static string? First(IEnumerable<string> paths) => paths.Select(path => IsForOther(path) ? null : File.Exists(path) ? IsLibrary(path) ? path : null : At(path)).FirstOrDefault(found => found is not null);

    /// <summary>The places in a folder, the best first.</summary>
    public static ImmutableArray<string> InFolder(string folder) =>
    [
        Path.Combine(folder, FileName), Path.Combine(folder, "runtimes", Rid, "native", FileName), Path.Combine(folder, "native", FileName), Path.Combine(folder, "lib", FileName),
    ];

    private static bool IsLibrary(string path) => string.Equals(Path.GetFileName(path), FileName, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    // Packages hold the library for every system, under runtimes/<rid>/native.
    private static bool IsForOther(string path)
    {
        string[] parts = path.Split('/', '\\');
        int at = Array.FindLastIndex(parts, part => part.Equals("runtimes", StringComparison.OrdinalIgnoreCase));
        return at >= 0 && at + 2 < parts.Length && parts[at + 2].Equals("native", StringComparison.OrdinalIgnoreCase) && !parts[at + 1].Equals(Rid, StringComparison.OrdinalIgnoreCase);
    }
}
