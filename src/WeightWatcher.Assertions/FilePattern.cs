using System.Collections.Immutable;
using System.IO.Enumeration;

namespace WeightWatcher.Assertions;

/// <summary>
/// A pattern of file paths: <c>*</c> and <c>?</c> within one folder or file name, <c>**</c> for any number of folders, none included.
/// Names are compared as the file system does it.
/// </summary>
internal static class FilePattern
{
    private static readonly string[] AnyFile = ["*"];

    /// <summary>The files under a folder that match, relative to it, with <c>/</c>; an absolute pattern gives absolute paths.</summary>
    public static ImmutableArray<string> Expand(string pattern, string root)
    {
        string slashed = pattern.Replace('\\', '/');
        string drive = (Path.GetPathRoot(slashed) ?? "").Replace('\\', '/');
        string[] segments = slashed[drive.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return [.. Match(drive.Length == 0 ? root : drive, drive, segments).Distinct(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Match(string folder, string prefix, ReadOnlyMemory<string> segments)
    {
        if (segments.IsEmpty || !Directory.Exists(folder))
            return [];
        string segment = segments.Span[0];
        ReadOnlyMemory<string> rest = segments[1..];
        if (segment == "**")
        {
            // No folder at all, or one more and the same pattern again; at the end, every file.
            IEnumerable<string> here = Match(folder, prefix, rest.IsEmpty ? AnyFile : rest);
            return here.Concat(Folders(folder).SelectMany(name => Match(Path.Combine(folder, name), $"{prefix}{name}/", segments)));
        }

        if (segment is "." or "..")
            return Match(Path.Combine(folder, segment), $"{prefix}{segment}/", rest);
        return rest.IsEmpty
            ? Names(Directory.EnumerateFiles(folder), segment).Select(name => prefix + name)
            : Names(Directory.EnumerateDirectories(folder), segment).SelectMany(name => Match(Path.Combine(folder, name), $"{prefix}{name}/", rest));
    }

    /// <summary>The folders that <c>**</c> enters; not the linked ones, which could lead in a circle.</summary>
    private static IEnumerable<string> Folders(string folder) =>
        new DirectoryInfo(folder).EnumerateDirectories().Where(child => child.LinkTarget is null).Select(child => child.Name);

    private static IEnumerable<string> Names(IEnumerable<string> paths, string segment)
    {
        bool ignoreCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
        return paths.Select(path => Path.GetFileName(path)).Where(name => FileSystemName.MatchesSimpleExpression(segment, name, ignoreCase));
    }
}
