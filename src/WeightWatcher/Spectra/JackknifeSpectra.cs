using System.Collections.Immutable;
using System.Numerics;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Spectra;

/// <summary>
/// The spectra of a layer without each of several groups of its rows, for the errors of its metrics. The rows are those of the longer side (N; see <see cref="SampleIsColumns"/> for square matrices), dealt to groups of equal
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
        weights.Singles is { } singles ? Build(layer, singles, seed, cancellationToken) : Build(layer, weights.Doubles!, seed, cancellationToken);

    private static ImmutableArray<double[]> Build<T>(Layer layer, T[] tensor, ulong seed, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int rows = layer.Slices[0].Rows, columns = layer.Slices[0].Columns;
        if (rows < FewestRows || columns > MostColumns || layer.Slices.Any(s => s.Rows != rows || s.Columns != columns))
            return [];
        const int groups = Groups;
        int[] starts = [.. Enumerable.Range(0, groups).Select(k => (int)((long)k * rows / groups))];
        bool turn = rows == columns && SampleIsColumns(layer, tensor, rows);
        MatrixSlice[] slices = [.. layer.Slices.Select(s => turn ? new MatrixSlice(rows, columns, s.Offset, s.ColumnStride, s.RowStride) : s)];
        int[] order = OrderByContent(tensor, slices, rows);
        RandomSource random = new(seed, RandomPurpose.Jackknife, rows, columns, 0, 0);
        Permutation.Shuffle<int>(order, ref random, cancellationToken);

        double[][] pooled = [.. starts.Select(_ => new double[layer.NumEvals])];
        Memory<double>[] spectra = new Memory<double>[groups];
        using GramEigenvaluesBatch? batch = DeletedGroupSpectra.BatchFor(rows, columns, starts);
        T[] dealt = GC.AllocateUninitializedArray<T>(rows * columns);
        int at = 0;
        foreach (MatrixSlice slice in slices)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Deal(tensor, slice, order, dealt);
            for (int k = 0; k < groups; k++)
                spectra[k] = pooled[k].AsMemory(at, columns);
            if (DeletedGroupSpectra.Compute<T>(dealt, rows, columns, starts, spectra, batch, cancellationToken) != SpectrumOutcome.Converged)
                return [];
            at += columns;
        }

        if (batch is not null && batch.Flush(cancellationToken) != SpectrumOutcome.Converged)
            return [];
        foreach (double[] spectrum in pooled)
            Array.Sort(spectrum);
        return [.. pooled];
    }

    /// <summary>
    /// The side of a square matrix that is taken for a sample: the one whose rows differ less in length. So a matrix and its transpose are treated alike, and scales that belong to
    /// single inputs are not taken for chance.
    /// </summary>
    private static bool SampleIsColumns<T>(Layer layer, T[] tensor, int order)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] rows = new double[order], columns = new double[order];
        foreach (MatrixSlice slice in layer.Slices)
        {
            for (int i = 0; i < order; i++)
            {
                long at = slice.Offset + (i * slice.RowStride);
                for (int j = 0; j < order; j++, at += slice.ColumnStride)
                {
                    double x = double.CreateChecked(tensor[at]);
                    rows[i] += x * x;
                    columns[j] += x * x;
                }
            }
        }

        return columns.Sum(x => x * x) < rows.Sum(x => x * x);
    }

    /// <summary>
    /// The rows in an order that the sums of their absolute values decide, then the sums of their squares: wherever a file has a row, in whatever order its columns and to whatever scale.
    /// Formats differ in the order of gates and heads, and a report must not.
    /// </summary>
    private static int[] OrderByContent<T>(T[] tensor, MatrixSlice[] slices, int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] sums = new double[rows], squares = new double[rows];
        foreach (MatrixSlice slice in slices)
        {
            // Along what lies together; each sum has one order either way.
            bool alongRows = slice.ColumnStride <= slice.RowStride;
            int outer = alongRows ? rows : slice.Columns, inner = alongRows ? slice.Columns : rows;
            for (int o = 0; o < outer; o++)
            {
                long at = slice.Offset + (o * (alongRows ? slice.RowStride : slice.ColumnStride));
                for (int n = 0; n < inner; n++, at += alongRows ? slice.ColumnStride : slice.RowStride)
                {
                    double x = Math.Abs(double.CreateChecked(tensor[at]));
                    int i = alongRows ? o : n;
                    sums[i] += x;
                    squares[i] += x * x;
                }
            }
        }

        // In steps that the order of summation does not change.
        double step = SameSum * sums.Max(), squareStep = SameSum * squares.Max();
        return [.. Enumerable.Range(0, rows).OrderBy(i => Math.Round(sums[i] / step)).ThenBy(i => Math.Round(squares[i] / squareStep))];
    }

    /// <summary>Copies a slice so that row order[i] of it becomes row i.</summary>
    private static void Deal<T>(T[] tensor, in MatrixSlice slice, int[] order, T[] dealt)
        where T : unmanaged
    {
        int columns = slice.Columns;
        if (slice.ColumnStride <= slice.RowStride)
        {
            for (int i = 0; i < order.Length; i++)
            {
                long from = slice.Offset + (order[i] * slice.RowStride);
                Span<T> to = dealt.AsSpan(i * columns, columns);
                for (int j = 0; j < to.Length; j++, from += slice.ColumnStride)
                    to[j] = tensor[from];
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
                dealt[(place[i] * columns) + j] = tensor[from];
        }
    }
}
