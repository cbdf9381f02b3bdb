using System.Collections.Immutable;
using System.Numerics;
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
    /// <param name="cancellationToken">Looked at once for each slice and every thousand rows.</param>
    public static LayerMargins Of(Layer layer, WeightMatrix weights, CancellationToken cancellationToken) =>
        weights.Singles is { } singles ? Of(layer, singles, cancellationToken) : Of(layer, weights.Doubles!, cancellationToken);

    private static LayerMargins Of<T>(Layer layer, T[] elements, CancellationToken cancellationToken)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rows = layer.Slices[0].Rows, columns = layer.Slices[0].Columns;
        double[] rowSums = new double[rows], rowSquares = new double[rows], columnSums = new double[columns], columnSquares = new double[columns];
        double rowFourths = 0, columnFourths = 0, rowTotals = 0, columnTotals = 0;
        bool square = rows == columns;
        ContentMark mark = default;

        // Lines are read as they lie in memory. Along a line and across lines sums are formed alike, so that either way gives the same bits.
        bool byColumns = layer.Slices[0].RowStride < layer.Slices[0].ColumnStride;
        LineSums sums = byColumns ? new(columns, rows) : new(rows, columns);
        (double[] rowOf, double[] rowSquaresOf) = byColumns ? (sums.Across, sums.AcrossSquares) : (sums.Along, sums.AlongSquares);
        (double[] columnOf, double[] columnSquaresOf) = byColumns ? (sums.Along, sums.AlongSquares) : (sums.Across, sums.AcrossSquares);
        for (int s = 0; s < layer.Slices.Length; s++)
        {
            MatrixSlice slice = layer.Slices[s];
            (long lineStride, long stride) = byColumns ? (slice.ColumnStride, slice.RowStride) : (slice.RowStride, slice.ColumnStride);
            for (int line = 0; line < sums.Lines; line++)
            {
                if ((line & 255) == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                ReadOnlySpan<double> entries = sums.Read(elements, slice.Offset + (line * lineStride), stride);
                sums.Add(line, entries);
                mark.Add(entries, line, s, byColumns, square);
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
}
