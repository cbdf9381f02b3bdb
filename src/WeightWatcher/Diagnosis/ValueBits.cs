using System.Numerics;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>
/// How many bits the values of a layer take: the binary logarithm of the number of different values; or, where that is less, of those within a row or a column, as long as
/// values repeat there, which is how weights look that were quantized with one scale for each channel.
/// </summary>
internal static class ValueBits
{
    /// <summary>How many rows and how many columns are looked at, evenly spread.</summary>
    private const int Lines = 33;

    /// <summary>The quantile of the lines that counts: rounding to one scale leaves few values in most lines where some are far larger, and many in those.</summary>
    private const double UpperShare = 0.9;

    /// <summary>Measures a layer.</summary>
    /// <param name="layer">The layer; of a convolution the first slice's rows and columns are looked at.</param>
    /// <param name="weights">Its tensor's elements.</param>
    /// <param name="entries">Its entries.</param>
    public static double Of(Layer layer, WeightMatrix weights, EntrySample entries)
    {
        MatrixSlice slice = layer.Slices[0];
        double bits = Math.Log2(entries.Distinct);
        return Math.Min(bits, weights.Singles is { } singles ? OfLines(singles, slice, entries) : OfLines(weights.Doubles!, slice, entries));
    }

    private static double OfLines<T>(T[] weights, in MatrixSlice slice, EntrySample entries)
        where T : unmanaged, IFloatingPointIeee754<T> => Math.Min(
            MayRepeat(slice.Rows, slice.Columns, entries) ? OfLines(weights, slice.Offset, slice.Rows, slice.RowStride, slice.Columns, slice.ColumnStride) : double.PositiveInfinity,
            MayRepeat(slice.Columns, slice.Rows, entries) ? OfLines(weights, slice.Offset, slice.Columns, slice.ColumnStride, slice.Rows, slice.RowStride) : double.PositiveInfinity);

    /// <summary>
    /// Whether values can repeat within the lines as often as counts, going by how often they repeat in the whole layer: in as many lines as the quantile asks for
    /// at most half a line's length of values differ, and the others, but for zeros, are repetitions. Where zeros are fewer than a line is long, no line is left out.
    /// </summary>
    private static bool MayRepeat(int lines, int length, EntrySample entries)
    {
        long needed = (int)(UpperShare * (Math.Min(Lines, lines) - 1)) + 1;
        return entries.Zeros >= length || 2L * (entries.Count - entries.Distinct) >= (needed * length) - (2L * entries.Zeros);
    }

    private static double OfLines<T>(T[] weights, long offset, int lines, long across, int length, long along)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] line = new T[length];
        List<(int Distinct, int Count)> found = [];
        int looked = Math.Min(Lines, lines);
        for (int k = 0; k < looked; k++)
        {
            long start = offset + ((long)k * lines / looked * across);
            int count = 0;
            for (int i = 0; i < length; i++)
            {
                // Zeros are left out: a pruned layer has few values in a line without being coarse.
                T value = weights[start + (i * along)];
                if (value != T.Zero)
                    line[count++] = value;
            }

            Span<T> values = line.AsSpan(0, count);
            Permutation.Sort(values, CancellationToken.None);
            int distinct = count > 0 ? 1 : 0;
            for (int i = 1; i < values.Length; i++)
                distinct += values[i] == values[i - 1] ? 0 : 1;
            if (count > 0)
                found.Add((distinct, count));
        }

        if (found.Count == 0)
            return double.PositiveInfinity;
        (int many, int size) = found.OrderBy(f => f.Distinct).ElementAt((int)(UpperShare * (found.Count - 1)));
        return 2 * many <= size ? Math.Log2(many) : double.PositiveInfinity;
    }
}
