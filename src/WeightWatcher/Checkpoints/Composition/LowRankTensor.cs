using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// The weight that a low-rank adapter adds: scale x B A, B being [outputs, rank] and A [rank, inputs and kernel] (LoRA, https://arxiv.org/abs/2106.09685, section 4.1). Its spectrum is that of the whole
/// matrix, zeros beyond the rank included.
/// </summary>
internal sealed class LowRankTensor : RowTensor
{
    private readonly Tensor _down;
    private readonly Tensor _up;
    private readonly double _scale;
    private readonly bool _isTransposed;
    private readonly int _rank;
    private readonly WeakReference<double[]?> _left = new(null);
    private readonly WeakReference<double[]?> _right = new(null);

    /// <summary>Describes a product.</summary>
    /// <param name="name">The name of the product.</param>
    /// <param name="weight">The name of the weight that it is added to.</param>
    /// <param name="down">A, its first axis the rank.</param>
    /// <param name="up">B, its second axis the rank, axes beyond it of length 1.</param>
    /// <param name="scale">What the product is multiplied by.</param>
    /// <param name="isTransposed">True for A' B', where the weight is stored as [inputs, outputs].</param>
    [SetsRequiredMembers]
    public LowRankTensor(string name, string weight, Tensor down, Tensor up, double scale, bool isTransposed)
    {
        Name = name;
        WeightName = weight;
        _rank = (int)down.Shape[0];
        Shape = isTransposed ? [down.Shape[1], up.Shape[0]] : [up.Shape[0], .. down.Shape[1..]];
        Count = Shape.Aggregate(1L, (product, axis) => checked(product * axis));
        ElementType = down.ElementType == ElementType.F64 && up.ElementType == ElementType.F64 ? ElementType.F64 : ElementType.F32;
        ElementTypeName = down.ElementTypeName;
        _down = down;
        _up = up;
        _scale = scale;
        _isTransposed = isTransposed;
    }

    /// <summary>The name of the weight that the product is added to.</summary>
    public string WeightName { get; }

    /// <summary>The lengths that the rows of the sum have (DoRA, https://arxiv.org/abs/2402.09353, equation 5), or null.</summary>
    public Tensor? Magnitudes { get; init; }

    /// <inheritdoc/>
    protected override void ReadBox(long row, int rows, long column, int columns, Span<double> destination)
    {
        // Row i of the product is a sum of rows of the right factor, weighted by row i of the left one.
        double[] left = Factor(_left, _isTransposed ? _down : _up, transpose: _isTransposed);
        double[] right = Factor(_right, _isTransposed ? _up : _down, transpose: _isTransposed);
        long width = right.Length / _rank;
        // A convolution's row is cut along its last axis only in shape, not in memory.
        long cut = width / Shape[^1];
        for (int i = 0; i < rows; i++)
        {
            Span<double> line = destination.Slice(i * columns, columns);
            line.Clear();
            long output = (row + i) / cut;
            long start = ((row + i) % cut * Shape[^1]) + column;
            for (int k = 0; k < _rank; k++)
                AddScaled(right.AsSpan((int)((k * width) + start), columns), _scale * left[(output * _rank) + k], line);
        }
    }

    private static void AddScaled(ReadOnlySpan<double> source, double factor, Span<double> target)
    {
        int i = 0;
        for (; i <= source.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(target[i..]) + (new Vector<double>(source[i..]) * factor)).CopyTo(target[i..]);
        for (; i < source.Length; i++)
            target[i] += source[i] * factor;
    }

    /// <summary>A factor in memory, kept while somebody reads the product.</summary>
    private static double[] Factor(WeakReference<double[]?> known, Tensor tensor, bool transpose)
    {
        if (known.TryGetTarget(out double[]? values) && values is not null)
            return values;
        values = new double[(int)tensor.Count];
        tensor.Read(0, values);
        if (transpose)
        {
            int rows = (int)tensor.Shape[0];
            int columns = values.Length / rows;
            double[] turned = new double[values.Length];
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                    turned[(j * rows) + i] = values[(i * columns) + j];
            }

            values = turned;
        }

        known.SetTarget(values);
        return values;
    }
}
