using MathNet.Numerics.Distributions;

namespace WeightWatcher.Policies;

/// <summary>How exactly a metric is known, for rules against a baseline.</summary>
internal static class StandardErrors
{
    /// <summary>What the name of a metric's standard error ends with: <c>alpha_se</c> belongs to <c>alpha</c>.</summary>
    public const string Suffix = "_se";

    /// <summary>By how many standard errors of the difference one change must exceed zero to count as more than the metric's own error.</summary>
    public const double Factor = 2.0;

    /// <summary>How often one of all comparisons of a rule may exceed its error by chance alone.</summary>
    private const double FamilyError = 0.05;

    private static readonly double LogTen = Math.Log(10);

    /// <summary>
    /// By how many standard errors a change must exceed zero when so many are looked at, that a model of 300 layers raises no more false alarms than one of 10
    /// (Bonferroni, two-sided): 2.0 for one, 2.8 for 10, 3.8 for 300.
    /// </summary>
    /// <param name="comparisons">The number of layers that a rule compares, 1 or more.</param>
    /// <param name="factor">The factor for one comparison; 0 to judge by tolerances alone.</param>
    public static double FactorFor(int comparisons, double factor = Factor)
    {
        if (factor == 0)
            return 0;
        double error = factor == Factor ? FamilyError : 2 * Normal.CDF(0, 1, -factor);

        // Beyond what a double tells from 0 no correction is needed either.
        double corrected = error > 0 ? -Normal.InvCDF(0, 1, error / 2 / Math.Max(1, comparisons)) : factor;
        return Math.Max(factor, corrected);
    }

    /// <summary>
    /// The standard error of a layer's metric, or null when none is known: the column <c>[metric]_se</c>, which is a jackknife over rows, or what follows from one. Where the jackknife
    /// of <c>alpha</c> does not apply it is <c>sigma</c>, which assumes independent eigenvalues and so is a rough guide.
    /// </summary>
    public static double? Of(LayerReport layer, string metric)
    {
        if (Value(layer, metric + Suffix) is { } own)
            return own;
        switch (metric)
        {
            case "alpha":
                return Value(layer, "sigma");
            case "norm":
                return LogTen * Value(layer, metric) * Value(layer, "log_norm_se");
            case "spectral_norm" or "lambda_max":
                return LogTen * Value(layer, metric) * Value(layer, "log_spectral_norm_se");
            case "sv_max":
                return LogTen / 2 * Value(layer, metric) * Value(layer, "log_spectral_norm_se");
            case "rand_distance_ratio":
                return Value(layer, "rand_distance_null") is { } expected and > 0 ? Value(layer, "rand_distance_se") / expected : null;
            case "rand_distance_z":
                return Value(layer, "rand_distance_z") is { } z and not 0 && Value(layer, "rand_distance") is { } distance && Value(layer, "rand_distance_null") is { } chance
                    ? Value(layer, "rand_distance_se") * Math.Abs(z) / (distance - chance)
                    : null;
            case "alpha_weighted":
                return Value(layer, "alpha") is { } alpha && Value(layer, "alpha_se") is { } error
                    && Value(layer, "log_spectral_norm") is { } log && Value(layer, "log_spectral_norm_se") is { } logError
                    ? double.Hypot(log * error, alpha * logError)
                    : null;
            default:
                return null;
        }
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
    /// <param name="comparisons">How many layers the rule compares.</param>
    public static bool IsBeyond(double change, double? error, PolicyRule rule, BaselineComparison comparison, int comparisons = 1)
    {
        double factor = FactorFor(comparisons, rule.StandardErrors ?? comparison.StandardErrors);
        return error is not { } known || factor == 0 || Math.Abs(change) > factor * known;
    }

    /// <summary>The standard error of the difference of two independent values, or null when neither has one.</summary>
    public static double? OfDifference(double? first, double? second) =>
        first is null && second is null ? null : double.Hypot(first ?? 0, second ?? 0);

    private static double? Value(LayerReport layer, string column) => layer[column] is { IsMeasured: true } value ? value.Value : null;
}
