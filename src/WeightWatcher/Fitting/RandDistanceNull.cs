using System.Collections.Immutable;

namespace WeightWatcher.Fitting;

/// <summary>
/// What <c>rand_distance</c> comes to between two independent Gaussian matrices, in closed form: <c>0.96 sqrt((0.45 ln M - 0.25) / (N M))</c>.
/// The constants were fitted to simulated spectra from 10 x 10 to 25088 x 4096 and hold within 7 %.
/// </summary>
internal static class RandDistanceNull
{
    /// <summary>With how many others each draw is compared: enough that the pairs add nothing to what the draws themselves scatter.</summary>
    private const int PairsOfDraw = 8;

    /// <summary>The expected distance, or not applicable below M = 10, where the formula was not fitted.</summary>
    /// <param name="n">N, the larger dimension.</param>
    /// <param name="m">M, the smaller dimension.</param>
    public static Outcome<double> ClosedForm(int n, int m)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, m);
        return m < 10
            ? Outcome.NotApplicable<double>("the closed form holds from M = 10 up")
            : Outcome.Success(0.96 * Math.Sqrt(((0.45 * Math.Log(m)) - 0.25) / ((double)n * m)));
    }

    /// <summary>
    /// What the distance comes to between two permutations where large entries raise eigenvalues above the bulk, and the standard deviation of one distance: the bulk adds the closed form, the
    /// eigenvalues above it what they add between two draws of them. docs/uncertainty.md compares both with measured ones.
    /// </summary>
    /// <param name="n">N, the larger dimension.</param>
    /// <param name="m">M, the smaller dimension.</param>
    /// <param name="draws">The eigenvalues above the bulk in each draw, descending, all of one length.</param>
    /// <param name="bulk">The sum of the squares of the entries that make the bulk.</param>
    /// <param name="sum">The sum of all eigenvalues.</param>
    public static Outcome<(double Expected, double Deviation)> Spiked(int n, int m, ImmutableArray<double[]> draws, double bulk, double sum) => ClosedForm(n, m).Select(closed =>
    {
        double rest = closed * closed * Math.Min(1, bulk / sum), total = 0, squares = 0;
        int count = 0;
        for (int i = 0; i < draws.Length; i++)
        {
            for (int ahead = 1; ahead <= PairsOfDraw; ahead++, count++)
            {
                double distance = Math.Sqrt(rest + Math.Max(0, JensenShannon.Part(draws[i], draws[(i + ahead) % draws.Length], sum)));
                total += distance;
                squares += distance * distance;
            }
        }

        double mean = total / count, ofBulk = Math.Sqrt(rest) * OneDistance(m);
        return (mean, double.Hypot(Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean))), ofBulk));
    });

    /// <summary>The standard deviation of one distance between two Gaussian matrices as a share of it, fitted to simulated spectra of M = 10 to 1024 at Q = 1 and 4 within 5 %.</summary>
    private static double OneDistance(int m) => 0.73 / (Math.Log(m) + 0.18);

    /// <summary>
    /// The standard deviation of a layer's distance less its null, as a share of the null, when the layer has no structure.
    /// </summary>
    /// <remarks>
    /// One distance between two Gaussian matrices has <c>0.73 / (ln M + 0.18)</c>; pooled slices of a convolution have up to a quarter less. Distances that share a matrix are correlated by 0.25. So the mean of r
    /// distances to permutations has the variance 0.25 + 0.75 / r, the mean over the pairs of permutations 2 / (r (r - 1)) (1 + 0.5 (r - 2)), and their covariance is 0.5 / r. Entries with a tail like Student's t(3) have 1.7 to 2.9 times the spread.
    /// </remarks>
    /// <param name="m">M, 2 or more.</param>
    /// <param name="replicas">How many permutations there are; with one, the null is the closed form, which has no spread.</param>
    /// <param name="heavyTailed">Whether the entries have a tail index below 4.</param>
    public static double RelativeSpread(int m, int replicas, bool heavyTailed)
    {
        const double Shared = 0.25, HeavyFactor = 3;
        double r = replicas, variance = Shared + ((1 - Shared) / r);
        if (replicas > 1)
            variance += (2 / (r * (r - 1)) * (1 + (2 * (r - 2) * Shared))) - (4 * Shared / r);
        return (heavyTailed ? HeavyFactor : 1) * OneDistance(m) * Math.Sqrt(variance);
    }

    /// <summary>How far a distance lies above the null: <c>sqrt(max(0, distance^2 - null^2))</c>.</summary>
    public static double Effect(double distance, double expected) => Math.Sqrt(Math.Max(0, (distance * distance) - (expected * expected)));
}
