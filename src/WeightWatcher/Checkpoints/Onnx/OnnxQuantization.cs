using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>What <c>DequantizeLinear</c> and the QLinear operators say of an input that holds codes, by the names of the values.</summary>
/// <param name="Codes">The codes.</param>
/// <param name="Scale">The scales.</param>
/// <param name="ZeroPoint">The zero points; empty when there are none.</param>
/// <param name="Axis">The axis of the channels, from the end when negative.</param>
/// <param name="BlockSize">How many codes along the axis share a scale; 0 when the axis has one scale per index.</param>
internal sealed record OnnxDequantization(string Codes, string Scale, string ZeroPoint, long Axis, long BlockSize)
{
    /// <summary>How bytes hold the codes when that is not their element type's business; null when it is.</summary>
    public OnnxPacking? Packing { get; init; }
}

/// <summary>Codes that an operator finds in bytes.</summary>
/// <param name="Bits">Bits of a code, 2, 4 or 8.</param>
/// <param name="Rows">The rows of the matrix of <c>MatMulNBits</c>, its attribute N; 0 where the bytes have the shape of the matrix.</param>
/// <param name="Columns">Its columns, the attribute K; 0 likewise.</param>
internal sealed record OnnxPacking(long Bits, long Rows, long Columns);

/// <summary>The tensors that turn codes into numbers: scale x (code - zero point) (https://onnx.ai/onnx/operators/onnx__DequantizeLinear.html).</summary>
/// <param name="Scale">The scales.</param>
/// <param name="ZeroPoint">The zero points, or null when they are not given or not stored in the file.</param>
/// <param name="Use">What the operator says.</param>
internal sealed record OnnxQuantization(OnnxTensorDraft Scale, OnnxTensorDraft? ZeroPoint, OnnxDequantization Use)
{
    private const int MaxScales = 1 << 24;

    /// <summary>The tensor of numbers, or why there is none.</summary>
    /// <param name="codes">The stored tensor.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="meter">Counts the scales that are held, since tensors in other files may lie over each other.</param>
    public (Tensor? Tensor, string? WhyUnreadable) Apply(Tensor codes, TensorLayout layout, ReadMeter meter)
    {
        if (codes.Count == 0)
            return (codes, null);
        if (Use.ZeroPoint.Length > 0 && ZeroPoint is null)
            return (null, "quantized codes whose zero points are computed");
        if (Use.Packing is not null || Use.BlockSize > 0)
            return OnnxBlocks.Apply(codes, Scale.ToTensor(), ZeroPoint?.ToTensor(), ZeroPoint is not null, Use, layout);
        long axis = Use.Axis < 0 ? Use.Axis + codes.Shape.Length : Use.Axis;
        Tensor? scales = Scale.ToTensor();
        Tensor? zeroPoints = ZeroPoint?.ToTensor();
        if (scales is not { IsFloatingPoint: true, Count: > 0 and <= MaxScales } || (ZeroPoint is not null && zeroPoints is null))
            return (null, "quantized codes whose scales cannot be read");
        bool perChannel = axis >= 0 && axis < codes.Shape.Length && scales.Count == codes.Shape[(int)axis];
        if (!(scales.Count == 1 || perChannel) || (zeroPoints is not null && zeroPoints.Count != scales.Count))
            return (null, $"quantized codes of shape {TensorShape.Text(codes.Shape)} whose scales have the shape {TensorShape.Text(scales.Shape)}");
        double[] scaleValues = Values(scales, meter);
        double[] zeroPointValues = zeroPoints is null ? new double[scaleValues.Length] : Values(zeroPoints, meter);
        return (new QuantizedTensor(codes, scaleValues, zeroPointValues, (int)Math.Max(0, axis)) { Layout = layout, IsOptimizerState = codes.IsOptimizerState, StorageIdentity = codes.StorageIdentity }, null);
    }

    private static double[] Values(Tensor tensor, ReadMeter meter)
    {
        meter.Charge(2 * sizeof(double) * tensor.Count);
        double[] values = new double[(int)tensor.Count];
        tensor.Read(0, values);
        return values;
    }
}
