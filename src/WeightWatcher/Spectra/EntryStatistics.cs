using System.Numerics;

namespace WeightWatcher.Spectra;

/// <summary>
/// Location and spread of the entries of one matrix, with entries clipped at the size at which a single one makes an eigenvalue of its own:
/// sigma (N M)^(1/4), the threshold of Baik, Ben Arous and Peche (2005) for a rank-one perturbation of an N x M random matrix.
/// </summary>
/// <param name="Mean">The mean of the clipped entries.</param>
/// <param name="Sigma">Their standard deviation, sqrt(sum (w - mean)^2 / (N M)).</param>
/// <param name="BbpSize">sigma (N M)^(1/4): how far from the mean an entry must lie to raise an eigenvalue out of the bulk.</param>
/// <param name="Below">How many entries lie below Mean - BbpSize: the first ones in ascending order.</param>
/// <param name="Above">How many lie above Mean + BbpSize: the last ones.</param>
internal readonly record struct EntryStatistics(double Mean, double Sigma, double BbpSize, int Below, int Above)
{
    private const int MostRounds = 50;

    /// <summary>Measures sorted entries. Clipping and measuring alternate until the same entries are clipped, 50 rounds at most.</summary>
    /// <param name="sorted">Finite entries, ascending; at least one.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static EntryStatistics Of<T>(ReadOnlySpan<T> sorted, CancellationToken cancellationToken)
        where T : unmanaged, INumberBase<T>
    {
        double count = sorted.Length;
        double fourthRoot = Math.Sqrt(Math.Sqrt(count));

        // Sums are taken about the median, so that a large common offset does not cancel the digits of the spread.
        double origin = double.CreateChecked(sorted[sorted.Length / 2]);
        (double sum, double squares, _) = EntrySums.About(sorted, origin, cancellationToken);

        int below = 0, above = 0;
        for (int round = 0; ; round++)
        {
            // The clipped entries count as lying on the clipping limits, which themselves depend on the spread: the fixed point of
            // variance = (inner + clipped (limit)^2) / n is reached by iteration from the outside.
            double innerSum = sum, innerSquares = squares;
            for (int i = 0; i < below + above; i++)
            {
                double x = double.CreateChecked(i < below ? sorted[i] : sorted[^(i - below + 1)]) - origin;
                innerSum -= x;
                innerSquares -= x * x;
            }

            double inner = count - below - above;
            double innerMean = innerSum / inner;
            double innerVariance = Math.Max(0, (innerSquares / inner) - (innerMean * innerMean));

            // With c clipped entries at mean +- k sigma: sigma^2 n = inner variance part + c k^2 sigma^2, and k^2 = sqrt(n).
            double share = (below + above) * Math.Sqrt(count) / count;
            double variance = innerVariance * (inner / count) / Math.Max(1 - share, inner / count);
            double sigma = Math.Sqrt(variance);
            double size = sigma * fourthRoot;
            int newBelow = CountBelow(sorted, origin + innerMean - size);
            int newAbove = CountAbove(sorted, origin + innerMean + size);
            if ((newBelow == below && newAbove == above) || round == MostRounds || newBelow + newAbove >= sorted.Length)
                return new EntryStatistics(origin + innerMean, sigma, size, below, above);
            (below, above) = (newBelow, newAbove);
        }
    }

    private static int CountBelow<T>(ReadOnlySpan<T> sorted, double limit)
        where T : unmanaged, INumberBase<T>
    {
        int count = 0;
        while (count < sorted.Length && double.CreateChecked(sorted[count]) < limit)
            count++;
        return count;
    }

    private static int CountAbove<T>(ReadOnlySpan<T> sorted, double limit)
        where T : unmanaged, INumberBase<T>
    {
        int count = 0;
        while (count < sorted.Length && double.CreateChecked(sorted[^(count + 1)]) > limit)
            count++;
        return count;
    }
}
