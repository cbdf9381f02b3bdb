using MathNet.Numerics.Distributions;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>The exact confidence interval of a rate (Clopper and Pearson, Biometrika 26, 1934), 95 %.</summary>
internal static class BinomialInterval
{
    private const double Error = 0.05;

    public static (double Low, double High) Of(int hits, int trials) =>
        (hits == 0 ? 0 : Beta.InvCDF(hits, trials - hits + 1, Error / 2), hits == trials ? 1 : Beta.InvCDF(hits + 1, trials - hits, 1 - (Error / 2)));

    /// <summary>Hits of trials, the rate and its interval, in percent.</summary>
    public static string Text(int hits, int trials)
    {
        if (trials == 0)
            return "";
        (double low, double high) = Of(hits, trials);
        return $"{hits}/{trials} {100.0 * hits / trials:F0} % ({100 * low:F0}-{100 * high:F0})";
    }
}
