using System.Collections.Immutable;

namespace WeightWatcher.Spectra;

/// <summary>A spectrum in a few hundred numbers: enough to draw it, whatever the size of the layer. Reports with plots are drawn from it, without the weights.</summary>
internal sealed record SpectrumSketch
{
    /// <summary>The number of bins of each histogram.</summary>
    public const int Bins = 48;

    /// <summary>The largest eigenvalues that are kept one by one.</summary>
    public const int Largest = 48;

    private const int Sampled = 72;
    private const double Depth = 1e-7;

    /// <summary>The number of eigenvalues.</summary>
    public required int Count { get; init; }

    /// <summary>Some eigenvalues, the largest first: the <see cref="Largest"/> largest all, those below at evenly spaced logarithms of their rank.</summary>
    public required ImmutableArray<float> Eigenvalues { get; init; }

    /// <summary>How many eigenvalues are at least as large as each of <see cref="Eigenvalues"/>, if no two are equal: its rank from 1.</summary>
    public required ImmutableArray<int> Ranks { get; init; }

    /// <summary>The decimal logarithm of the lower end of the first bin of <see cref="Logarithmic"/>. Smaller eigenvalues, zeros too, are counted in the first bin.</summary>
    public required double LogLow { get; init; }

    /// <summary>The decimal logarithm of the upper end of its last bin; above <see cref="LogLow"/>.</summary>
    public required double LogHigh { get; init; }

    /// <summary>The number of eigenvalues per bin of equal width in the logarithm.</summary>
    public required ImmutableArray<int> Logarithmic { get; init; }

    /// <summary>The mean number of eigenvalues of the permuted layer in the same bins; empty when nothing was permuted.</summary>
    public required ImmutableArray<float> Permuted { get; init; }

    /// <summary>The upper end of <see cref="Linear"/>, which starts at 0; positive. Larger eigenvalues are in no bin.</summary>
    public required double LinearHigh { get; init; }

    /// <summary>The number of eigenvalues per bin of equal width from 0.</summary>
    public required ImmutableArray<int> Linear { get; init; }

    /// <summary>Sketches a spectrum.</summary>
    /// <param name="eigenvalues">The eigenvalues, ascending, not negative.</param>
    /// <param name="permuted">Those of each permuted replica, ascending.</param>
    /// <returns>The sketch, or null when there is no positive eigenvalue.</returns>
    public static SpectrumSketch? Of(ReadOnlySpan<double> eigenvalues, ImmutableArray<double[]> permuted)
    {
        if (eigenvalues.IsEmpty || !(eigenvalues[^1] > 0) || !double.IsFinite(eigenvalues[^1]))
            return null;
        double largest = eigenvalues[^1], largestPermuted = permuted.IsEmpty ? 0 : permuted.Max(p => p[^1]);
        double smallest = largest;
        foreach (double[] replica in permuted)
            smallest = Math.Min(smallest, FirstAbove(replica, largest * Depth));
        smallest = Math.Min(smallest, FirstAbove(eigenvalues, largest * Depth));
        double low = Math.Log10(smallest), high = Math.Log10(Math.Max(largest, largestPermuted));
        if (high - low < 0.1)
            (low, high) = (low - 0.1, high + 0.1);
        double linearHigh = permuted.IsEmpty
            ? Math.Min(largest, 3 * Math.Max(eigenvalues[(eigenvalues.Length - 1) * 9 / 10], largest * Depth)) * 1.05
            : Math.Max(permuted.Select(p => p[^1]).Order().ElementAt(permuted.Length / 2) * 1.6, largest * Depth);

        int[] ranks = RanksOf(eigenvalues.Length);
        ImmutableArray<float>.Builder kept = ImmutableArray.CreateBuilder<float>(ranks.Length);
        foreach (int rank in ranks)
            kept.Add((float)eigenvalues[^rank]);
        int[] logarithmic = new int[Bins], linear = new int[Bins];
        foreach (double value in eigenvalues)
        {
            logarithmic[LogBin(value, low, high)]++;
            if (value <= linearHigh)
                linear[Math.Min(Bins - 1, (int)(value / linearHigh * Bins))]++;
        }

        int[] sum = new int[permuted.IsEmpty ? 0 : Bins];
        foreach (double[] replica in permuted)
        {
            foreach (double value in replica)
                sum[LogBin(value, low, high)]++;
        }

        return new SpectrumSketch
        {
            Count = eigenvalues.Length,
            Eigenvalues = kept.MoveToImmutable(),
            Ranks = [.. ranks],
            LogLow = low,
            LogHigh = high,
            Logarithmic = [.. logarithmic],
            Permuted = [.. sum.Select(s => (float)((double)s / permuted.Length))],
            LinearHigh = linearHigh,
            Linear = [.. linear],
        };
    }

    private static int LogBin(double value, double low, double high) =>
        value > 0 ? Math.Clamp((int)((Math.Log10(value) - low) / (high - low) * Bins), 0, Bins - 1) : 0;

    private static double FirstAbove(ReadOnlySpan<double> ascending, double floor)
    {
        foreach (double value in ascending)
        {
            if (value > floor)
                return value;
        }

        return double.MaxValue;
    }

    private static int[] RanksOf(int count)
    {
        if (count <= Largest + Sampled)
            return [.. Enumerable.Range(1, count)];
        SortedSet<int> ranks = [.. Enumerable.Range(1, Largest)];
        double step = Math.Log((double)count / Largest) / Sampled;
        for (int i = 1; i <= Sampled; i++)
            ranks.Add(Math.Min(count, (int)Math.Round(Largest * Math.Exp(step * i))));
        return [.. ranks];
    }
}
