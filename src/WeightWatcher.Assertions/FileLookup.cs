using System.Collections.Immutable;

namespace WeightWatcher.Assertions;

/// <summary>Where a path of a test was looked for: the test's output folder, then the current directory; an absolute path only at itself.</summary>
/// <param name="Found">The full path of the first place that exists, or null.</param>
/// <param name="Places">The full paths that were tried, in order, without duplicates.</param>
internal sealed record FileLookup(string? Found, ImmutableArray<string> Places)
{
    public static FileLookup Of(string path)
    {
        ImmutableArray<string> places = [.. Roots().Select(root => Path.GetFullPath(path, root)).Distinct(StringComparer.Ordinal)];
        return new FileLookup(places.FirstOrDefault(place => File.Exists(place) || Directory.Exists(place)), places);
    }

    /// <summary>The folders in which relative paths are looked up, in order.</summary>
    public static ImmutableArray<string> Roots()
    {
        string output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(AppContext.BaseDirectory));
        string current = Path.TrimEndingDirectorySeparator(Directory.GetCurrentDirectory());
        return output == current ? [output] : [output, current];
    }

    /// <summary>The places as a sentence lists them.</summary>
    public static string List(IEnumerable<string> places) => string.Join(" and at ", places.Select(place => $"'{place}'"));
}
