using System.Collections.Immutable;
using WeightWatcher.Policies;

namespace WeightWatcher.Reports;

/// <summary>A layer beside its counterpart in the baseline.</summary>
/// <param name="Layer">The layer of the model.</param>
/// <param name="Before">Its counterpart, or null when the baseline has none.</param>
internal sealed record LayerChange(LayerReport Layer, LayerReport? Before)
{
    private const double Rounding = 1e-12;

    /// <summary>True when both have the same weights, bit for bit.</summary>
    public bool IsUnchanged => Before is not null && Layer.WeightHash.Length > 0 && Layer.WeightHash == Before.WeightHash;

    /// <summary>The value now minus the value in the baseline, or null when one of them was not measured. What another processor rounds differently is no difference.</summary>
    public double? Difference(string metric) =>
        Before is null || Layer[metric] is not { IsMeasured: true } now || Before[metric] is not { IsMeasured: true } before ? null
        : Math.Abs(now.Value - before.Value) <= Rounding * Math.Max(Math.Abs(now.Value), Math.Abs(before.Value)) ? 0
        : now.Value - before.Value;

    /// <summary>The standard error of the difference, or null when it is not known or the weights are the same.</summary>
    public double? Error(string metric) =>
        Before is null || IsUnchanged ? null : StandardErrors.OfDifference(StandardErrors.Of(Layer, metric), StandardErrors.Of(Before, metric)) is { } error && error > 0 ? error : null;

    /// <summary>The difference in standard errors where the metric has one, else relative to the baseline: what orders changes by size.</summary>
    public double Size(string metric)
    {
        if (Difference(metric) is not { } difference)
            return 0;
        double scale = StandardErrors.OfDifference(StandardErrors.Of(Layer, metric), StandardErrors.Of(Before!, metric)) is { } error && error > 0
            ? error
            : Math.Abs(Before![metric].Value);
        return scale > 0 ? Math.Abs(difference) / scale : 0;
    }
}

/// <summary>What changed against the baseline, layer by layer.</summary>
/// <param name="Layers">Every layer of the model, in its order.</param>
/// <param name="Removed">The layers of the baseline that the model does not have.</param>
internal sealed record BaselineChanges(ImmutableArray<LayerChange> Layers, ImmutableArray<LayerReport> Removed)
{
    /// <summary>The number of layers with the same weights.</summary>
    public int Unchanged => Layers.Count(l => l.IsUnchanged);

    /// <summary>The layers that the baseline does not have.</summary>
    public IEnumerable<LayerReport> Added => Layers.Where(l => l.Before is null).Select(l => l.Layer);

    /// <summary>Compares a report with its baseline; null when there is no baseline.</summary>
    public static BaselineChanges? Of(GateResult result)
    {
        if (result.Baseline is not { } baseline)
            return null;
        Dictionary<(string, int?), LayerReport> before = [];
        foreach (LayerReport layer in baseline.Layers)
            before.TryAdd((layer.Name, layer.SliceId), layer);
        ImmutableArray<LayerChange> layers = [.. result.Report.Layers.Select(l => new LayerChange(l, before.GetValueOrDefault((l.Name, l.SliceId))))];
        HashSet<(string, int?)> now = [.. result.Report.Layers.Select(l => (l.Name, l.SliceId))];
        return new BaselineChanges(layers, [.. baseline.Layers.Where(l => !now.Contains((l.Name, l.SliceId)))]);
    }
}
