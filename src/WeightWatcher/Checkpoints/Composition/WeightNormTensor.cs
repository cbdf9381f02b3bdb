using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// A weight-normalised weight: g v / ||v||, with the norm over all axes but one, for each index of that axis, or over all of them (https://arxiv.org/abs/1602.07868, equation 2).
/// </summary>
internal sealed class WeightNormTensor : Tensor
{
    private const int BlockLength = 1 << 16;

    private readonly Tensor _direction;
    private readonly Tensor _magnitude;
    private readonly long _inner;
    private readonly int _channels;
    private double[]? _factors;

    /// <summary>Describes a weight.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="direction">v.</param>
    /// <param name="magnitude">g: one element for each index of <paramref name="axis"/>, or one.</param>
    /// <param name="axis">The axis that keeps its norms apart; -1 for none.</param>
    [SetsRequiredMembers]
    public WeightNormTensor(string name, Tensor direction, Tensor magnitude, int axis)
    {
        Name = name;
        Shape = direction.Shape;
        Count = direction.Count;
        ElementType = direction.ElementType;
        ElementTypeName = direction.ElementTypeName;
        Layout = direction.Layout;
        IsOptimizerState = direction.IsOptimizerState;
        _direction = direction;
        _magnitude = magnitude;
        _channels = axis < 0 ? 1 : (int)Shape[axis];
        _inner = 1;
        for (int i = axis + 1; i < Shape.Length && axis >= 0; i++)
            _inner *= Shape[i];
        if (axis < 0)
            _inner = Math.Max(1, Count);
    }

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <inheritdoc/>
    public override double StoredEpsilon => _direction.StoredEpsilon;

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        _direction.Read(start, destination);
        if (destination.IsEmpty)
            return;
        double[] factors = _factors ??= Factors();
        for (int i = 0; i < destination.Length;)
        {
            long at = start + i;
            double factor = factors[(int)(at / _inner % _channels)];
            int end = (int)Math.Min(destination.Length, i + _inner - (at % _inner));
            for (; i < end; i++)
                destination[i] *= factor;
        }
    }

    private double[] Factors()
    {
        double[] squares = new double[_channels];
        double[] block = new double[(int)Math.Min(BlockLength, Count)];
        for (long start = 0; start < Count; start += block.Length)
        {
            Span<double> part = block.AsSpan(0, (int)Math.Min(block.Length, Count - start));
            _direction.Read(start, part);
            for (int i = 0; i < part.Length; i++)
                squares[(int)((start + i) / _inner % _channels)] += part[i] * part[i];
        }

        double[] factors = new double[_channels];
        _magnitude.Read(0, factors);
        for (int i = 0; i < factors.Length; i++)
            factors[i] /= Math.Sqrt(squares[i]);
        return factors;
    }
}
