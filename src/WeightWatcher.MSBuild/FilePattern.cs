using System.IO.Enumeration;
using WeightWatcher.Artifacts;

namespace WeightWatcher.MSBuild;

/// <summary>A pattern of files: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders. Folders that are links are entered as others are.</summary>
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
            foreach (string inner in WithSubfolders(folder))
                Collect(inner, rest, found);
        }
        else if (parts.Length == 1)
        {
            found.UnionWith(Children(folder, parts[0], folders: false).Select(child => child.Path));
        }
        else
        {
            foreach ((string child, _) in Children(folder, parts[0], folders: true))
                Collect(child, parts[1..], found);
        }
    }

    /// <summary>
    /// A folder and those below it, linked ones too; each once, whatever links lead to it, since they may lead in circles. One that lies below the first keeps its own name.
    /// </summary>
    private static List<string> WithSubfolders(string start)
    {
        string realStart = RealPath.OrSame(start);
        List<string> folders = [];
        HashSet<string> entered = new(StringComparer.Ordinal);
        // Links come after everything that has its own name.
        Queue<(string Path, string Real)> links = new([(start, realStart)]);
        while (links.TryDequeue(out (string Path, string Real) link))
        {
            Stack<(string Path, string Real)> open = new([link]);
            while (open.TryPop(out (string Path, string Real) folder))
            {
                if (!entered.Add(folder.Real))
                    continue;
                folders.Add(folder.Path);
                foreach ((string child, bool isLink) in Children(folder.Path, "*", folders: true).OrderBy(child => child.Path, StringComparer.Ordinal))
                {
                    string real = isLink ? RealPath.OrSame(child) : Path.Combine(folder.Real, Path.GetFileName(child));
                    if (!isLink)
                        open.Push((child, real));
                    else if (!Holds(real, folder.Real) && !Holds(real, realStart))
                        links.Enqueue((child, real));
                }
            }
        }

        return folders;
    }

    /// <summary>Whether a folder is another one or lies above it. A link to such a one leads back, and to much that nobody meant.</summary>
    private static bool Holds(string folder, string other) =>
        other == folder || other.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static FileSystemEnumerable<(string Path, bool IsLink)> Children(string folder, string name, bool folders)
    {
        bool ignoreCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
        return new FileSystemEnumerable<(string, bool)>(folder, (ref FileSystemEntry e) => (e.ToFullPath(), (e.Attributes & FileAttributes.ReparsePoint) != 0), new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true })
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) =>
                e.IsDirectory == folders && FileSystemName.MatchesSimpleExpression(name, e.FileName, ignoreCase),
        };
    }
}
