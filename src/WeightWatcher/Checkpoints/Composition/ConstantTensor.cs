using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>A tensor of one number, which takes no room: a zero point that a format implies.</summary>
internal sealed class ConstantTensor : Tensor
{
    private readonly double _value;

    /// <summary>Describes a tensor.</summary>
    /// <param name="shape">Its shape, whose elements the caller has counted.</param>
    /// <param name="value">Every element.</param>
    [SetsRequiredMembers]
    public ConstantTensor(ImmutableArray<long> shape, double value)
    {
        Name = string.Empty;
        Shape = shape;
        Count = shape.Aggregate(1L, (product, axis) => checked(product * axis));
        ElementType = ElementType.F64;
        ElementTypeName = string.Empty;
        _value = value;
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination) => destination.Fill(_value);
}
