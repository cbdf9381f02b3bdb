using WeightWatcher.Artifacts;

namespace WeightWatcher;

/// <summary>Analyses the weights of a model artifact.</summary>
public static class ModelAnalyzer
{
    /// <summary>Reads an artifact and measures its layers.</summary>
    /// <param name="path">The artifact; a relative path is taken from the current directory.</param>
    /// <param name="options">What to analyse; null for <see cref="AnalysisOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the analysis within about 100 ms.</param>
    /// <returns>The report. A layer with NaN, infinite or only zero weights is in it, with its fault.</returns>
    /// <exception cref="ArtifactException">The artifact is missing, malformed, unsafe, or has nothing to analyse.</exception>
    public static ModelReport Analyze(string path, AnalysisOptions? options = null, CancellationToken cancellationToken = default) =>
        Analyze(path, options, null, cancellationToken);

    internal static ModelReport Analyze(string path, AnalysisOptions? options, IProgress<AnalysisProgress>? progress, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("not wired yet");
}
