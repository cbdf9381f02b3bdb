using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using WeightWatcher.Layers;

namespace WeightWatcher.Spectra;

/// <summary>Sums over the rows and columns of a layer's N x M matrices, all slices of a convolution together, and a mark of its content.</summary>
internal sealed record LayerMargins
{
    /// <summary>The sum of the entries of each row, over all slices; N of them.</summary>
    public required ImmutableArray<double> RowSums { get; init; }

    /// <summary>The sum of the squares of each row.</summary>
    public required ImmutableArray<double> RowSquares { get; init; }

    /// <summary>The sum of the entries of each column, over all slices; M of them.</summary>
    public required ImmutableArray<double> ColumnSums { get; init; }

    /// <summary>The sum of the squares of each column.</summary>
    public required ImmutableArray<double> ColumnSquares { get; init; }

    /// <summary>The sum over slices and rows of the squared row's sum of squares: the diagonal of W Wᵀ, squared and summed.</summary>
    public required double RowFourths { get; init; }

    /// <summary>The sum over slices and columns of the squared column's sum of squares: the diagonal of Wᵀ W, squared and summed.</summary>
    public required double ColumnFourths { get; init; }

    /// <summary>The sum over slices of the squared sum of all squares, added up row by row.</summary>
    public required double RowTotals { get; init; }

    /// <summary>The same, added up column by column: a square matrix and its transpose exchange the two bit for bit.</summary>
    public required double ColumnTotals { get; init; }

    /// <summary>A 64-bit mark that is the same for W, -W and their transposes, and for different content different but for one chance in about 2^60.</summary>
    public required ulong Content { get; init; }

    /// <summary>Sums over a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements.</param>
    /// <param name="cancellationToken">Looked at every few lines.</param>
    public static LayerMargins Of(Layer layer, WeightMatrix weights, CancellationToken cancellationToken) =>
        weights.Singles is { } singles ? Of<float>(layer, singles.Span, cancellationToken) : Of<double>(layer, weights.Doubles!.Span, cancellationToken);

    private static LayerMargins Of<T>(Layer layer, ReadOnlySpan<T> elements, CancellationToken cancellationToken)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rows = layer.Slices[0].Rows, columns = layer.Slices[0].Columns;
        double[] rowSums = new double[rows], rowSquares = new double[rows], columnSums = new double[columns], columnSquares = new double[columns];
        double rowFourths = 0, columnFourths = 0, rowTotals = 0, columnTotals = 0;
        bool square = rows == columns;
        ContentMark mark = default;

        // Lines are read as they lie in memory. Along a line and across lines sums are formed alike, so that either way gives the same bits.
        bool byColumns = layer.Slices[0].RowStride < layer.Slices[0].ColumnStride;
        (int lines, int length) = byColumns ? (columns, rows) : (rows, columns);
        LineSums sums = new(lines, length);
        T[][] gathered = [.. Enumerable.Range(0, LineSums.Together / LineSums.Parts).Select(_ => new T[LineSums.Padded(length)])];
        T[] nothing = new T[LineSums.Padded(length)];
        (double[] rowOf, double[] rowSquaresOf) = byColumns ? (sums.Across, sums.AcrossSquares) : (sums.Along, sums.AlongSquares);
        (double[] columnOf, double[] columnSquaresOf) = byColumns ? (sums.Along, sums.AlongSquares) : (sums.Across, sums.AcrossSquares);
        for (int s = 0; s < layer.Slices.Length; s++)
        {
            MatrixSlice slice = layer.Slices[s];
            (long lineStride, long stride) = byColumns ? (slice.ColumnStride, slice.RowStride) : (slice.RowStride, slice.ColumnStride);
            sums.Clear();
            for (int group = 0; group < lines; group += LineSums.Together)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int part = group; part < Math.Min(group + LineSums.Parts, lines); part++)
                {
                    ReadOnlySpan<T> a = Line(elements, slice.Offset, part, lines, length, lineStride, stride, gathered[0], nothing);
                    ReadOnlySpan<T> b = Line(elements, slice.Offset, part + LineSums.Parts, lines, length, lineStride, stride, gathered[1], nothing);
                    ReadOnlySpan<T> c = Line(elements, slice.Offset, part + (2 * LineSums.Parts), lines, length, lineStride, stride, gathered[2], nothing);
                    ReadOnlySpan<T> d = Line(elements, slice.Offset, part + (3 * LineSums.Parts), lines, length, lineStride, stride, gathered[3], nothing);
                    sums.Add(part, a, b, c, d);

                    // Zeros leave no mark.
                    mark.Add(a, part, s, byColumns, square);
                    mark.Add(b, part + LineSums.Parts, s, byColumns, square);
                    mark.Add(c, part + (2 * LineSums.Parts), s, byColumns, square);
                    mark.Add(d, part + (3 * LineSums.Parts), s, byColumns, square);
                }
            }

            sums.Complete();
            double byRow = 0, byColumn = 0;
            for (int i = 0; i < rows; i++)
            {
                rowSums[i] += rowOf[i];
                rowSquares[i] += rowSquaresOf[i];
                rowFourths += rowSquaresOf[i] * rowSquaresOf[i];
                byRow += rowSquaresOf[i];
            }

            for (int j = 0; j < columns; j++)
            {
                columnSums[j] += columnOf[j];
                columnSquares[j] += columnSquaresOf[j];
                columnFourths += columnSquaresOf[j] * columnSquaresOf[j];
                byColumn += columnSquaresOf[j];
            }

            rowTotals += byRow * byRow;
            columnTotals += byColumn * byColumn;
        }

        return new LayerMargins
        {
            RowSums = [.. rowSums],
            RowSquares = [.. rowSquares],
            ColumnSums = [.. columnSums],
            ColumnSquares = [.. columnSquares],
            RowFourths = rowFourths,
            ColumnFourths = columnFourths,
            RowTotals = rowTotals,
            ColumnTotals = columnTotals,
            Content = mark.Value(square),
        };
    }

    /// <summary>The elements of a line, where they lie or, with zeros behind them, gathered; zeros when there are no more lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ReadOnlySpan<T> Line<T>(ReadOnlySpan<T> elements, long offset, int line, int lines, int length, long lineStride, long stride, T[] gathered, T[] nothing)
    {
        if (line >= lines)
            return nothing;
        long at = offset + (line * lineStride);
        if (stride == 1 && length == gathered.Length)
            return elements.Slice((int)at, length);
        for (int i = 0; i < length; i++, at += stride)
            gathered[i] = elements[(int)at];
        return gathered;
    }
}
