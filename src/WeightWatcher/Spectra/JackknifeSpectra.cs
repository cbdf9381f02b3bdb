using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Spectra;

/// <summary>
/// The spectra of a layer without each of several groups of its rows, for the errors of its metrics. The rows are those of the longer side (N; of square matrices those of the side whose lines differ less in length), dealt to groups of equal
/// size by a seeded draw that does not depend on their order; of a convolution, a group leaves all slices together, since one channel's weights belong together.
/// </summary>
internal static class JackknifeSpectra
{
    /// <summary>The fewest rows of a layer whose errors are measured.</summary>
    public const int FewestRows = 8;

    /// <summary>The most columns of a matrix whose errors are measured: beyond, the spectra of a layer's permutations are too few to hide the cost of eight more.</summary>
    public const int MostColumns = 512;

    /// <summary>
    /// How many groups: with 4 the stated error of alpha was 0.92 of the true one for Student t(3) entries, with 8 it is 1.17 or more, with 10 no better (docs/uncertainty.md).
    /// </summary>
    public const int Groups = 8;

    /// <summary>Sums that differ by less than this share of the largest count as equal: rounding is far below it, chance far above.</summary>
    private const double SameSum = 1e-11;

    /// <summary>Computes the spectra.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements, finite.</param>
    /// <param name="seed">The user's seed.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>For each group the eigenvalues of all slices without it, ascending, <see cref="Layer.NumEvals"/> of them; empty where there are too few rows, too many columns, or no convergence.</returns>
    public static ImmutableArray<double[]> Build(Layer layer, WeightMatrix weights, ulong seed, CancellationToken cancellationToken) =>
        weights.Singles is { } singles ? Build<float>(layer, singles.Span, seed, cancellationToken) : Build<double>(layer, weights.Doubles!.Span, seed, cancellationToken);

    private static ImmutableArray<double[]> Build<T>(Layer layer, ReadOnlySpan<T> tensor, ulong seed, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int rows = layer.Slices[0].Rows, columns = layer.Slices[0].Columns;
        if (rows < FewestRows || columns > MostColumns || layer.Slices.Any(s => s.Rows != rows || s.Columns != columns))
            return [];
        const int groups = Groups;
        int[] starts = [.. Enumerable.Range(0, groups).Select(k => (int)((long)k * rows / groups))];
        (Sums ofRows, Sums ofColumns) = SumLines(tensor, layer.Slices, rows, columns);
        // Of a square matrix the side whose lines differ less in length is taken for a sample. So a matrix and its transpose are treated alike, and scales that belong to single inputs are not
        // taken for chance.
        double unit = Math.ScaleB(1, -Math.ILogB(ofRows.Squares.Max()));
        bool turn = rows == columns && ofColumns.Squares.Sum(x => x * unit * (x * unit)) < ofRows.Squares.Sum(x => x * unit * (x * unit));
        MatrixSlice[] slices = [.. layer.Slices.Select(s => turn ? new MatrixSlice(rows, columns, s.Offset, s.ColumnStride, s.RowStride) : s)];
        int[] order = OrderByContent(turn ? ofColumns : ofRows);
        RandomSource random = new(seed, RandomPurpose.Jackknife, rows, columns, 0, 0);
        Permutation.Shuffle<int>(order, ref random, cancellationToken);

        double[][] pooled = [.. starts.Select(_ => new double[layer.NumEvals])];
        Memory<double>[] spectra = new Memory<double>[groups];
        using GramEigenvaluesBatch? batch = DeletedGroupSpectra.BatchFor(rows, columns, starts);
        T[] dealt = ArrayPool<T>.Shared.Rent(rows * columns);
        int at = 0;
        foreach (MatrixSlice slice in slices)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Deal(tensor, slice, order, dealt.AsSpan(0, rows * columns));
            for (int k = 0; k < groups; k++)
                spectra[k] = pooled[k].AsMemory(at, columns);
            if (DeletedGroupSpectra.Compute<T>(dealt.AsSpan(0, rows * columns), rows, columns, starts, spectra, batch, cancellationToken) != SpectrumOutcome.Converged)
                return [];
            at += columns;
        }

