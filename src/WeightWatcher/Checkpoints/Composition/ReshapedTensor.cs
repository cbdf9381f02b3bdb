using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>A run of the elements of a tensor, in the same order, under another name and shape.</summary>
internal sealed class ReshapedTensor : Tensor
{
    private readonly Tensor _tensor;
    private readonly long _first;

    /// <summary>Describes a run.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="tensor">The tensor whose elements they are.</param>
    /// <param name="shape">The shape of the run.</param>
    /// <param name="first">The first element of the run; the caller has checked that it ends inside the tensor.</param>
    [SetsRequiredMembers]
    public ReshapedTensor(string name, Tensor tensor, ImmutableArray<long> shape, long first = 0)
    {
        Name = name;
        Shape = shape;
        Count = shape.Aggregate(1L, (product, axis) => checked(product * axis));
        ElementType = tensor.ElementType;
        ElementTypeName = tensor.ElementTypeName;
        IsOptimizerState = tensor.IsOptimizerState;
        _tensor = tensor;
        _first = first;
    }

    /// <inheritdoc/>
    public override bool IsFloatingPoint => _tensor.IsFloatingPoint;

    /// <inheritdoc/>
    public override double StoredEpsilon => _tensor.StoredEpsilon;

    /// <inheritdoc/>
    internal override bool MayBeZero => _tensor.MayBeZero;

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Count - start, nameof(destination));
        _tensor.Read(_first + start, destination);
    }
}
