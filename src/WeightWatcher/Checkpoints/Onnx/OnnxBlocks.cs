using System.Collections.Immutable;
using WeightWatcher.Checkpoints.Composition;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// Codes with a scale for each block of an axis: <c>DequantizeLinear</c> with <c>block_size</c> (https://onnx.ai/onnx/operators/onnx__DequantizeLinear.html), and ONNX Runtime's <c>MatMulNBits</c> and
/// <c>GatherBlockQuantized</c> (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md).
/// </summary>
internal static class OnnxBlocks
{
    /// <summary>The tensor of numbers, or why there is none.</summary>
    public static (Tensor? Tensor, string? WhyUnreadable) Apply(Tensor codes, Tensor? scales, Tensor? zeroPoints, bool hasZeroPoints, OnnxDequantization use, TensorLayout layout)
    {
        if (scales is not { IsFloatingPoint: true, Count: > 0 } || (hasZeroPoints && zeroPoints is null))
            return (null, "quantized codes whose scales cannot be read");
        if (use.BlockSize is <= 0 or > int.MaxValue || (use.Packing is { } packing && packing.Bits is not (2 or 4 or 8)))
            return (null, "quantized codes in blocks of a size that is not known");
        if (use.Packing is { Rows: > 0 } matrix)
            return MatMulNBits(codes, scales, zeroPoints, use.BlockSize, (int)matrix.Bits, matrix.Rows, matrix.Columns, layout);
        return Blocked(codes, scales, zeroPoints, use, layout);
    }

    /// <summary>B is [N, blocks of K, bytes of a block]; scales are [N x blocks], zero points bytes of codes row by row, or numbers like the scales.</summary>
    private static (Tensor? Tensor, string? WhyUnreadable) MatMulNBits(Tensor bytes, Tensor scales, Tensor? zeroPoints, long blockSize, int bits, long rows, long columns, TensorLayout layout)
    {
        long blocks = (columns + blockSize - 1) / blockSize;
        Int128 bytesPerRow = blocks * (((Int128)blockSize * bits + 7) / 8);
        bool fits = bytes.ElementType == ElementType.U8 && rows <= int.MaxValue && columns is > 0 and <= int.MaxValue && bytes.Count == bytesPerRow * rows && scales.Count == (Int128)rows * blocks;
        if (!fits || rows * (Int128)columns > long.MaxValue)
            return (null, FormattableString.Invariant($"quantized codes of shape {TensorShape.Text(bytes.Shape)} with {scales.Count} scales, which do not fit {rows} x {columns} weights in blocks of {blockSize}"));
        Tensor zeros;
        long zeroBytes = ((blocks * bits) + 7) / 8;
        if (zeroPoints is null)
            zeros = new ConstantTensor(scales.Shape, 1 << (bits - 1));
        else if (zeroPoints.ElementType == ElementType.U8 && zeroPoints.Count == rows * (Int128)zeroBytes)
            zeros = new PackedCodesTensor(zeroPoints.Name, [rows, blocks], zeroPoints, zeroBytes, bits, CodeOrder.LowBitsFirst, PackedCodesTensor.Integers(bits, 0));
        else if (zeroPoints.IsFloatingPoint && zeroPoints.Count == scales.Count)
            zeros = zeroPoints;
        else
            return (null, $"quantized codes whose zero points have the shape {TensorShape.Text(zeroPoints.Shape)}");
        PackedCodesTensor codes = new(bytes.Name, [rows, columns], bytes, (long)bytesPerRow, bits, CodeOrder.LowBitsFirst, PackedCodesTensor.Integers(bits, 0)) { IsOptimizerState = bytes.IsOptimizerState };
        return (new BlockScaledTensor(bytes.Name, [rows, columns], codes, scales, new ScaleBlocks(1, blockSize, rows, blocks)) { ZeroPoints = zeros, Layout = layout }, null);
    }

    private static (Tensor? Tensor, string? WhyUnreadable) Blocked(Tensor stored, Tensor scales, Tensor? zeroPoints, OnnxDequantization use, TensorLayout layout)
    {
        Tensor codes = stored;
        ImmutableArray<long> shape = stored.Shape;
        Tensor? zeros = zeroPoints;
        int rank = shape.Length;
        long axis = use.Axis < 0 ? use.Axis + rank : use.Axis;
        if (use.Packing is { } packing && stored.ElementType == ElementType.U8 && rank > 0)
        {
            int bits = (int)packing.Bits;
            shape = shape.SetItem(rank - 1, shape[^1] * (8 / bits));
            codes = new PackedCodesTensor(stored.Name, shape, stored, stored.Shape[^1], bits, CodeOrder.LowBitsFirst, PackedCodesTensor.Integers(bits, 0)) { IsOptimizerState = stored.IsOptimizerState };
            if (zeroPoints is null)
                zeros = new ConstantTensor(scales.Shape, 1 << (bits - 1));
            else if (zeroPoints.ElementType == ElementType.U8 && zeroPoints.Shape.Length == rank && scales.Shape.Length == rank && zeroPoints.Shape.AsSpan()[..^1].SequenceEqual(scales.Shape.AsSpan()[..^1]) && zeroPoints.Shape[^1] == ((scales.Shape[^1] * bits) + 7) / 8)
                zeros = new PackedCodesTensor(zeroPoints.Name, scales.Shape, zeroPoints, zeroPoints.Shape[^1], bits, CodeOrder.LowBitsFirst, PackedCodesTensor.Integers(bits, 0));
        }

        if (rank < 2 || axis < rank - 2 || axis >= rank)
            return (null, "quantized codes with one scale per block of an axis other than the last two");
        long blocks = (shape[(int)axis] + use.BlockSize - 1) / use.BlockSize;
        ImmutableArray<long> expected = shape.SetItem((int)axis, blocks);
        if (!scales.Shape.AsSpan().SequenceEqual(expected.AsSpan()) || (zeros is not null && zeros.Count != scales.Count))
            return (null, $"quantized codes of shape {TensorShape.Text(shape)} whose scales have the shape {TensorShape.Text(scales.Shape)}, expected {TensorShape.Text(expected)}");
        ScaleBlocks grid = axis == rank - 1
            ? new ScaleBlocks(1, use.BlockSize, shape[^2], blocks)
            : new ScaleBlocks(use.BlockSize, 1, blocks, shape[^1]);
        return (new BlockScaledTensor(stored.Name, shape, codes, scales, grid) { ZeroPoints = zeros, Layout = layout }, null);
    }
}
