namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// What is left of quantized weights when no other rule knew them: integers under the name of a weight. They count as parameters that are not analysed, and are never analysed as the
/// integers that they are stored as; neither are the scales, zero points and codebooks beside them.
/// </summary>
internal static class LooseCodesRule
{
    private static readonly Layout[] Layouts =
    [
        new(".weight", ".scales", ".zeros"),
        new(".qweight", ".scales", ".qzeros", ".scaled_zeros", ".g_idx"),
        // EXL2 (https://github.com/turboderp-org/exllamav2/blob/master/exllamav2/linear.py).
        new(".q_weight", ".q_scale", ".q_scale_max", ".q_groups", ".q_perm", ".q_invperm"),
        new(".weight_packed", ".weight_scale", ".weight_zero_point", ".weight_global_scale", ".weight_shape", ".weight_g_idx"),
        // HQQ (https://github.com/mobiusml/hqq/blob/master/hqq/core/quantize.py).
        new(".W_q", ".scale", ".zero", ".shape"),
        // QuIP# (https://github.com/Cornell-RelaxML/quip-sharp/blob/main/lib/linear/quantized_linear.py).
        new(".Qidxs", ".SU", ".SV", ".Wscale", ".A", ".B"),
        // AQLM (https://github.com/Vahe1994/AQLM/blob/main/inference_lib/src/aqlm/inference.py).
        new(".codes", ".codebooks", ".scales"),
        new("_blocks", "_scales"),
        new("_quantized"),
        new(".kernel"),
        new("_proj"),
        // Marlin (https://github.com/IST-DASLab/marlin/blob/master/marlin/__init__.py).
        new(".B", ".s"),
    ];

    /// <summary>What parts are called after the name of the codes, whatever the layout.</summary>
    private static readonly string[] Suffixes = ["_scale", "_scales", "_scale_inv", "_zero_point", "_zeros"];

    public static void Apply(TensorSet set)
    {
        foreach (Tensor tensor in set.All())
        {
            bool isCode = tensor.ElementType is ElementType.I8 or ElementType.U8 or ElementType.I16 or ElementType.U16 or ElementType.I32 or ElementType.U32;
            if (isCode && !tensor.IsFloatingPoint && !tensor.IsOptimizerState && tensor.Shape.Length >= 2 && Array.Find(Layouts, l => tensor.Name.EndsWith(l.Codes, StringComparison.Ordinal)) is { } layout)
                Leave(set, tensor, layout, tensor.Name[..^layout.Codes.Length]);
        }
    }

    private static void Leave(TensorSet set, Tensor codes, Layout layout, string stem)
    {
        Tensor?[] parts = [.. layout.Parts.Select(part => set.Find(stem + part)), .. Suffixes.Select(suffix => set.Find(codes.Name + suffix))];
        // Parts that contradict the codes must not make less of them.
        long parameters = Math.Max(codes.Count, WeightsIn(set, codes, layout, stem));
        set.LeaveCodes(codes, parameters, $"{codes.ElementTypeName} codes of a quantized weight in a layout that is not known, or without scales", parts);
    }

    /// <summary>How many weights the codes stand for by the shapes of their parts, else by the bits that the files beside the model state; 0 when neither tells.</summary>
    private static long WeightsIn(TensorSet set, Tensor codes, Layout layout, string stem)
    {
        Tensor? Part(string name) => set.Find(stem + name);

        return layout.Codes switch
        {
            // [groups of outputs, groups of inputs, codebooks] with [codebooks, codes, outputs of a group, inputs of a group].
            ".codes" when Part(".codebooks") is { Shape: [_, _, var outputs, var inputs] } => Product(codes.Shape[0], codes.Shape[1], outputs, inputs),
            // [words, outputs] with the order of the inputs.
            ".q_weight" when (Part(".q_invperm") ?? Part(".q_perm")) is { } order => Product(order.Count, codes.Shape[^1]),
            // Signs of the inputs and of the outputs.
            ".Qidxs" when Part(".SU") is { } inputs && Part(".SV") is { } outputs => Product(inputs.Count, outputs.Count),
            ".W_q" when Part(".shape") is { Count: 2, IsFloatingPoint: false } shape => Product(shape),
            // Marlin has codes of 4 bits only.
            ".B" when Part(".s") is not null => PackedCodesTensor.CodesIn(codes, 4),
            _ => set.Quantization.Bits is { } bits ? PackedCodesTensor.CodesIn(codes, bits) : 0,
        };
    }

    private static long Product(Tensor lengths)
    {
        double[] values = new double[2];
        lengths.Read(0, values);
        return values[0] >= 0 && values[1] >= 0 ? Product((long)values[0], (long)values[1]) : 0;
    }

    private static long Product(params ReadOnlySpan<long> lengths) => TensorShape.TryCount(lengths, out long product) ? product : long.MaxValue;

    /// <summary>How a library names a weight in parts.</summary>
    /// <param name="Codes">How the name of the codes ends.</param>
    /// <param name="Parts">How the names of its parts end that begin likewise.</param>
    private sealed record Layout(string Codes, params string[] Parts);
}
