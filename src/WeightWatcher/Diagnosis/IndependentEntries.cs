using WeightWatcher.Distributions;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>
/// Whether the entries of a layer could have been drawn independently of one another and of their place: tests of the rows, the columns and the spectrum that
/// hold for any distribution of the entries with finite fourth moment.
/// </summary>
internal static class IndependentEntries
{
    /// <summary>The number of tests, by which the smallest probability has to be multiplied.</summary>
    public const int Tests = 8;

    /// <summary>The fewest columns for which the Tracy-Widom law describes the largest eigenvalue.</summary>
    private const int FewestColumns = 5;

    /// <summary>The smallest probability among the tests, not yet corrected for their number.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="margins">Their sums over rows and columns.</param>
    /// <param name="spectra">The spectrum of the same entries.</param>
    public static double SmallestPValue(EntrySample entries, LayerMargins margins, LayerSpectra spectra)
    {
        int n = margins.RowSums.Length, m = margins.ColumnSums.Length, slices = spectra.SingularValues.Length;
        double smallest = StandardNormal.TwoSided(entries.Mean * Math.Sqrt(entries.Count / entries.MeanSquare));
        Take(Dispersion(margins.RowSquares.AsSpan(), entries, (double)m * slices));
        Take(Dispersion(margins.ColumnSquares.AsSpan(), entries, (double)n * slices));
        Take(Means(margins.RowSums.AsSpan(), entries, (double)m * slices));
        Take(Means(margins.ColumnSums.AsSpan(), entries, (double)n * slices));
        double squares = 0;
        foreach (double value in spectra.Eigenvalues)
            squares += value * value;
        Take(Correlations(squares, margins.ColumnFourths, margins.ColumnTotals, n, m, slices));
        if (n == m)
            Take(Correlations(squares, margins.RowFourths, margins.RowTotals, n, m, slices));
        if (m >= FewestColumns)
        {
            TracyWidomEdge edge = TracyWidomEdge.Of(n, m, entries.MeanSquare);
            double largest = spectra.SingularValues.Max(s => s[^1]);
            Take(slices * edge.PValue(largest * largest));
        }

        return smallest;

        void Take(double p) => smallest = Math.Min(smallest, p);
    }

    /// <summary>The spread of the sums of squares of the lines of a matrix, against that of sums of as many independent squares.</summary>
    private static double Dispersion(ReadOnlySpan<double> squares, EntrySample entries, double length)
    {
        double variance = entries.MeanFourth - (entries.MeanSquare * entries.MeanSquare);
        if (squares.Length < 2 || !(variance > 0))
            return 1;
        double mean = 0, sum = 0;
        foreach (double square in squares)
            mean += square;
        mean /= squares.Length;
        foreach (double square in squares)
            sum += (square - mean) * (square - mean);

        // A sum of k squares of normal numbers has the excess kurtosis 12 / k; of lighter tails less.
        double expected = squares.Length - 1;
        return StandardNormal.TwoSided(StandardNormal.GammaScore(sum / (length * variance), expected, expected * (2 + (12 / length))));
    }

    /// <summary>The sums over the lines of a matrix, against independent entries of mean zero.</summary>
    private static double Means(ReadOnlySpan<double> sums, EntrySample entries, double length)
    {
        double sum = 0;
        foreach (double line in sums)
            sum += line * line;
        return StandardNormal.Survival(StandardNormal.GammaScore(sum / (length * entries.MeanSquare), sums.Length, 2.0 * sums.Length));
    }

    /// <summary>
    /// The mean squared cosine between columns, weighted by their norms, from the trace of (WᵀW)²: between independent directions in N dimensions a squared cosine has
    /// the mean 1 / N and the variance 2 (N - 1) / (N² (N + 2)), and those of different pairs are uncorrelated.
    /// </summary>
    private static double Correlations(double eigenvalueSquares, double fourths, double totals, double n, double m, int slices)
    {
        double weight = totals - fourths, pairs = slices * m * (m - 1) / 2;
        if (!(weight > 0) || m < 2)
            return 1;
        double cosine = Math.Max(0, eigenvalueSquares - fourths) / weight;
        return StandardNormal.TwoSided(StandardNormal.GammaScore(cosine, 1 / n, 2 * (n - 1) / (n * n * (n + 2)) / pairs));
    }
}
