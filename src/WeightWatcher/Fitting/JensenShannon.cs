using System.Runtime.Intrinsics;

namespace WeightWatcher.Fitting;

/// <summary>
/// The Python tool's <c>rand_distance</c> between two spectra, aligned by rank: with p, q the ascending eigenvalues over their sums
/// and m the mean of the unscaled ones over its sum, <c>sqrt((KL(p | m) + KL(q | m)) / 2)</c> in nats. It compares the i-th smallest
/// with the i-th smallest, so it is not a distance of densities: see <see cref="SpectralDensityDistance"/>.
/// </summary>
internal static class JensenShannon
{
    /// <summary>The largest value it takes: sqrt(ln 2), for vectors that are nowhere both positive, of equal sum.</summary>
    public static readonly double Largest = Math.Sqrt(Math.Log(2));

    /// <summary>The distance.</summary>
    /// <param name="first">Values, not negative.</param>
    /// <param name="second">As many values, not negative.</param>
    /// <returns>
    /// The distance, at least 0; not applicable when a vector is empty or sums to zero; failed when a value is negative, NaN or infinite.
    /// </returns>
    /// <exception cref="ArgumentException">The vectors have different lengths.</exception>
    public static Outcome<double> IndexAligned(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length)
            throw new ArgumentException($"The spectra must have the same number of eigenvalues; {first.Length} and {second.Length} were given.", nameof(second));
        double firstSum = 0, secondSum = 0;
        for (int i = 0; i < first.Length; i++)
        {
            if (!(first[i] >= 0 && second[i] >= 0))
                return Outcome.Failed<double>("an eigenvalue is negative or NaN");
            firstSum += first[i];
            secondSum += second[i];
        }

        if (!double.IsFinite(firstSum) || !double.IsFinite(secondSum))
            return Outcome.Failed<double>("an eigenvalue is infinite");
        if (firstSum == 0 || secondSum == 0)
            return Outcome.NotApplicable<double>("all eigenvalues are zero");

        double divergence = 0, total = firstSum + secondSum;
        int at = 0;

        // Four at a time everywhere, so that terms are summed in one order on every processor.
        Vector256<double> sums = Vector256<double>.Zero;
        for (; at <= first.Length - Vector256<double>.Count; at += Vector256<double>.Count)
        {
            Vector256<double> a = Vector256.Create(first[at..]), b = Vector256.Create(second[at..]), m = (a + b) / total;
            sums += Term(a / firstSum, m) + Term(b / secondSum, m);
        }

        divergence += Vector256.Sum(sums);
        for (; at < first.Length; at++)
        {
            double p = first[at] / firstSum, q = second[at] / secondSum, m = (first[at] + second[at]) / total;
            divergence += Term(p, m) + Term(q, m);
        }

        return Outcome.Finite(Math.Sqrt(Math.Max(0, divergence) / 2), "the distance");
    }

    /// <summary>
    /// What the largest eigenvalues of two spectra of one sum add to the square of their distance, in nats: of all eigenvalues it is the square itself.
    /// </summary>
    /// <param name="first">Eigenvalues in some order, none negative.</param>
    /// <param name="second">As many, in the same order.</param>
    /// <param name="sum">The sum of all eigenvalues of one spectrum, positive.</param>
    public static double Part(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double sum)
    {
        double divergence = 0;
        for (int i = 0; i < first.Length; i++)
        {
            double p = first[i] / sum, q = second[i] / sum, m = (p + q) / 2;
            divergence += Term(p, m) + Term(q, m);
        }

        return divergence / 2;
    }

    private static Vector256<double> Term(Vector256<double> p, Vector256<double> m) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(p, Vector256<double>.Zero), p * Vector256.Log(p / m), Vector256<double>.Zero);

    private static double Term(double p, double m) => p > 0 ? p * Math.Log(p / m) : 0;
}
