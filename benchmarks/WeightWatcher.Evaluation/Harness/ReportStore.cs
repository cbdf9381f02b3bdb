using WeightWatcher.Baselines;
using WeightWatcher.Caching;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>What was measured of models and variants, kept in a folder so that policies are tried without analysing anything again.</summary>
internal sealed class ReportStore
{
    private readonly string _reports;
    private readonly string _variants;
    private readonly LayerCache _cache;

    public ReportStore(string folder)
    {
        _reports = Path.Combine(folder, "reports");
        _variants = Path.Combine(folder, "variants");
        _cache = new LayerCache(Path.Combine(folder, "cache"));
        Directory.CreateDirectory(_reports);
        Directory.CreateDirectory(_variants);
    }

    /// <summary>The report of an artifact, under a name that identifies it.</summary>
    public ModelReport OfArtifact(string name, string path) => Kept(name) ?? Keep(name, path);

    /// <summary>The report of a variant, which is made when nothing is known of it; null where there is none.</summary>
    public ModelReport? OfVariant(string name, Func<ModelTensors?> make, bool half)
    {
        string none = Path.Combine(_reports, Safe(name) + ".none");
        if (Kept(name) is { } kept)
            return kept;
        if (File.Exists(none))
            return null;
        if (make() is not { } tensors)
        {
            File.WriteAllText(none, "");
            return null;
        }

        string path = Path.Combine(_variants, Safe(name) + ".safetensors");
        SafetensorsWriter.Write(path, tensors, half);
        ModelReport report = Keep(name, path);
        File.Delete(path);
        return report;
    }

    private ModelReport? Kept(string name)
    {
        string path = PathOf(name);
        return File.Exists(path) ? BaselineFile.Load(path).Report : null;
    }

    private ModelReport Keep(string name, string artifact)
    {
        ModelReport report = ModelAnalyzer.Analyze(artifact, Policy.WellTrained.Analysis with { MaxThreads = 2 }, _cache, null, CancellationToken.None);
        Baseline.Of(report).Save(PathOf(name));

        // What a baseline file holds is what is judged, whether the report is new or kept.
        return Kept(name)!;
    }

    private string PathOf(string name) => Path.Combine(_reports, Safe(name) + Baseline.FileSuffix);

    private static string Safe(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_'));
}
