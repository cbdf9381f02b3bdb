using WeightWatcher.Distributions;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>
/// How likely entries are under the distributions from which weights are initialised. Each probability is the smallest of a few tests times their number
/// (Bonferroni), so that independent draws give a probability below p in at most a share p of cases.
/// </summary>
internal static class InitialDistribution
{
    /// <summary>The variance of a standard normal number that is redrawn until it lies within two standard deviations.</summary>
    public const double TruncatedVariance = 0.7737413;

    /// <summary>Its fourth moment.</summary>
    private const double TruncatedFourth = 1.4161887;

    /// <summary>A probability below this one is reported as zero: the other tests could only make it smaller.</summary>
    private const double Impossible = 1e-12;

    /// <summary>Uniform on [-b, b]. The bound is not assumed: the largest magnitude gives it to a relative 1 / n.</summary>
    public static double Uniform(EntrySample entries, double independence)
    {
        double n = entries.Count, bound = entries.LargestMagnitude * (n + 1) / n;
        double spread = StandardNormal.TwoSided(((entries.MeanSquare / (bound * bound)) - (1.0 / 3)) / Math.Sqrt(4 / (45 * n)));
        if (spread < Impossible)
            return 0;
        double distance = Distance(entries, x => Math.Clamp((1 + (x / bound)) / 2, 0, 1));
        return Smallest(independence, KolmogorovDistribution.Survival(distance, n), spread);
    }

    /// <summary>Normal with mean zero and a known variance.</summary>
    public static double Normal(EntrySample entries, double variance, double independence)
    {
        double n = entries.Count, sigma = Math.Sqrt(variance);
        double spread = StandardNormal.TwoSided(StandardNormal.GammaScore(entries.MeanSquare, variance, 2 * variance * variance / n));
        if (spread < Impossible)
            return 0;
        double beyond = StandardNormal.TwoSided(entries.LargestMagnitude / sigma);
        double largest = -Math.Exp(n * Math.Log(1 - Math.Min(beyond, 0.5))) + 1;
        double distance = Distance(entries, x => StandardNormal.Cdf(x / sigma));
        return Smallest(independence, KolmogorovDistribution.Survival(distance, n), spread, StandardNormal.TwoSided(KurtosisScore(entries)), largest);
    }

    /// <summary>Normal with mean zero, redrawn beyond two standard deviations, with a known variance after that.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="variance">The variance of the entries, smaller than that of the normal before the cut.</param>
    /// <param name="tolerance">The relative rounding error of the stored entries.</param>
    /// <param name="independence">The smallest probability of independence.</param>
    public static double Truncated(EntrySample entries, double variance, double tolerance, double independence)
    {
        double n = entries.Count, sigma = Math.Sqrt(variance / TruncatedVariance);
        if (entries.LargestMagnitude > 2 * sigma * (1 + tolerance))
            return 0;
        double spread = StandardNormal.TwoSided(((entries.MeanSquare / (sigma * sigma)) - TruncatedVariance) / Math.Sqrt((TruncatedFourth - (TruncatedVariance * TruncatedVariance)) / n));
        if (spread < Impossible)
            return 0;
        double cut = StandardNormal.Cdf(-2), distance = Distance(entries, x => Math.Clamp((StandardNormal.Cdf(x / sigma) - cut) / (1 - (2 * cut)), 0, 1));
        return Smallest(independence, KolmogorovDistribution.Survival(distance, n), spread);
    }

    private static double Smallest(double independence, params ReadOnlySpan<double> own)
    {
        double smallest = independence;
        foreach (double p in own)
            smallest = Math.Min(smallest, p);
        return Math.Min(1, smallest * (IndependentEntries.Tests + own.Length));
    }

    /// <summary>The Kolmogorov-Smirnov distance at the points of the empirical distribution.</summary>
    private static double Distance(EntrySample entries, Func<double, double> cdf)
    {
        double largest = 0;
        foreach ((double at, double share) in entries.Distribution)
            largest = Math.Max(largest, Math.Abs(cdf(at) - share));
        return largest;
    }

    /// <summary>The normal score of the kurtosis of a normal sample (Anscombe and Glynn, Biometrika 70, 1983).</summary>
    private static double KurtosisScore(EntrySample entries)
    {
        double n = entries.Count, kurtosis = entries.MeanFourth / (entries.MeanSquare * entries.MeanSquare);
        double variance = 24 * n * (n - 2) * (n - 3) / ((n + 1) * (n + 1) * (n + 3) * (n + 5));
        double x = (kurtosis - (3 * (n - 1) / (n + 1))) / Math.Sqrt(variance);
        double skewness = 6 * ((n * n) - (5 * n) + 2) / ((n + 7) * (n + 9)) * Math.Sqrt(6 * (n + 3) * (n + 5) / (n * (n - 2) * (n - 3)));
        double a = 6 + (8 / skewness * ((2 / skewness) + Math.Sqrt(1 + (4 / (skewness * skewness)))));
        double ratio = (1 - (2 / a)) / (1 + (x * Math.Sqrt(2 / (a - 4))));
        return (1 - (2 / (9 * a)) - Math.Cbrt(ratio)) / Math.Sqrt(2 / (9 * a));
    }
}