        ArrayPool<T>.Shared.Return(dealt);
        if (batch is not null && batch.Flush(cancellationToken) != SpectrumOutcome.Converged)
            return [];
        foreach (double[] spectrum in pooled)
            SortedRuns.Merge(spectrum, columns);
        return [.. pooled];
    }

    /// <summary>The sums over all slices of the absolute values, and of the squares, of each row and of each column.</summary>
    private static (Sums OfRows, Sums OfColumns) SumLines<T>(ReadOnlySpan<T> tensor, ImmutableArray<MatrixSlice> slices, int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Sums ofRows = new(rows), ofColumns = new(columns);
        foreach (MatrixSlice slice in slices)
        {
            // Along what lies together; each sum has one order either way.
            bool alongRows = slice.ColumnStride <= slice.RowStride;
            (Sums outer, Sums inner) = alongRows ? (ofRows, ofColumns) : (ofColumns, ofRows);
            (long across, long along) = alongRows ? (slice.RowStride, slice.ColumnStride) : (slice.ColumnStride, slice.RowStride);
            double[] innerAbsolute = inner.Absolute, innerSquares = inner.Squares;
            for (int o = 0; o < outer.Absolute.Length; o++)
            {
                double absolute = outer.Absolute[o], squares = outer.Squares[o];
                long at = slice.Offset + (o * across);
                for (int i = 0; i < innerAbsolute.Length; i++, at += along)
                {
                    double x = Math.Abs(double.CreateChecked(tensor[(int)at])), square = x * x;
                    absolute += x;
                    squares += square;
                    innerAbsolute[i] += x;
                    innerSquares[i] += square;
                }

                (outer.Absolute[o], outer.Squares[o]) = (absolute, squares);
            }
        }

        return (ofRows, ofColumns);
    }

    /// <summary>
    /// The rows in an order that the sums of their absolute values decide, then the sums of their squares: wherever a file has a row, in whatever order its columns and to whatever scale.
    /// Formats differ in the order of gates and heads, and a report must not.
    /// </summary>
    private static int[] OrderByContent(Sums sums)
    {
        // In steps that the order of summation does not change.
        double step = SameSum * sums.Absolute.Max(), squareStep = SameSum * sums.Squares.Max();
        return [.. Enumerable.Range(0, sums.Absolute.Length).OrderBy(i => Math.Round(sums.Absolute[i] / step)).ThenBy(i => Math.Round(sums.Squares[i] / squareStep))];
    }

    /// <summary>Copies a slice so that row order[i] of it becomes row i.</summary>
    private static void Deal<T>(ReadOnlySpan<T> tensor, in MatrixSlice slice, int[] order, Span<T> dealt)
        where T : unmanaged
    {
        int columns = slice.Columns;
        if (slice.ColumnStride <= slice.RowStride)
        {
            for (int i = 0; i < order.Length; i++)
            {
                long from = slice.Offset + (order[i] * slice.RowStride);
                Span<T> to = dealt.Slice(i * columns, columns);
                for (int j = 0; j < to.Length; j++, from += slice.ColumnStride)
                    to[j] = tensor[(int)from];
            }

            return;
        }

        // Neighbours in memory belong to different rows: read along the columns.
        int[] place = new int[order.Length];
        for (int i = 0; i < place.Length; i++)
            place[order[i]] = i;
        for (int j = 0; j < columns; j++)
        {
            long from = slice.Offset + (j * slice.ColumnStride);
            for (int i = 0; i < place.Length; i++, from += slice.RowStride)
                dealt[(place[i] * columns) + j] = tensor[(int)from];
        }
    }

    /// <summary>Sums over each of some lines.</summary>
    private sealed class Sums(int lines)
    {
        public double[] Absolute { get; } = new double[lines];

        public double[] Squares { get; } = new double[lines];
    }
}
