using MathNet.Numerics;

namespace WeightWatcher.Fitting;

/// <summary>
/// How a power law compares with other laws on the tail that its fit chose: Vuong's statistic (Econometrica 57, 1989, section 5), the sum of the differences of the log-likelihoods over
/// its standard deviation, for the exponential and the lognormal, each fitted by maximum likelihood to the same values above xmin; and twice the gain in log-likelihood
/// of an exponential cut-off, which contains the power law (Clauset, Shalizi, Newman 2009, section 5).
/// </summary>
/// <remarks>
/// The statistics take eigenvalues for independent; they repel, so that a value beyond 2 is strong evidence, and one within says little.
/// </remarks>
/// <param name="Exponential">Positive when the power law is likelier than the exponential, in standard deviations.</param>
/// <param name="Lognormal">The same for the lognormal; 0 where the likeliest lognormal is the power law itself, its limit of infinite width.</param>
/// <param name="CutOff">Twice the gain in log-likelihood of a cut-off, at least 0, of which one in twenty tails without cut-off has more than 2.71; null when none was fitted.</param>
internal sealed record TailComparison(double Exponential, double Lognormal, double? CutOff)
{
    /// <summary>The value of <see cref="CutOff"/> that tails without cut-off exceed once in twenty: half the weight of chi-squared lies at 0 (Self and Liang 1987).</summary>
    public const double CutOffLimit = 2.706;

    /// <summary>The value that the other statistics fall below once in forty when both laws are equally good.</summary>
    public const double VuongLimit = -1.96;

    /// <summary>Whether none of the other laws is clearly likelier, so that the exponent describes something.</summary>
    public bool IsPowerLawTenable => Exponential > VuongLimit && Lognormal > VuongLimit && !(CutOff > CutOffLimit);

    /// <summary>Compares.</summary>
    /// <param name="tail">The values of the tail, ascending, the first of them xmin; positive.</param>
    /// <param name="alpha">The exponent fitted to them.</param>
    /// <param name="cutOff">Twice the gain in log-likelihood of a truncated power law on the same tail, or null when none was fitted.</param>
    public static Outcome<TailComparison> Of(ReadOnlySpan<double> tail, double alpha, double? cutOff)
    {
        if (tail.Length < 10)
            return Outcome.NotApplicable<TailComparison>("fewer than 10 eigenvalues in the tail cannot tell laws apart");
        double xmin = tail[0], meanExcess = 0, mean = 0, variance = 0;
        foreach (double x in tail)
        {
            meanExcess += ((x / xmin) - 1) / tail.Length;
            mean += Math.Log(x / xmin) / tail.Length;
        }

        foreach (double x in tail)
            variance += (Math.Log(x / xmin) - mean) * (Math.Log(x / xmin) - mean) / tail.Length;
        if (!(mean > 0) || !(variance > 0))
            return Outcome.NotApplicable<TailComparison>("the eigenvalues of the tail are equal");

        // Densities of y = ln(x / xmin); the factor dx/dy is common to all and drops out.
        double[] exponential = new double[tail.Length], lognormal = new double[tail.Length];
        Func<double, double>? logDensity = LikeliestLognormal(mean, variance);
        for (int i = 0; i < tail.Length; i++)
        {
            double y = Math.Log(tail[i] / xmin), powerLaw = Math.Log(alpha - 1) - ((alpha - 1) * y);
            exponential[i] = powerLaw - (-Math.Log(meanExcess) - (((tail[i] / xmin) - 1) / meanExcess) + y);
            lognormal[i] = logDensity is null ? 0 : powerLaw - logDensity(y);
        }

        return Outcome.Success(new TailComparison(Vuong(exponential), Vuong(lognormal), cutOff));
    }

    private static double Vuong(double[] differences)
    {
        double mean = differences.Average(), variance = differences.Average(d => (d - mean) * (d - mean));

        // Six digits: where two laws nearly agree their difference holds few more, and the last ones would depend on how the matrix is stored.
        return variance > 0 ? Math.Round(mean * Math.Sqrt(differences.Length / variance), 6) : 0;
    }

    /// <summary>
    /// The logarithm of the likeliest density of y, a normal one cut off below 0, or null when that is its limit, the exponential one of the power law. The normal is an
    /// exponential family in y and y^2, so the likeliest has the mean and the variance of the data. Their ratio variance / mean^2 rises with the cut, to 1.
    /// </summary>
    private static Func<double, double>? LikeliestLognormal(double mean, double variance)
    {
        const double Farthest = 30;
        double ratio = variance / (mean * mean);
        if (ratio >= RatioAt(Farthest))
            return null;
        double low = -Farthest, high = Farthest;
        for (int i = 0; i < 100; i++)
        {
            double middle = (low + high) / 2;
            if (RatioAt(middle) < ratio)
                low = middle;
            else
                high = middle;
        }

        double cut = (low + high) / 2, sigma = mean / (Hazard(cut) - cut), mu = -cut * sigma;
        double logNorm = Math.Log(sigma * Math.Sqrt(2 * Math.PI)) + LogSurvival(cut);
        return y => (-(y - mu) * (y - mu) / (2 * sigma * sigma)) - logNorm;
    }

    /// <summary>Variance over squared mean of a standard normal variable beyond a cut, less the cut.</summary>
    private static double RatioAt(double cut)
    {
        double hazard = Hazard(cut), mean = hazard - cut;
        return (1 - (hazard * mean)) / (mean * mean);
    }

    /// <summary>The density of the standard normal law over the probability beyond.</summary>
    private static double Hazard(double cut) => Math.Exp((-cut * cut / 2) - (Math.Log(2 * Math.PI) / 2) - LogSurvival(cut));

    /// <summary>The logarithm of the probability of the standard normal law beyond a cut; by its continued fraction where that is small (Abramowitz and Stegun 26.2.14).</summary>
    private static double LogSurvival(double cut)
    {
        if (cut < 5)
            return Math.Log(SpecialFunctions.Erfc(cut / Math.Sqrt(2)) / 2);
        double fraction = 0;
        for (int k = 60; k >= 1; k--)
            fraction = k / (cut + fraction);
        return (-cut * cut / 2) - (Math.Log(2 * Math.PI) / 2) - Math.Log(cut + fraction);
    }
}
