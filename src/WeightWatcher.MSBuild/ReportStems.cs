namespace WeightWatcher.MSBuild;

/// <summary>Names the reports of several artifacts.</summary>
internal static class ReportStems
{
    /// <summary>
    /// A name for each artifact, in the given order, no two alike on any file system: the file name; where several share it, the
    /// artifact's <see cref="ModelItem.Name"/>, else the file name with as many of the folders above it as tell it apart. An artifact that
    /// is judged by several policies has its number after the file name, from the second on.
    /// </summary>
    public static IReadOnlyList<string> Assign(IReadOnlyList<ModelItem> items)
    {
        string[] names = [.. items.Select(FileName)];
        string[] stems = [.. names.Select(Safe)];
        if (new HashSet<string>(stems, StringComparer.OrdinalIgnoreCase).Count == stems.Length)
            return stems;
        foreach (int[] group in SameStems(stems))
        {
            foreach (int i in group)
            {
                if (items[i].Name is { } name)
                    stems[i] = Safe(name);
            }
        }

        foreach (int[] group in SameStems(stems))
        {
            foreach (int[] listed in group.GroupBy(i => items[i].Path).Select(g => g.ToArray()))
            {
                for (int n = 1; n < listed.Length; n++)
                {
                    names[listed[n]] += FormattableString.Invariant($"-{n + 1}");
                    stems[listed[n]] = Safe(names[listed[n]]);
                }
            }
        }

        for (int depth = 1; SameStems(stems).FirstOrDefault() is { } group; depth++)
        {
            bool changed = false;
            foreach (int i in group)
            {
                string longer = Safe(names[i] + Suffix(items[i].Path, depth));
                changed |= longer != stems[i];
                stems[i] = longer;
            }

            // Nothing left to add: the paths differ only in what file names cannot hold.
            for (int n = 0; !changed && n < group.Length; n++)
                stems[group[n]] += FormattableString.Invariant($"-{n + 1}");
        }

        return stems;
    }

    private static string FileName(ModelItem item) => Path.GetFileName(Path.TrimEndingDirectorySeparator(item.Path));

    private static string Suffix(string path, int depth)
    {
        string suffix = "";
        string? folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path));
        for (int i = 0; i < depth && !string.IsNullOrEmpty(folder); i++, folder = Path.GetDirectoryName(folder))
            suffix = $"-{Path.GetFileName(folder)}{suffix}";
        return suffix;
    }

    private static IEnumerable<int[]> SameStems(string[] stems) =>
        Enumerable.Range(0, stems.Length).GroupBy(i => stems[i], StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.ToArray());

    private static string Safe(string name)
    {
        // Windows' list, which includes the others', so that a report is called the same everywhere.
        string safe = string.Concat(name.Select(c => c < ' ' || "\"<>|:*?\\/".Contains(c, StringComparison.Ordinal) ? '_' : c));
        return safe.Trim(' ', '.') is { Length: > 0 } trimmed ? trimmed : "model";
    }
}
