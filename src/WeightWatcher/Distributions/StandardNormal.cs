using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace WeightWatcher.Distributions;

/// <summary>The standard normal distribution, with both tails to full relative precision.</summary>
internal static class StandardNormal
{
    /// <summary>The largest score that <see cref="Score"/> gives, at the smallest probability that a double holds.</summary>
    public const double Farthest = 38;

    /// <summary>The probability of a value of at most z.</summary>
    public static double Cdf(double z) => SpecialFunctions.Erfc(-z / Math.Sqrt(2)) / 2;

    /// <summary>The probability of a value above z.</summary>
    public static double Survival(double z) => Cdf(-z);

    /// <summary>The probability of a value at least as far from zero as z.</summary>
    public static double TwoSided(double z) => SpecialFunctions.Erfc(Math.Abs(z) / Math.Sqrt(2));

    /// <summary>The value above which <paramref name="probability"/> lies; at most <see cref="Farthest"/>.</summary>
    public static double Score(double probability) =>
        probability <= 0 ? Farthest : probability >= 1 ? -Farthest : Math.Min(Farthest, -Normal.InvCDF(0, 1, probability));

    /// <summary>
    /// The normal score of a sum that is gamma distributed with this mean and variance, by the cube root of Wilson and Hilferty (PNAS 17, 1931).
    /// </summary>
    public static double GammaScore(double value, double mean, double variance)
    {
        double shape = 9 * mean * mean / variance;
        return (Math.Cbrt(value / mean) - 1 + (1 / shape)) * Math.Sqrt(shape);
    }
}
