namespace WeightWatcher.MSBuild;

/// <summary>The property <c>WeightWatcherCacheDirectory</c>.</summary>
internal static class CacheSetting
{
    /// <summary>The full path of the folder, or null when the property is empty or <c>off</c>.</summary>
    public static string? Folder(string? property, string projectDirectory)
    {
        string value = property?.Trim() ?? "";
        return value.Length == 0 || value.Equals("off", StringComparison.OrdinalIgnoreCase) ? null : ProjectPath.Full(value, projectDirectory);
    }
}
