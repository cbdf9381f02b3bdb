namespace WeightWatcher.MSBuild;

/// <summary>Paths as projects write them.</summary>
internal static class ProjectPath
{
    /// <summary>The full path of what a project writes: relative to its folder, with either slash, never to the
    /// current directory; without a slash at its end, so that a folder has one name.</summary>
    public static string Full(string path, string projectDirectory) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(Native(path), projectDirectory));

    /// <summary>Projects may write <c>\</c> everywhere; MSBuild mends it in items, not in metadata and properties.</summary>
    public static string Native(string path) => Path.DirectorySeparatorChar == '/' ? path.Replace('\\', '/') : path;
}
