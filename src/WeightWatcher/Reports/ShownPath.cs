namespace WeightWatcher.Reports;

/// <summary>How paths appear in reports and messages: relative to the project, with <c>/</c>, never a path of the machine.</summary>
public static class ShownPath
{
    /// <summary>A path as it is shown.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="baseDirectory">The folder to show it relative to; null for the file name alone.</param>
    /// <returns>The relative path when the file is in or beside the folder (up to three levels up), else the file name.</returns>
    public static string Of(string path, string? baseDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        if (baseDirectory is null)
            return name;
        string relative = Path.GetRelativePath(baseDirectory, path).Replace('\\', '/');
        return Path.IsPathRooted(relative) || relative.StartsWith("../../../../", StringComparison.Ordinal) ? name : relative;
    }
}
