using System.IO.Enumeration;

namespace WeightWatcher.MSBuild;

/// <summary>A pattern of files: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders.</summary>
internal static class FilePattern
{
    /// <summary>The full paths of the files that match, in ordinal order.</summary>
    /// <param name="pattern">The pattern, with <c>/</c> or <c>\</c>, relative to <paramref name="baseDirectory"/> or rooted.</param>
    /// <param name="baseDirectory">A full path.</param>
    public static IReadOnlyList<string> Expand(string pattern, string baseDirectory)
    {
        pattern = ProjectPath.Native(pattern);
        string root = Path.GetPathRoot(pattern)!;
        string[] parts = pattern[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        int fixedParts = 0;
        while (fixedParts < parts.Length - 1 && !HasWildcard(parts[fixedParts]))
            fixedParts++;
        // What stands before the first wildcard may hold '..'; GetFullPath resolves it.
        string start = Path.GetFullPath(root + Path.Combine(["", .. parts[..fixedParts]]), baseDirectory);
        SortedSet<string> found = new(StringComparer.Ordinal);
        Collect(start, parts.AsSpan(fixedParts), found);
        return [.. found];
    }

    private static bool HasWildcard(string part) => part.AsSpan().ContainsAny('*', '?');

    private static void Collect(string folder, ReadOnlySpan<string> parts, SortedSet<string> found)
    {
        if (parts.IsEmpty || !Directory.Exists(folder))
            return;
        if (parts[0] == "**")
        {
            ReadOnlySpan<string> rest = parts[1..];
            if (rest.IsEmpty)
                rest = new string[] { "*" };
            Collect(folder, rest, found);
            foreach (string child in Children(folder, "*", folders: true))
                Collect(child, parts, found);
        }
        else if (parts.Length == 1)
        {
            found.UnionWith(Children(folder, parts[0], folders: false));
        }
        else
        {
            foreach (string child in Children(folder, parts[0], folders: true))
                Collect(child, parts[1..], found);
        }
    }

    // Folders that are links are not entered: they may lead in circles.
    private static FileSystemEnumerable<string> Children(string folder, string name, bool folders)
    {
        bool ignoreCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
        return new FileSystemEnumerable<string>(folder, (ref FileSystemEntry e) => e.ToFullPath(), new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true })
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) =>
                e.IsDirectory == folders
                && (!folders || (e.Attributes & FileAttributes.ReparsePoint) == 0)
                && FileSystemName.MatchesSimpleExpression(name, e.FileName, ignoreCase),
        };
    }
}
