using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// GPTQ's and AWQ's linear layers: <c>X.qweight</c>, <c>X.qzeros</c>, <c>X.scales</c> and perhaps <c>X.g_idx</c> become <c>X.weight</c>. Bits, groups and the kind of packing follow from the
/// shapes; only how GPTQ stores zero points does not, and is asked of the files beside the model.
/// </summary>
internal static class PackedLinearRule
{
    private const string Codes = ".qweight";

    public static void Apply(TensorSet set)
    {
        foreach (Tensor words in set.All())
        {
            if (words.Name.EndsWith(Codes, StringComparison.Ordinal) && words.ElementType is (ElementType.I32 or ElementType.U32))
                Apply(set, words, words.Name[..^Codes.Length]);
        }
    }

    private static void Apply(TensorSet set, Tensor words, string layer)
    {
        Tensor scales = set.Require(layer + ".scales", words);
        Tensor? zeros = set.Find(layer + ".qzeros");
        Tensor? groupOfInput = set.Find(layer + ".g_idx");
        if (WhyUnknown(set, words, scales, zeros) is { } reason)
        {
            set.LeaveCodes(words, CodesIn(set, words, scales, zeros), reason, scales, zeros, groupOfInput);
            return;
        }

        long groups = scales.Shape[0];
        long outputs = scales.Shape[1];
        bool alongInputs = words.Shape[1] == outputs;
        int bits = Bits(words, zeros!, outputs);
        long inputs = alongInputs ? words.Shape[0] * 32 / bits : words.Shape[0];
        if (inputs == 0 || outputs == 0 || zeros!.Shape[0] != groups || (alongInputs && words.Shape[0] * 32 != inputs * bits) || (alongInputs && inputs % 32 != 0) || inputs > int.MaxValue)
            throw Misfit(words, scales, zeros!);
        if (!alongInputs && words.Shape[1] != zeros.Shape[1])
            throw Misfit(words, scales, zeros);
        if (!alongInputs && bits != 4)
        {
            set.LeaveCodes(words, PackedCodesTensor.CodesIn(words, bits), FormattableString.Invariant($"AWQ codes of {bits} bits, whose order is not known"), scales, zeros, groupOfInput);
            return;
        }

        if (groupOfInput is not null)
        {
            GroupIndex.Check(groupOfInput, inputs);
        }
        else if (groups > inputs || inputs % groups != 0)
        {
            throw Misfit(words, scales, zeros);
        }

        if (outputs * (Int128)inputs > Array.MaxLength)
        {
            set.LeaveCodes(words, PackedCodesTensor.CodesIn(words, bits), "more weights than one array can hold", scales, zeros, groupOfInput);
            return;
        }

        GroupQuantizedTensor weight = new(
            layer + ".weight",
            words,
            scales,
            zeros,
            groupOfInput,
            bits,
            (int)inputs,
            alongInputs ? GroupPacking.AlongInputs : GroupPacking.AlongOutputs,
            alongInputs && set.Quantization.Layout != "gptq_v2" ? 1 : 0);
        if (alongInputs && set.Quantization is { Layout: null, Method: null })
            set.Note("No file beside the model says how its GPTQ zero points are stored; they were taken to be stored less one, as checkpoint format 'gptq' has it.");
        set.Compose(weight, words, zeros, scales, groupOfInput);
    }

    /// <summary>Layouts of the same names that are for a kernel and not described by their shapes.</summary>
    private static string? WhyUnknown(TensorSet set, Tensor words, Tensor scales, Tensor? zeros)
    {
        QuantizationSettings settings = set.Quantization;
        if (settings.Layout is { } layout && layout is not ("gptq" or "gptq_v2" or "gemm"))
            return $"quantized codes in the layout '{Printable.Text(layout)}'";
        if (settings.Method == "awq" && settings.Version is { } version && version is not "gemm")
            return $"AWQ codes in the layout '{Printable.Text(version)}'";
        if (zeros is null)
            return "packed codes without zero points";
        if (words.Shape.Length != 2 || scales.Shape.Length != 2 || zeros.Shape.Length != 2 || scales.Count == 0 || !PackedCodesTensor.CanHold(zeros))
            return FormattableString.Invariant($"packed codes of shape {TensorShape.Text(words.Shape)} with scales of shape {TensorShape.Text(scales.Shape)}");
        if (!scales.IsFloatingPoint)
            return "packed codes whose scales are integers";
        return null;
    }

    /// <summary>How many weights the codes in a layout that is not known stand for; as many as words where nothing tells their bits.</summary>
    private static long CodesIn(TensorSet set, Tensor words, Tensor scales, Tensor? zeros)
    {
        // A zero point has the bits of a code, and there is one for each scale.
        double bits = zeros is { ElementType: ElementType.I32 or ElementType.U32 } && scales.Count > 0 ? 32.0 * zeros.Count / scales.Count : 0;
        double? known = bits is 2 or 3 or 4 or 8 ? bits : set.Quantization.Bits;
        return known is { } found ? PackedCodesTensor.CodesIn(words, found) : words.Count;
    }

    private static int Bits(Tensor words, Tensor zeros, long outputs)
    {
        Int128 bits = zeros.Shape[1] * (Int128)32;
        return bits % outputs == 0 && (int)Int128.Min(bits / outputs, 99) is 2 or 3 or 4 or 8
            ? (int)(bits / outputs)
            : throw new ArtifactException(
                ArtifactCodes.InvalidShape,
                FormattableString.Invariant($"zero points of shape {TensorShape.Text(zeros.Shape)} for {outputs} outputs are not codes of 2, 3, 4 or 8 bits"))
            { Tensor = words.Name };
    }

    private static ArtifactException Misfit(Tensor words, Tensor scales, Tensor zeros) => new(
        ArtifactCodes.InvalidShape,
        $"the packed codes {TensorShape.Text(words.Shape)}, scales {TensorShape.Text(scales.Shape)} and zero points {TensorShape.Text(zeros.Shape)} do not fit each other")
    { Tensor = words.Name };
}
