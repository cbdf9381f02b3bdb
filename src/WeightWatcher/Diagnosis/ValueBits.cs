using System.Numerics;
using System.Runtime.CompilerServices;
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

    /// <summary>The most places of a hash: longer lines than a quarter of that are counted more often than they need be.</summary>
    private const ulong MostPlaces = 1 << 22;

    /// <summary>The bits of a layer's values.</summary>
    /// <param name="entries">Its entries.</param>
    /// <param name="ofLines">What <see cref="OfLines(Layer, WeightMatrix, CancellationToken)"/> gave.</param>
    public static double Of(EntrySample entries, double ofLines) => Math.Min(Math.Log2(entries.Distinct), ofLines);

    /// <summary>The bits of the values within a row or a column, whichever is less; infinite where they do not repeat there.</summary>
    /// <param name="layer">The layer; of a convolution the first slice's rows and columns are looked at.</param>
    /// <param name="weights">Its tensor's elements.</param>
    /// <param name="cancellationToken">Looked at for every line.</param>
    public static double OfLines(Layer layer, WeightMatrix weights, CancellationToken cancellationToken)
    {
        MatrixSlice slice = layer.Slices[0];
        return weights.Singles is { } singles ? OfLines<float>(singles.Span, slice, cancellationToken) : OfLines<double>(weights.Doubles!.Span, slice, cancellationToken);
    }

    private static double OfLines<T>(ReadOnlySpan<T> weights, in MatrixSlice slice, CancellationToken cancellationToken)
        where T : unmanaged, IFloatingPointIeee754<T> => Math.Min(
            OfLines(weights, slice.Offset, slice.Rows, slice.RowStride, slice.Columns, slice.ColumnStride, cancellationToken),
            OfLines(weights, slice.Offset, slice.Columns, slice.ColumnStride, slice.Rows, slice.RowStride, cancellationToken));

    private static double OfLines<T>(ReadOnlySpan<T> weights, long offset, int lines, long across, int length, long along, CancellationToken cancellationToken)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] line = new T[length];
        bool[] seen = new bool[Math.Min(MostPlaces, BitOperations.RoundUpToPowerOf2((ulong)length * 4))];
        int looked = Math.Min(Lines, lines);
        long Start(int k) => offset + ((long)k * lines / looked * across);
        bool mayRepeat = false;
        for (int k = 0; k < looked && !mayRepeat; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<T> values = Nonzero(weights, Start(k), along, line);
            mayRepeat = !values.IsEmpty && 2 * AtLeastDistinct(values, seen) <= values.Length;
        }

        if (!mayRepeat)
            return double.PositiveInfinity;
        List<(int Distinct, int Count)> found = [];
        for (int k = 0; k < looked; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<T> values = Nonzero(weights, Start(k), along, line);
            if (!values.IsEmpty)
                found.Add((Distinct(values), values.Length));
        }

        (int many, int size) = found.OrderBy(f => f.Distinct).ElementAt((int)(UpperShare * (found.Count - 1)));
        return 2 * many <= size ? Math.Log2(many) : double.PositiveInfinity;
    }

    /// <summary>Copies a row or a column without its zeros: a pruned layer has few values in a line without being coarse.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Span<T> Nonzero<T>(ReadOnlySpan<T> weights, long start, long along, T[] line)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int count = 0;
        for (int i = 0; i < line.Length; i++)
        {
            T value = weights[(int)(start + (i * along))];
            if (value != T.Zero)
                line[count++] = value;
        }

        return line.AsSpan(0, count);
    }

    /// <summary>The number of different places that a hash of the values takes: no more than there are values. Far faster than to count these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int AtLeastDistinct<T>(ReadOnlySpan<T> line, bool[] seen)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Array.Clear(seen);
        int places = 0;
        foreach (T value in line)
        {
            ulong bits = typeof(T) == typeof(float) ? Unsafe.BitCast<T, uint>(value) : Unsafe.BitCast<T, ulong>(value);
            ref bool place = ref seen[(int)((bits * 0x9E3779B97F4A7C15UL) >> 32) & (seen.Length - 1)];
            places += place ? 0 : 1;
            place = true;
        }

        return places;
    }

    private static int Distinct<T>(Span<T> line)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Permutation.Sort(line, CancellationToken.None);
        int distinct = 1;
        for (int i = 1; i < line.Length; i++)
            distinct += line[i] == line[i - 1] ? 0 : 1;
        return distinct;
    }
}
