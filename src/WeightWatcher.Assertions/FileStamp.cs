using WeightWatcher.Artifacts;

namespace WeightWatcher.Assertions;

/// <summary>What tells cheaply that a file changed.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Target">The full path to which it leads with all links followed; length and time are of the file there.</param>
/// <param name="Length">The length in bytes, or null when there is no such file.</param>
/// <param name="Modified">The modification time in UTC; of a missing file the file system's own answer, always the same.</param>
internal readonly record struct FileStamp(string Path, string Target, long? Length, DateTime Modified)
{
    public static FileStamp Of(string path)
    {
        FileInfo file = new(RealPath.OrSame(System.IO.Path.GetFullPath(path)));
        return new FileStamp(path, file.FullName, file.Exists ? file.Length : null, file.LastWriteTimeUtc);
    }
}
