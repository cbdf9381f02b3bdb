using System.Collections.Immutable;
using System.Numerics;

namespace WeightWatcher.Spectra;

/// <summary>The entries of a layer as a sample of numbers, whatever their places: moments, distribution, the largest ones, how many differ.</summary>
/// <remarks>Made from the entries in order of value, so that it is the same bit for bit however a format stores them.</remarks>
internal sealed record EntrySample
{
    /// <summary>How many of the largest entries are kept.</summary>
    public const int MostExtremes = 9;

    /// <summary>How many points the distribution has at most.</summary>
    public const int MostPoints = 2048;

    /// <summary>The number of entries, 1 or more.</summary>
    public required int Count { get; init; }

    /// <summary>The number of entries that are exactly zero.</summary>
    public required int Zeros { get; init; }

    /// <summary>The number of different values.</summary>
    public required int Distinct { get; init; }

    /// <summary>The mean.</summary>
    public required double Mean { get; init; }

    /// <summary>The mean square, about zero.</summary>
    public required double MeanSquare { get; init; }

    /// <summary>The mean fourth power, about zero.</summary>
    public required double MeanFourth { get; init; }

    /// <summary>The largest magnitude.</summary>
    public required double LargestMagnitude { get; init; }

    /// <summary>
    /// The empirical distribution between entries: at each point, which lies half-way between two neighbouring values, the share of entries below. Half-way, so that
    /// entries that were rounded to nearest are compared with an unrounded distribution as if they had not been.
    /// </summary>
    public required ImmutableArray<(double At, double Share)> Distribution { get; init; }

    /// <summary>The largest distances from the median, descending.</summary>
    public required ImmutableArray<double> Extremes { get; init; }

    /// <summary>
    /// The mean log excess of the largest hundredth of the distances from the median (20 at least, 4096 at most), without the <see cref="MostExtremes"/> - 1 largest, over the smallest
    /// of them: the reciprocal of Hill's tail index. Zero when they are equal, NaN when the entries are too few or mostly equal.
    /// </summary>
    public required double TailExcess { get; init; }

    /// <summary>Describes entries.</summary>
    /// <param name="sorted">Finite entries, ascending; at least one.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static EntrySample Of<T>(ReadOnlySpan<T> sorted, CancellationToken cancellationToken)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        EntryMoments moments = EntryMoments.Of(sorted, cancellationToken);
        double count = sorted.Length;
        (ImmutableArray<double> extremes, double excess) = Tail(sorted);
        return new EntrySample
        {
            Count = sorted.Length,
            Zeros = moments.Zeros,
            Distinct = moments.Distinct,
            Mean = moments.Sum / count,
            MeanSquare = moments.Squares / count,
            MeanFourth = moments.Fourths / count,
            LargestMagnitude = Math.Max(Math.Abs(double.CreateChecked(sorted[0])), Math.Abs(double.CreateChecked(sorted[^1]))),
            Distribution = Points(sorted),
            Extremes = extremes,
            TailExcess = excess,
        };
    }

    private static ImmutableArray<(double At, double Share)> Points<T>(ReadOnlySpan<T> sorted)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int points = Math.Min(MostPoints, sorted.Length - 1);
        ImmutableArray<(double At, double Share)>.Builder distribution = ImmutableArray.CreateBuilder<(double At, double Share)>(Math.Max(0, points));
        int last = 0;
        for (int k = 1; k <= points; k++)
        {
            int index = (int)((long)k * sorted.Length / (points + 1));
            if (index <= last)
                continue;
            if (sorted[index] == sorted[index - 1])
                index = EndOfTies(sorted, index);
            if (index >= sorted.Length)
                break;
            double low = double.CreateChecked(sorted[index - 1]), high = double.CreateChecked(sorted[index]);
            distribution.Add((low + ((high - low) / 2), (double)index / sorted.Length));
            last = index;
        }

        return distribution.DrainToImmutable();
    }

    /// <summary>The index of the first entry above the one at <paramref name="index"/>, by doubling steps.</summary>
    private static int EndOfTies<T>(ReadOnlySpan<T> sorted, int index)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T value = sorted[index];
        int low = index, high = index + 1;
        for (int step = 1; high < sorted.Length && sorted[high] == value; step *= 2)
            (low, high) = (high, (int)Math.Min(sorted.Length, (long)high + step));
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] == value)
                low = middle;
            else
                high = middle;
        }

        return high;
    }

    private static (ImmutableArray<double> Extremes, double Excess) Tail<T>(ReadOnlySpan<T> sorted)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double center = double.CreateChecked(sorted[sorted.Length / 2]);
        int tail = Math.Min(sorted.Length - 1, Math.Clamp(sorted.Length / 100, 20, 4096) + MostExtremes);
        ImmutableArray<double>.Builder extremes = ImmutableArray.CreateBuilder<double>();
        double logs = 0, smallest = 0;
        int low = 0, high = sorted.Length - 1, summed = 0;
        for (int i = 0; i < tail; i++)
        {
            double below = center - double.CreateChecked(sorted[low]), above = double.CreateChecked(sorted[high]) - center;
            smallest = Math.Max(below, above);
            _ = below >= above ? low++ : high--;
            if (i < MostExtremes)
                extremes.Add(smallest);
            if (i >= MostExtremes - 1 && i < tail - 1)
            {
                logs += Math.Log(smallest);
                summed++;
            }
        }

        return (extremes.ToImmutable(), summed > 0 && smallest > 0 ? Math.Max(0, (logs / summed) - Math.Log(smallest)) : double.NaN);
    }
}
