namespace WeightWatcher.MSBuild;

/// <summary>The list of the reports that the gate wrote, a line each, from which <c>Clean</c> deletes them.</summary>
internal static class WrittenFiles
{
    /// <summary>Adds files to the list.</summary>
    public static void Add(string list, IEnumerable<string> files) => Write(list, Read(list).Union(files, StringComparer.Ordinal));

    /// <summary>Replaces the list and deletes what is on it no longer: the verdict on an artifact that is gone must not stay behind.</summary>
    public static void Replace(string list, IReadOnlyCollection<string> files)
    {
        string[] known = Read(list);
        if (known.SequenceEqual(files, StringComparer.Ordinal))
            return;
        foreach (string stale in known.Except(files, StringComparer.Ordinal))
        {
            try
            {
                File.Delete(stale);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is on no list any more; nothing depends on its being gone.
            }
        }

        Write(list, files);
    }

    private static string[] Read(string list) => File.Exists(list) ? File.ReadAllLines(list) : [];

    private static void Write(string list, IEnumerable<string> files)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(list)!);
        File.WriteAllLines(list, files);
    }
}
