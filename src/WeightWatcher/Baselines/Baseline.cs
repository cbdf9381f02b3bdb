using System.Collections.Immutable;
using WeightWatcher.Baselines;

namespace WeightWatcher;

/// <summary>What a model is compared with: the report of another model, and what was held and accepted since. Immutable.</summary>
public sealed record Baseline
{
    /// <summary>The end of the names of baseline files.</summary>
    public const string FileSuffix = ".wwbaseline.json";

    /// <summary>What was measured of the model that the baseline is.</summary>
    public required ModelReport Report { get; init; }

    /// <summary>Values that rules compare with in the place of the report's; empty for a checkpoint.</summary>
    public ImmutableArray<HeldValue> Held { get; init; } = [];

    /// <summary>What was accepted; empty for a checkpoint.</summary>
    public ImmutableArray<AcceptedChange> Accepted { get; init; } = [];

    /// <summary>The full path of the baseline file, or null for a checkpoint.</summary>
    public string? FilePath { get; init; }

    /// <summary>The baseline that a checkpoint's report is.</summary>
    public static Baseline Of(ModelReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new Baseline { Report = report };
    }

    /// <summary>Reads a baseline file.</summary>
    /// <param name="path">The file; a relative path is taken from the current directory.</param>
    /// <exception cref="BaselineException">The file is missing, malformed, or of another version.</exception>
    public static Baseline Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return BaselineFile.Load(System.IO.Path.GetFullPath(path));
    }

    /// <summary>
    /// Writes a baseline file, whole or not at all. Comments of a baseline file that is replaced stay, and so does the order of its layers and keys; a file whose text would stay the
    /// same is not touched.
    /// </summary>
    /// <param name="path">The file; a relative path is taken from the current directory.</param>
    /// <returns>Whether the file was written.</returns>
    /// <exception cref="BaselineException">The file that is there is malformed, or it cannot be written.</exception>
    public bool Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return BaselineFile.Save(this, System.IO.Path.GetFullPath(path), _ => null);
    }

    /// <summary>Whether a path is, by its name, that of a baseline file.</summary>
    internal static bool IsFileName(string path) => path.EndsWith(FileSuffix, StringComparison.OrdinalIgnoreCase);
}
