using System.Diagnostics.CodeAnalysis;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Layers;

/// <summary>
/// A matrix that is computed whole from the weights of several layers when its first element is asked for, and given up when its last one was read.
/// </summary>
internal sealed class ComputedMatrix : Tensor
{
    private readonly Func<double[]> _compute;
    private double[]? _elements;

    /// <summary>Describes a matrix.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="epsilon">The coarsest precision of what it is computed from.</param>
    /// <param name="compute">Its elements, row-major.</param>
    [SetsRequiredMembers]
    public ComputedMatrix(string name, int rows, int columns, double epsilon, Func<double[]> compute)
    {
        Name = name;
        Shape = [rows, columns];
        Count = (long)rows * columns;
        ElementType = ElementType.F64;
        ElementTypeName = "F64";
        StoredEpsilon = epsilon;
        _compute = compute;
    }

    /// <inheritdoc/>
    public override double StoredEpsilon { get; }

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        _elements ??= _compute();
        _elements.AsSpan((int)start, destination.Length).CopyTo(destination);
        if (start + destination.Length == Count)
            _elements = null;
    }

    /// <summary>The elements of a slice of a layer, row-major, N x M.</summary>
    public static double[] Elements(Tensor tensor, MatrixSlice slice)
    {
        double[] all = new double[tensor.Count];
        tensor.Read(0, all);
        return Elements(all, slice);
    }

    /// <summary>The elements of a slice, row-major.</summary>
    public static double[] Elements(double[] tensor, MatrixSlice slice)
    {
        double[] matrix = new double[slice.Rows * slice.Columns];
        for (int i = 0, at = 0; i < slice.Rows; i++)
        {
            long from = slice.Offset + (i * slice.RowStride);
            for (int j = 0; j < slice.Columns; j++, from += slice.ColumnStride)
                matrix[at++] = tensor[from];
        }

        return matrix;
    }

    /// <summary>A layer of this matrix alone.</summary>
    public Layer ToLayer(int id, LayerType type)
    {
        int rows = (int)Shape[0], columns = (int)Shape[1];
        MatrixSlice slice = new MatrixSlice(rows, columns, 0, columns, 1).Tall();
        return new Layer { Id = id, Name = Name, Type = type, Tensor = this, N = slice.Rows, M = slice.Columns, Slices = [slice], KernelSize = 1 };
    }
}
