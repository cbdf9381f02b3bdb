using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints;

/// <summary>
/// An affinely quantized tensor, read as the numbers that its codes stand for: scale x (code - zero point), with one scale for the tensor or
/// one for each index of an axis (PyTorch's <c>per_tensor_affine</c> and <c>per_channel_affine</c>, ONNX's <c>DequantizeLinear</c>).
/// </summary>
internal sealed class QuantizedTensor : Tensor
{
    private readonly Tensor _codes;
    private readonly double[] _scales;
    private readonly double[] _zeroPoints;
    private readonly long _inner;

    /// <summary>Creates a description.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="scales">One scale, or one for each index of <paramref name="axis"/>.</param>
    /// <param name="zeroPoints">As many zero points.</param>
    /// <param name="axis">The axis of the channels; not looked at when there is one scale.</param>
    [SetsRequiredMembers]
    public QuantizedTensor(Tensor codes, double[] scales, double[] zeroPoints, int axis)
    {
        Name = codes.Name;
        Shape = codes.Shape;
        Count = codes.Count;
        ElementType = codes.ElementType;
        ElementTypeName = codes.ElementTypeName;
        _codes = codes;
        _scales = scales;
        _zeroPoints = zeroPoints;
        _inner = 1;
        for (int i = axis + 1; i < Shape.Length; i++)
            _inner *= Shape[i];
    }

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <summary>One step of the codes relative to their largest.</summary>
    public override double StoredEpsilon => ElementType switch
    {
        ElementType.I8 => Math.ScaleB(1, -7),
        ElementType.U8 => Math.ScaleB(1, -8),
        ElementType.Other => _codes.StoredEpsilon,
        _ => Math.ScaleB(1, -23),
    };

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        _codes.Read(start, destination);
        if (_scales.Length == 1)
        {
            Dequantize(destination, 0);
            return;
        }

        while (!destination.IsEmpty)
        {
            int count = (int)Math.Min(destination.Length, _inner - (start % _inner));
            Dequantize(destination[..count], (int)(start / _inner % _scales.Length));
            start += count;
            destination = destination[count..];
        }
    }

    private void Dequantize(Span<double> codes, int channel)
    {
        double scale = _scales[channel];
        double zeroPoint = _zeroPoints[channel];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = scale * (codes[i] - zeroPoint);
    }
}
