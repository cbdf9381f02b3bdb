namespace WeightWatcher.Assertions;

/// <summary>What tells cheaply that a file changed.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Length">The length in bytes, or null when there is no such file.</param>
/// <param name="Modified">The modification time in UTC; of a missing file the file system's own answer, always the same.</param>
internal readonly record struct FileStamp(string Path, long? Length, DateTime Modified)
{
    public static FileStamp Of(string path)
    {
        FileInfo file = new(path);
        return new FileStamp(path, file.Exists ? file.Length : null, file.LastWriteTimeUtc);
    }
}
