namespace WeightWatcher;

/// <summary>
/// A value of an earlier, better model that rules go on to compare with, although the model of the baseline file itself is a little worse: so that many small steps, each within
/// its tolerance, do not add up.
/// </summary>
/// <param name="Metric">The metric.</param>
/// <param name="Value">The value that rules compare with.</param>
public sealed record HeldValue(string Metric, double Value)
{
    /// <summary>The layer in the baseline, or null for a value of the whole model.</summary>
    public string? Layer { get; init; }

    /// <summary>The slice of the layer when slices are not pooled, or null.</summary>
    public int? SliceId { get; init; }

    /// <summary>The rule whose value of the whole model it is, or null for a layer.</summary>
    public string? Rule { get; init; }

    /// <summary>How the rule makes one value of the layers' values, or null for a layer and for metrics of the whole model.</summary>
    public string? Aggregate { get; init; }

    /// <summary>Whether it stands for the same value as another entry.</summary>
    internal bool IsOf(string? layer, int? slice, string? rule, string metric, string? aggregate) =>
        Layer == layer && SliceId == slice && Rule == rule && Metric == metric && Aggregate == aggregate;
}
