namespace WeightWatcher.Policies;

/// <summary>How exactly a metric is known, for rules against a baseline.</summary>
internal static class StandardErrors
{
    /// <summary>By how many standard errors of the difference a change must exceed zero to count as more than the metric's own error.</summary>
    public const double Factor = 2.0;

    /// <summary>
    /// The standard error of a layer's metric, or null when none is known. For <c>alpha</c> it is <c>sigma</c>, which assumes independent
    /// eigenvalues; they repel, so it is a rough guide.
    /// </summary>
    public static double? Of(LayerReport layer, string metric) =>
        metric == "alpha" && layer["sigma"] is { IsMeasured: true } sigma ? sigma.Value : null;

    /// <summary>The standard error of the difference of two independent values, or null when neither has one.</summary>
    public static double? OfDifference(double? first, double? second) =>
        first is null && second is null ? null : double.Hypot(first ?? 0, second ?? 0);
}
