namespace WeightWatcher.Layers;

/// <summary>
/// A matrix inside a tensor: element (i, j) is the tensor's element <c>Offset + i * RowStride + j * ColumnStride</c> in logical row-major order.
/// </summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns; rows and columns are in the order of the layer's N x M matrix, so <c>Rows >= Columns</c>.</param>
/// <param name="Offset">The first element.</param>
/// <param name="RowStride">The distance of neighbouring rows, in elements.</param>
/// <param name="ColumnStride">The distance of neighbouring columns, in elements.</param>
internal readonly record struct MatrixSlice(int Rows, int Columns, long Offset, long RowStride, long ColumnStride)
{
    /// <summary>The slice with rows and columns exchanged where needed, so that <c>Rows >= Columns</c>.</summary>
    public MatrixSlice Tall() => Rows >= Columns ? this : new(Columns, Rows, Offset, ColumnStride, RowStride);

    /// <summary>True when the slice is the whole of <paramref name="count"/> elements in one run.</summary>
    public bool IsWhole(long count) => Offset == 0 && (long)Rows * Columns == count && (ColumnStride == 1 || RowStride == 1)
        && Math.Max(RowStride, ColumnStride) == (ColumnStride == 1 ? Columns : Rows);
}
