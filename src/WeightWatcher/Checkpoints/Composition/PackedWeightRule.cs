using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// Weights whose codes share bytes or words along a row: compressed-tensors' <c>X.weight_packed</c> with <c>X.weight_scale</c> (integers of 4 or 8 bits in 32-bit words, or NVFP4 in bytes), ModelOpt's
/// NVFP4 (<c>X.weight</c> of bytes with <c>X.weight_scale</c> and <c>X.weight_scale_2</c>), and MXFP4's <c>X_blocks</c> with <c>X_scales</c>.
/// </summary>
internal static class PackedWeightRule
{
    private const string Packed = ".weight_packed";
    private const string Blocks = "_blocks";

    /// <summary>Numbers in a microscaling block (OCP Microscaling Formats 1.0, section 5.2).</summary>
    private const int MicroscalingBlock = 32;

    public static void Apply(TensorSet set)
    {
        foreach (Tensor tensor in set.All())
        {
            string name = tensor.Name;
            if (name.EndsWith(Packed, StringComparison.Ordinal) && PackedCodesTensor.CanHold(tensor))
                Compressed(set, tensor, name[..^"_packed".Length]);
            else if (tensor.ElementType == ElementType.U8 && name.EndsWith(Blocks, StringComparison.Ordinal) && set.Find(name[..^Blocks.Length] + "_scales") is { } scales)
                Microscaling(set, tensor, scales, name[..^Blocks.Length]);
            else if (tensor.ElementType == ElementType.U8 && set.Find(name + "_scale_2") is { Count: 1 } factor && set.Find(name + "_scale") is { } blockScales)
                Nvfp4(set, tensor, name, blockScales, factor, divides: false);
        }
    }

    private static void Compressed(TensorSet set, Tensor words, string name)
    {
        Tensor scales = set.Require(name + "_scale", words);
        if (set.Find(name + "_global_scale") is { Count: 1 } divisor && words.ElementType == ElementType.U8)
        {
            Nvfp4(set, words, name, scales, divisor, divides: true);
            return;
        }

        Tensor shapeTensor = set.Require(name + "_shape", words);
        Tensor? zeros = set.Find(name + "_zero_point"), groupOfInput = set.Find(name + "_g_idx");
        if (shapeTensor.Count != 2 || shapeTensor.IsFloatingPoint || words.Shape.Length != 2)
            throw Fault(words, $"the shape of the weight is kept in {shapeTensor.ElementTypeName} {TensorShape.Text(shapeTensor.Shape)}, expected two integers");
        double[] lengths = new double[2];
        shapeTensor.Read(0, lengths);
        if (!(lengths[0] >= 1 && lengths[1] >= 1 && lengths[0] <= int.MaxValue && lengths[1] <= int.MaxValue) || (long)lengths[0] != words.Shape[0])
            throw Fault(words, FormattableString.Invariant($"the weight's shape is given as [{lengths[0]}, {lengths[1]}], but the codes have the shape {TensorShape.Text(words.Shape)}"));
        ImmutableArray<long> shape = [(long)lengths[0], (long)lengths[1]];
        int bits = Array.Find([4, 8, 2], b => words.Shape[1] == (shape[1] + (32 / b) - 1) / (32 / b));
        if (bits == 0 || words.ElementType is not (ElementType.I32 or ElementType.U32))
            throw Fault(words, $"{TensorShape.Text(words.Shape)} {words.ElementTypeName} do not hold codes of 2, 4 or 8 bits for the shape {TensorShape.Text(shape)}");
        ScaleBlocks blocks = ScaledWeightRule.BlocksOf(shape.AsSpan(), scales, null) ?? throw Misfit(scales, shape);
        // Codes are stored unsigned, half their range above their value; so are zero points, which are packed down the rows.
        PackedCodesTensor codes = new(name, shape, words, words.Shape[1], bits, CodeOrder.LowBitsFirst, PackedCodesTensor.Integers(bits, 1 << (bits - 1)));
        Tensor? zeroPoints = null;
        if (zeros is not null)
        {
            int perWord = 32 / bits;
            bool isPacked = zeros.ElementType is ElementType.I32 or ElementType.U32;
            if (isPacked && (zeros.Shape.Length != 2 || zeros.Shape[0] != (blocks.GridRows + perWord - 1) / perWord || zeros.Shape[1] != blocks.GridColumns))
                throw Misfit(zeros, shape);
            if (!isPacked && (zeros.Count != scales.Count || zeros.IsFloatingPoint))
                throw Misfit(zeros, shape);
            zeroPoints = isPacked ? new DownPackedTensor(zeros, [blocks.GridRows, blocks.GridColumns], bits, 1 << (bits - 1)) : zeros;
        }

        set.Compose(new BlockScaledTensor(name, shape, codes, scales, blocks) { ZeroPoints = zeroPoints, GroupOfColumn = ScaledWeightRule.GroupsOf(groupOfInput, shape.AsSpan(), blocks) }, words, scales, shapeTensor, zeros, groupOfInput);
    }

