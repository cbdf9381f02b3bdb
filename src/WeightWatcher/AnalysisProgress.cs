namespace WeightWatcher;

/// <summary>How far an analysis is.</summary>
/// <param name="LayersDone">Layers that are finished.</param>
/// <param name="LayersTotal">Layers to analyse.</param>
/// <param name="WorkDone">The share of the estimated floating-point work that is finished, 0 to 1.</param>
/// <param name="Layer">The layer that was finished last.</param>
public sealed record AnalysisProgress(int LayersDone, int LayersTotal, double WorkDone, string Layer)
{
    /// <summary>The share of the work that belongs to layers under way, 0 to 1; how much of it is done is not known.</summary>
    public double WorkUnderWay { get; init; }
}
