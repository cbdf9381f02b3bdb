using System.Collections.Immutable;

namespace WeightWatcher.Baselines;

/// <summary>Where a baseline was looked for: a file, the baseline file beside it, or in a folder (of a downloaded artifact, say) the file that goes with the model.</summary>
/// <param name="Found">The full path of the first place that exists, or null.</param>
/// <param name="Places">The full paths that were tried, in order.</param>
internal sealed record BaselineLookup(string? Found, ImmutableArray<string> Places)
{
    /// <summary>Looks for the baseline of a model.</summary>
    /// <param name="path">The full path of a file or folder.</param>
    /// <param name="modelPath">The path of the model, whose name a folder is searched for.</param>
    public static BaselineLookup Of(string path, string modelPath)
    {
        string model = Path.GetFileName(Path.TrimEndingDirectorySeparator(modelPath));
        if (File.Exists(path))
            return new(path, [path]);
        if (!Directory.Exists(path))
        {
            string beside = Path.TrimEndingDirectorySeparator(path) + Baseline.FileSuffix;
            return Baseline.IsFileName(path) ? new(null, [path]) : new(File.Exists(beside) ? beside : null, [path, beside]);
        }

        string file = Path.Combine(path, model + Baseline.FileSuffix), same = Path.Combine(path, model);
        // Beside the model itself there is only its baseline file: compared with itself it would pass whatever it is.
        if (Path.GetFullPath(same) == Path.GetFullPath(modelPath))
            return new(File.Exists(file) ? file : null, [file]);
        ImmutableArray<string> places = [file, same];
        string? found = places.FirstOrDefault(place => File.Exists(place) || Directory.Exists(place));
        // A folder that holds a model, in one file or in shards, is itself one.
        return found is not null ? new(found, places) : new(HoldsFile(path) ? path : null, [.. places, path]);
    }

    /// <summary>The places as a sentence lists them.</summary>
    public string List() => string.Join(" and at ", Places.Select(place => $"'{place}'"));

    private static bool HoldsFile(string folder) => Directory.EnumerateFiles(folder).Any();
}
