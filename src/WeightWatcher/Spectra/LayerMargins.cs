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
        double[] sliceColumns = new double[columns];
        double rowFourths = 0, columnFourths = 0, rowTotals = 0, columnTotals = 0;
        bool square = rows == columns;
        ulong straight = 0, turned = 0, negated = 0, turnedNegated = 0;
        for (int s = 0; s < layer.Slices.Length; s++)
        {
            MatrixSlice slice = layer.Slices[s];
            Array.Clear(sliceColumns);
            double byRows = 0, byColumns = 0;
            for (int i = 0; i < rows; i++)
            {
                if ((i & 1023) == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                long index = slice.Offset + (i * slice.RowStride);
                double rowSum = 0, rowSquare = 0;
                for (int j = 0; j < columns; j++, index += slice.ColumnStride)
                {
                    double x = double.CreateChecked(elements[index]), squared = x * x;
                    rowSum += x;
                    rowSquare += squared;
                    columnSums[j] += x;
                    sliceColumns[j] += squared;

                    // Sums of mixed bits do not depend on the order in which elements are visited, only on where they belong.
                    ulong bits = BitConverter.DoubleToUInt64Bits(x + 0.0), flipped = bits == 0 ? 0 : bits ^ (1UL << 63);
                    ulong here = Place(i, j, s);
                    straight += Mix(bits ^ here);
                    negated += Mix(flipped ^ here);
                    if (square)
                    {
                        ulong there = Place(j, i, s);
                        turned += Mix(bits ^ there);
                        turnedNegated += Mix(flipped ^ there);
                    }
                }

                rowSums[i] += rowSum;
                rowSquares[i] += rowSquare;
                rowFourths += rowSquare * rowSquare;
                byRows += rowSquare;
            }

            for (int j = 0; j < columns; j++)
            {
                columnSquares[j] += sliceColumns[j];
                columnFourths += sliceColumns[j] * sliceColumns[j];
                byColumns += sliceColumns[j];
            }

            rowTotals += byRows * byRows;
            columnTotals += byColumns * byColumns;
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
            Content = Math.Min(Math.Min(straight, negated), square ? Math.Min(turned, turnedNegated) : ulong.MaxValue),
        };
    }

    private static ulong Place(int row, int column, int slice) =>
        ((ulong)(uint)row * 0x9E3779B97F4A7C15UL) + ((ulong)(uint)column * 0xC2B2AE3D27D4EB4FUL) + ((ulong)(uint)slice * 0x165667B19E3779F9UL);

    /// <summary>The finaliser of SplitMix64.</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