    private static void Nvfp4(TensorSet set, Tensor bytes, string name, Tensor scales, Tensor factor, bool divides)
    {
        if (bytes.Shape.Length < 2 || bytes.Count == 0 || !scales.IsFloatingPoint)
            throw Misfit(scales, bytes.Shape);
        ImmutableArray<long> shape = bytes.Shape.SetItem(bytes.Shape.Length - 1, bytes.Shape[^1] * 2);
        PackedCodesTensor codes = new(name, shape, bytes, bytes.Shape[^1], 4, CodeOrder.LowBitsFirst, PackedCodesTensor.Numbers(ElementEncoding.F4));
        ScaleBlocks blocks = ScaledWeightRule.BlocksOf(shape.AsSpan(), scales, (1, 16)) ?? throw Misfit(scales, shape);
        set.Compose(
            new BlockScaledTensor(name, shape, codes, scales, blocks) { Divisor = divides ? factor : null, Factors = divides ? [] : [factor] },
            bytes,
            scales,
            factor);
    }

    private static void Microscaling(TensorSet set, Tensor bytes, Tensor scales, string name)
    {
        int axes = bytes.Shape.Length;
        if (axes < 3 || bytes.Shape[^1] != MicroscalingBlock / 2 || bytes.Count == 0)
            return;
        if (scales.ElementType != ElementType.U8 || !scales.Shape.AsSpan().SequenceEqual(bytes.Shape.AsSpan()[..^1]))
        {
            throw new ArtifactException(
                ArtifactCodes.InvalidShape,
                $"scales of shape {TensorShape.Text(scales.Shape)} ({scales.ElementTypeName}) do not fit blocks of shape {TensorShape.Text(bytes.Shape)}, expected one U8 for each block")
            { Tensor = scales.Name };
        }

        ImmutableArray<long> shape = [.. bytes.Shape[..(axes - 2)], checked(bytes.Shape[axes - 2] * MicroscalingBlock)];
        PackedCodesTensor codes = new(name, shape, bytes, bytes.Shape[axes - 2] * bytes.Shape[axes - 1], 4, CodeOrder.LowBitsFirst, PackedCodesTensor.Numbers(ElementEncoding.F4));
        PackedCodesTensor exponents = new(scales.Name, scales.Shape, scales, scales.Shape[^1], 8, CodeOrder.LowBitsFirst, PackedCodesTensor.Numbers(ElementEncoding.F8E8M0));
        set.Compose(new RunScaledTensor(name, shape, codes, exponents, MicroscalingBlock), bytes, scales);
    }

    private static ArtifactException Misfit(Tensor scales, ImmutableArray<long> shape) =>
        new(ArtifactCodes.InvalidShape, $"scales or zero points of shape {TensorShape.Text(scales.Shape)} do not fit the weight of shape {TensorShape.Text(shape)}") { Tensor = scales.Name };

    private static ArtifactException Fault(Tensor tensor, string message) => new(ArtifactCodes.InvalidShape, message) { Tensor = tensor.Name };
}
