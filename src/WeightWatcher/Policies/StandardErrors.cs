namespace WeightWatcher.Policies;

/// <summary>How exactly a metric is known, for rules against a baseline.</summary>
internal static class StandardErrors
{
    /// <summary>What the name of a metric's standard error ends with: <c>alpha_se</c> belongs to <c>alpha</c>.</summary>
    public const string Suffix = "_se";

    /// <summary>
    /// The standard error of a layer's metric, or null when none is known. For <c>alpha</c> without one it is <c>sigma</c>, which assumes independent
    /// eigenvalues; they repel, so it is a rough guide.
    /// </summary>
    public static double? Of(LayerReport layer, string metric)
    {
        if (layer[metric + Suffix] is { IsMeasured: true } error)
            return error.Value;
        return metric == "alpha" && layer["sigma"] is { IsMeasured: true } sigma ? sigma.Value : null;
    }

    /// <summary>
    /// The standard error of one value of several layers, or null when that of a layer which decides it is not known. Layers are independent; to first order a median, minimum or
    /// maximum moves with the layers in its place alone.
    /// </summary>
    public static double? Of(RuleAggregate aggregate, IReadOnlyList<LayerValue> layers, string metric)
    {
        LayerValue[] sorted = [.. layers.OrderBy(layer => layer.Value)];
        int middle = sorted.Length / 2;
        LayerValue[] deciding = aggregate switch
        {
            RuleAggregate.Min => sorted[..1],
            RuleAggregate.Max => sorted[^1..],
            RuleAggregate.Median => sorted.Length % 2 == 1 ? [sorted[middle]] : [sorted[middle - 1], sorted[middle]],
            _ => sorted,
        };
        double squares = 0;
        foreach (LayerValue layer in deciding)
        {
            if (Of(layer.Layer, metric) is not { } error)
                return null;
            squares += error * error;
        }

        return Math.Sqrt(squares) / deciding.Length;
    }

    /// <summary>Whether a change is more than the metric's own error, as far as that is known.</summary>
    /// <param name="change">The change, of either sign.</param>
    /// <param name="error">The standard error of the difference, or null.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="comparison">How its policy compares.</param>
    public static bool IsBeyond(double change, double? error, PolicyRule rule, BaselineComparison comparison)
    {
        double factor = rule.StandardErrors ?? comparison.StandardErrors;
        return error is not { } known || factor == 0 || Math.Abs(change) > factor * known;
    }

    /// <summary>The standard error of the difference of two independent values, or null when neither has one.</summary>
    public static double? OfDifference(double? first, double? second) =>
        first is null && second is null ? null : double.Hypot(first ?? 0, second ?? 0);
}
