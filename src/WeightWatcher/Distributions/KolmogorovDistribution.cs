namespace WeightWatcher.Distributions;

/// <summary>
/// The distribution of the Kolmogorov-Smirnov distance between a sample and the continuous distribution that it was drawn from: Kolmogorov's limit (1933) with
/// the correction of Stephens (J. Royal Statistical Society B 32, 1970) for small samples.
/// </summary>
internal static class KolmogorovDistribution
{
    /// <summary>The probability of a distance of at least <paramref name="distance"/>.</summary>
    /// <param name="distance">D, 0 to 1.</param>
    /// <param name="count">The size of the sample, 1 or more.</param>
    public static double Survival(double distance, double count)
    {
        double root = Math.Sqrt(count), t = (root + 0.12 + (0.11 / root)) * distance;
        if (t < 0.3)
            return 1;
        double sum = 0;
        for (int k = 1; k <= 20; k++)
        {
            double term = Math.Exp(-2 * k * k * t * t);
            sum += (k & 1) == 1 ? term : -term;
            if (term < 1e-18 * Math.Abs(sum))
                break;
        }

        return Math.Clamp(2 * sum, 0, 1);
    }
}
