using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>A tensor of which the elements that are not zero are stored, in rising order of their positions.</summary>
internal sealed class SparseTensor : Tensor
{
    private const int EntriesAtOnce = 4096;

    private readonly Tensor _values;
    private readonly Tensor _positions;
    private readonly int _axes;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="shape">The dense shape.</param>
    /// <param name="values">The stored elements.</param>
    /// <param name="positions">For each its position in the flattened tensor, or its index along every axis; checked and in rising order.</param>
    [SetsRequiredMembers]
    public SparseTensor(string name, ImmutableArray<long> shape, Tensor values, Tensor positions)
    {
        Name = name;
        Shape = shape;
        Count = shape.Aggregate(1L, (product, axis) => checked(product * axis));
        ElementType = values.ElementType;
        ElementTypeName = values.ElementTypeName;
        IsOptimizerState = values.IsOptimizerState;
        _values = values;
        _positions = positions;
        _axes = positions.Shape.Length == 1 ? 1 : (int)positions.Shape[1];
    }

    /// <inheritdoc/>
    public override bool IsFloatingPoint => _values.IsFloatingPoint;

    /// <inheritdoc/>
    public override double StoredEpsilon => _values.StoredEpsilon;

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Count - start, nameof(destination));
        destination.Clear();
        double[] entry = new double[_axes];
        long low = 0;
        for (long high = _values.Count; low < high;)
        {
            long middle = low + ((high - low) / 2);
            _positions.Read(middle * _axes, entry);
            if (Position(entry) < start)
                low = middle + 1;
            else
                high = middle;
        }

        double[] positions = new double[EntriesAtOnce * _axes];
        double[] values = new double[EntriesAtOnce];
        while (low < _values.Count)
        {
            int count = (int)Math.Min(EntriesAtOnce, _values.Count - low);
            _positions.Read(low * _axes, positions.AsSpan(0, count * _axes));
            _values.Read(low, values.AsSpan(0, count));
            for (int i = 0; i < count; i++)
            {
                long at = Position(positions.AsSpan(i * _axes, _axes)) - start;
                if (at >= destination.Length)
                    return;
                if (at >= 0)
                    destination[(int)at] = values[i];
            }

            low += count;
        }
    }

    private long Position(ReadOnlySpan<double> entry)
    {
        if (_positions.Shape.Length == 1)
            return (long)entry[0];
        long position = 0;
        for (int axis = 0; axis < entry.Length; axis++)
            position = (position * Shape[axis]) + (long)entry[axis];
        return position;
    }
}
