namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// What is left of quantized weights when no other rule knew them: integers under the name of a weight. They count as parameters that are not analysed, and are never analysed as the
/// integers that they are stored as.
/// </summary>
internal static class LooseCodesRule
{
    private static readonly string[] Names =
        [".weight", ".qweight", ".q_weight", ".weight_packed", ".W_q", ".Qidxs", ".codes", "_blocks", "_quantized", ".kernel", "_proj", ".B"];

    public static void Apply(TensorSet set)
    {
        foreach (Tensor tensor in set.All())
        {
            bool isCode = tensor.ElementType is ElementType.I8 or ElementType.U8 or ElementType.I16 or ElementType.U16 or ElementType.I32 or ElementType.U32;
            if (isCode && !tensor.IsFloatingPoint && !tensor.IsOptimizerState && tensor.Shape.Length >= 2 && Array.Exists(Names, n => tensor.Name.EndsWith(n, StringComparison.Ordinal)))
                set.Leave(tensor, $"{tensor.ElementTypeName} codes of a quantized weight in a layout that is not known, or without scales");
        }
    }
}
