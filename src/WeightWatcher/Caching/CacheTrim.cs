namespace WeightWatcher.Caching;

/// <summary>
/// Bounds the cache: each of its folders on its own, since hashes spread entries evenly, so that nothing is ever counted as a whole. The least recently
/// used entries go.
/// </summary>
/// <param name="mostBytes">The disk space that the entries of one folder may take.</param>
/// <param name="clock">The clock.</param>
internal sealed class CacheTrim(long mostBytes, TimeProvider clock)
{
    /// <summary>How the names of files end that are being written.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>What a file takes of most disks at least.</summary>
    internal const long Block = 4096;

    /// <summary>One in this many keys asks for a trim.</summary>
    private const int Every = 16;

    /// <summary>A use is written down when the last one noted is older than this; more often would cost a write per hit.</summary>
    private static readonly TimeSpan TouchAfter = TimeSpan.FromHours(12);

    /// <summary>No writer takes this long: the file of one that ended before it was done.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    /// <summary>Whether storing this key shall trim its folder: about one store in sixteen.</summary>
    public static bool IsDue(ReadOnlySpan<byte> key) => key[1] % Every == 0;

    /// <summary>Notes that an entry was used; the time of its last change is the time of its last use.</summary>
    public void Touch(string path)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        try
        {
            if (now - File.GetLastWriteTimeUtc(path) > TouchAfter)
                File.SetLastWriteTimeUtc(path, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that can only be read serves as well; its owner decides what stays.
        }
    }

    /// <summary>Removes the least recently used entries of a folder until the rest fits. Other processes may do the same at the same time.</summary>
    public void Run(string folder)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        long used = 0;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles().OrderByDescending(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal))
        {
            bool temporary = file.Name.EndsWith(TemporarySuffix, StringComparison.Ordinal);
            if (temporary && now - file.LastWriteTimeUtc < AbandonedAfter)
                continue;
            try
            {
                used += (file.Length + Block - 1) / Block * Block;
                if (temporary || used > mostBytes)
                    file.Delete();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone, since a writer moved it into place or another trim took it; or in use, and the next trim takes it.
            }
        }
    }
}
