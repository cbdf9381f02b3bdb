using WeightWatcher.Checkpoints;
using WeightWatcher.Layers;

namespace WeightWatcher.Spectra;

/// <summary>The weights of a tensor in memory: single precision where that holds every stored value exactly, else double.</summary>
internal sealed class WeightMatrix
{
    private const int BlockLength = 1 << 16;

    private WeightMatrix(float[]? singles, double[]? doubles)
    {
        Singles = singles;
        Doubles = doubles;
    }

    /// <summary>All elements in logical row-major order, or null when they need double precision.</summary>
    public float[]? Singles { get; }

    /// <summary>All elements in logical row-major order, or null when single precision holds them.</summary>
    public double[]? Doubles { get; }

    /// <summary>Reads a whole tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="alwaysSingle">Whether double precision is rounded to single, as the Python tool does when it loads a model.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static WeightMatrix Read(Tensor tensor, bool alwaysSingle, CancellationToken cancellationToken)
    {
        int count = (int)tensor.Count;
        if (tensor.ElementType == ElementType.F64 && !alwaysSingle)
        {
            double[] doubles = GC.AllocateUninitializedArray<double>(count);
            for (int start = 0; start < count; start += BlockLength)
            {
                cancellationToken.ThrowIfCancellationRequested();
                tensor.Read(start, doubles.AsSpan(start, Math.Min(BlockLength, count - start)));
            }

            return new WeightMatrix(null, doubles);
        }

        float[] singles = GC.AllocateUninitializedArray<float>(count);
        double[] block = new double[Math.Min(BlockLength, count)];
        for (int start = 0; start < count; start += BlockLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<double> part = block.AsSpan(0, Math.Min(BlockLength, count - start));
            tensor.Read(start, part);
            for (int i = 0; i < part.Length; i++)
                singles[start + i] = (float)part[i];
        }

        return new WeightMatrix(singles, null);
    }

    /// <summary>Multiplies every element, in single precision where the elements are single.</summary>
    public void Multiply(float factor)
    {
        if (factor == 1)
            return;
        foreach (ref float element in Singles.AsSpan())
            element *= factor;
        foreach (ref double element in Doubles.AsSpan())
            element *= factor;
    }

    /// <summary>The index of the first element, in logical order, that is NaN or infinite, or null.</summary>
    public int? FirstNonFinite()
    {
        int index = Singles is not null ? Array.FindIndex(Singles, x => !float.IsFinite(x)) : Array.FindIndex(Doubles!, x => !double.IsFinite(x));
        return index < 0 ? null : index;
    }

    /// <summary>True when every element of a slice is zero.</summary>
    public bool IsZero(MatrixSlice slice)
    {
        for (int i = 0; i < slice.Rows; i++)
        {
            for (int j = 0; j < slice.Columns; j++)
            {
                if (this[slice.Offset + (i * slice.RowStride) + (j * slice.ColumnStride)] != 0)
                    return false;
            }
        }

        return true;
    }

    /// <summary>The element at a position in logical order.</summary>
    public double this[long index] => Singles is not null ? Singles[index] : Doubles![index];

    /// <summary>
    /// The elements of a slice as a row-major matrix: N x M, or M x N where the tensor is stored so. The array itself when the slice is all of it.
    /// </summary>
    public static (T[] Elements, int Rows, int Columns) Slice<T>(T[] elements, MatrixSlice slice)
    {
        // The transpose has the same spectrum, so a matrix stored M x N serves as it is.
        if (slice.IsWhole(elements.Length))
            return slice.ColumnStride == 1 ? (elements, slice.Rows, slice.Columns) : (elements, slice.Columns, slice.Rows);
        T[] matrix = GC.AllocateUninitializedArray<T>(slice.Rows * slice.Columns);
        int at = 0;
        for (int i = 0; i < slice.Rows; i++)
        {
            long index = slice.Offset + (i * slice.RowStride);
            for (int j = 0; j < slice.Columns; j++, index += slice.ColumnStride)
                matrix[at++] = elements[index];
        }

        return (matrix, slice.Rows, slice.Columns);
    }
}
