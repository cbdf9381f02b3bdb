using System.Text.Json;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// bitsandbytes' 4-bit weights as Transformers saves them: <c>W</c> holds two codes in a byte, <c>W.quant_state.bitsandbytes__nf4</c> (or <c>fp4</c>) the shape and block size as JSON, <c>W.quant_map</c> the sixteen
/// numbers that codes stand for, and <c>W.absmax</c> the scale of each block, itself quantized where <c>W.nested_absmax</c> is there (QLoRA, https://arxiv.org/abs/2305.14314 section 3).
/// </summary>
internal static class BitsAndBytesRule
{
    private const string State = ".quant_state.bitsandbytes__";
    private const int MaxStateBytes = 1 << 16;

    public static void Apply(TensorSet set)
    {
        foreach (Tensor state in set.All())
        {
            int at = state.Name.IndexOf(State, StringComparison.Ordinal);
            if (at > 0 && state.ElementType == ElementType.U8 && state.Name[(at + State.Length)..] is "nf4" or "fp4")
                Apply(set, state, state.Name[..at]);
        }
    }

    private static void Apply(TensorSet set, Tensor state, string name)
    {
        Tensor bytes = set.Require(name, state);
        JsonElement json = Parse(state);
        long[]? shape = json.Integers("shape");
        double blockSize = json.Number("blocksize") ?? 0;
        if (shape is null || !TensorShape.TryCount(shape, out long count) || blockSize is not (>= 2 and <= 65536) || Math.Floor(blockSize) != blockSize)
            throw Fault(state, ArtifactCodes.Malformed, "the quantization state has no shape, or no block size of 2 to 65536");
        if (bytes.ElementType is not (ElementType.U8 or ElementType.I8) || bytes.Count != (count / 2) + (count % 2))
            throw Fault(bytes, ArtifactCodes.InvalidShape, FormattableString.Invariant($"{bytes.Count} bytes do not hold the {count} codes of the shape {TensorShape.Text([.. shape])}"));
        Tensor map = set.Require(name + ".quant_map", bytes);
        double[] numbers = Numbers(map, 16);
        Tensor absmax = set.Require(name + ".absmax", bytes);
        long blocks = (count + (long)blockSize - 1) / (long)blockSize;
        if (absmax.Count != blocks)
            throw Fault(absmax, ArtifactCodes.InvalidShape, FormattableString.Invariant($"there are {absmax.Count} scales, expected {blocks}: one for each {blockSize} of {count} weights"));
        Tensor? nestedAbsmax = set.Find(name + ".nested_absmax");
        Tensor? nestedMap = set.Find(name + ".nested_quant_map");
        Tensor scales = Scales(absmax, nestedAbsmax, nestedMap, json);
        // One row of codes: blocks run on over the rows of the weight.
        PackedCodesTensor codes = new(name, [count], bytes, bytes.Count, 4, CodeOrder.HighNibbleFirst, numbers);
        set.Compose(new RunScaledTensor(name, [.. shape], codes, scales, (int)blockSize), bytes, absmax, map, nestedAbsmax, nestedMap, state);
    }

    private static Tensor Scales(Tensor absmax, Tensor? nestedAbsmax, Tensor? nestedMap, JsonElement json)
    {
        if (absmax.IsFloatingPoint)
            return absmax;
        double size = json.Number("nested_blocksize") ?? 0;
        if (nestedAbsmax is null || nestedMap is null || absmax.ElementType != ElementType.U8 || size is not (>= 2 and <= 65536) || Math.Floor(size) != size || json.Number("nested_offset") is not { } offset)
            throw Fault(absmax, ArtifactCodes.Malformed, "the scales are codes, and what they stand for is not complete: expected nested_absmax, nested_quant_map, and nested_blocksize and nested_offset in the state");
        if (!nestedAbsmax.IsFloatingPoint || nestedAbsmax.Count != (absmax.Count + (long)size - 1) / (long)size)
            throw Fault(nestedAbsmax, ArtifactCodes.InvalidShape, FormattableString.Invariant($"there are {nestedAbsmax.Count} scales of {absmax.Count} scales, expected one for each {size}"));
        PackedCodesTensor codes = new(absmax.Name, [absmax.Count], absmax, absmax.Count, 8, CodeOrder.LowBitsFirst, Numbers(nestedMap, 256));
        return new RunScaledTensor(absmax.Name, codes.Shape, codes, nestedAbsmax, (int)size, offset);
    }

    private static double[] Numbers(Tensor map, int count)
    {
        if (map.Count != count || !map.IsFloatingPoint)
            throw Fault(map, ArtifactCodes.InvalidShape, FormattableString.Invariant($"the table of codes has {map.Count} elements of type {map.ElementTypeName}, expected {count} numbers"));
        double[] numbers = new double[count];
        map.Read(0, numbers);
        return numbers;
    }

    private static JsonElement Parse(Tensor state)
    {
        if (state.Count > MaxStateBytes)
            throw Fault(state, ArtifactCodes.LimitExceeded, FormattableString.Invariant($"the quantization state has {state.Count} bytes, at most {MaxStateBytes} are read"));
        double[] numbers = new double[(int)state.Count];
        state.Read(0, numbers);
        try
        {
            using JsonDocument document = JsonDocument.Parse(Array.ConvertAll(numbers, n => (byte)n), new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ArtifactException(ArtifactCodes.Malformed, $"the quantization state is not valid JSON: {Printable.Text(e.Message)}", e) { Tensor = state.Name };
        }
    }

    private static ArtifactException Fault(Tensor tensor, DiagnosticCode code, string message) => new(code, message) { Tensor = tensor.Name };
}
