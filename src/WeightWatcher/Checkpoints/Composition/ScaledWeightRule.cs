using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// Narrow weights with scales beside them: <c>W</c> of 8-bit floats or integers with <c>W_scale_inv</c> (DeepSeek's FP8 blocks) or <c>W_scale</c> (compressed-tensors, ModelOpt, FBGEMM), one for the
/// tensor, for each row, for each group or for each two-dimensional block; and <c>X.SCB</c> beside <c>X.weight</c> (bitsandbytes' LLM.int8). Each scale is multiplied with.
/// </summary>
internal static class ScaledWeightRule
{
    private static readonly string[] ScaleSuffixes = ["_scale_inv", "_scale"];

    private static readonly long[] UsualBlocks = [128, 64, 32, 16, 256, 512];

    public static void Apply(TensorSet set)
    {
        foreach (Tensor codes in set.All())
        {
            if (!AreCodes(codes))
                continue;
            if (codes.ElementType == ElementType.I8 && codes.Name.EndsWith(".weight", StringComparison.Ordinal) && set.Find(codes.Name[..^"weight".Length] + "SCB") is { } rows)
            {
                Compose(set, codes, rows, null, 1.0 / 127);
                continue;
            }

            foreach (string suffix in ScaleSuffixes)
            {
                if (set.Find(codes.Name + suffix) is { } scales)
                {
                    Compose(set, codes, scales, set.Find(codes.Name + "_zero_point"), 1);
                    break;
                }
            }
        }
    }

    /// <summary>The blocks that scales of a shape cut a matrix into, or null when none do.</summary>
    /// <param name="shape">The weight's, of two axes or more; all but the last two count matrices.</param>
    /// <param name="scales">The scales.</param>
    /// <param name="stated">Rows and columns of a block as a file beside the model states them.</param>
    public static ScaleBlocks? BlocksOf(ReadOnlySpan<long> shape, Tensor scales, (long Rows, long Columns)? stated)
    {
        long rows = shape[^2];
        long columns = shape[^1];
        long matrices = 1;
        foreach (long axis in shape[..^2])
            matrices *= axis;
        if (rows == 0 || columns == 0 || matrices == 0)
            return null;
        if (scales.Count == matrices)
            return new ScaleBlocks(rows, columns, 1, 1);
        if (scales.Count == matrices * rows && (scales.Shape.Length < 2 || scales.Shape[^1] == 1 || (columns == 1)))
            return new ScaleBlocks(1, columns, rows, 1);
        if (scales.Shape.Length < 2 || scales.Count != (Int128)matrices * scales.Shape[^2] * scales.Shape[^1])
            return null;
        long down = Length(rows, scales.Shape[^2], stated?.Rows);
        long across = Length(columns, scales.Shape[^1], stated?.Columns);
        return down == 0 || across == 0 ? null : new ScaleBlocks(down, across, scales.Shape[^2], scales.Shape[^1]);
    }

    /// <summary>Which of the scales of a row each column has, or null when they belong to runs of columns.</summary>
    /// <param name="groupOfInput">compressed-tensors' <c>weight_g_idx</c>, or null.</param>
    /// <param name="shape">The weight's.</param>
    /// <param name="blocks">Its blocks.</param>
    public static GroupIndex? GroupsOf(Tensor? groupOfInput, ReadOnlySpan<long> shape, ScaleBlocks blocks)
    {
        if (groupOfInput is null)
            return null;
        GroupIndex.Check(groupOfInput, shape[^1]);
        return blocks.GridColumns == 1 ? null : new GroupIndex(groupOfInput, checked((int)blocks.GridColumns), mayBeUnset: true);
    }

    private static long Length(long axis, long blocks, long? stated)
    {
        if (blocks <= 0 || blocks > axis)
            return 0;
        if (stated is { } length && Fits(length))
            return length;
        if (blocks == axis)
            return 1;
        if (blocks == 1)
            return axis;
        if (Fits(UsualBlocks[0]))
            return UsualBlocks[0];
        if (axis % blocks == 0)
            return axis / blocks;
        return Array.Find(UsualBlocks, Fits);

        bool Fits(long candidate) => candidate > 0 && ((axis + candidate - 1) / candidate) == blocks;
    }

    private static bool AreCodes(Tensor tensor) =>
        tensor.Shape.Length >= 2 && tensor.Count > 0 && (tensor.ElementType == ElementType.I8 || (tensor is { ElementType: ElementType.Other, IsFloatingPoint: true } && tensor.ElementTypeName.Contains('8', StringComparison.Ordinal)));

    private static void Compose(TensorSet set, Tensor codes, Tensor scales, Tensor? zeros, double factor)
    {
        Tensor numbers = scales;
        if (scales.ElementType == ElementType.U8)
            numbers = new PackedCodesTensor(scales.Name, scales.Shape, scales, Math.Max(1, scales.Shape.IsEmpty ? 1 : scales.Shape[^1]), 8, CodeOrder.LowBitsFirst, PackedCodesTensor.Numbers(ElementEncoding.F8E8M0));
        else if (!scales.IsFloatingPoint)
            throw new ArtifactException(ArtifactCodes.Malformed, $"the scales of '{Printable.Text(codes.Name)}' are {scales.ElementTypeName}, expected floating-point numbers") { Tensor = scales.Name };
        ScaleBlocks? blocks = BlocksOf(codes.Shape.AsSpan(), scales, scales.Shape.Length < 2 ? null : set.Quantization.Block);
        if (blocks is not { } found || (zeros is not null && zeros.Count != scales.Count))
        {
            throw new ArtifactException(
                ArtifactCodes.InvalidShape, $"scales of shape {TensorShape.Text(scales.Shape)} do not fit the weight of shape {TensorShape.Text(codes.Shape)}")
            { Tensor = scales.Name };
        }

        Tensor? groupOfInput = set.Find(codes.Name + "_g_idx");
        set.Compose(
            new BlockScaledTensor(codes.Name, codes.Shape, codes, numbers, found) { ZeroPoints = zeros, Factor = factor, GroupOfColumn = GroupsOf(groupOfInput, codes.Shape.AsSpan(), found) },
            codes,
            scales,
            zeros,
            groupOfInput);
    }
}
