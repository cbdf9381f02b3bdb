using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>The sum or the difference of two tensors of one shape, computed in double precision.</summary>
internal sealed class SumTensor : Tensor
{
    private readonly Tensor _first;
    private readonly Tensor _second;
    private readonly bool _subtract;

    /// <summary>Describes a sum.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="first">One tensor.</param>
    /// <param name="second">Another one of the same shape.</param>
    /// <param name="subtract">True for <paramref name="first"/> less <paramref name="second"/>.</param>
    [SetsRequiredMembers]
    public SumTensor(string name, Tensor first, Tensor second, bool subtract)
    {
        Name = name;
        Shape = first.Shape;
        Count = first.Count;
        ElementType = first.ElementType == ElementType.F64 && second.ElementType == ElementType.F64 ? ElementType.F64 : ElementType.F32;
        ElementTypeName = first.ElementTypeName;
        Layout = first.Layout;
        IsOptimizerState = first.IsOptimizerState;
        _first = first;
        _second = second;
        _subtract = subtract;
    }

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <summary>A layer that training left as it was differs by nothing.</summary>
    internal override bool MayBeZero => _subtract;

    /// <inheritdoc/>
    public override double StoredEpsilon => Math.Max(_first.StoredEpsilon, _second.StoredEpsilon);

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        _first.Read(start, destination);
        double[] other = ArrayPool<double>.Shared.Rent(destination.Length);
        try
        {
            _second.Read(start, other.AsSpan(0, destination.Length));
            for (int i = 0; i < destination.Length; i++)
                destination[i] += _subtract ? -other[i] : other[i];
        }
        finally
        {
            ArrayPool<double>.Shared.Return(other);
        }
    }
}
