using System.Text.Json;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>What the files beside a model say of its quantization; null where they say nothing. The tensors decide wherever they can.</summary>
internal sealed record QuantizationSettings
{
    /// <summary><c>gptq</c>, <c>awq</c>, <c>fp8</c>, <c>compressed-tensors</c>, ..., in lower case.</summary>
    public string? Method { get; init; }

    /// <summary><c>gptq</c>, <c>gptq_v2</c>, <c>marlin</c>, ..., in lower case.</summary>
    public string? Layout { get; init; }

    /// <summary>AWQ's <c>version</c>: <c>gemm</c>, <c>gemv</c>, ..., in lower case.</summary>
    public string? Version { get; init; }

    /// <summary>Bits of a code, 1 to 8; the mean over the model where it is no whole number (EXL2).</summary>
    public double? Bits { get; init; }

    /// <summary>Rows and columns of a block of FP8 weights.</summary>
    public (long Rows, long Columns)? Block { get; init; }

    /// <summary>Reads <c>quantize_config.json</c>, <c>quant_config.json</c> and the <c>quantization_config</c> of <c>config.json</c>, whichever is there.</summary>
    public static QuantizationSettings Read(SidecarFiles files)
    {
        JsonElement? found = files.Find("quantize_config.json") ?? files.Find("quant_config.json") ?? files.Find("config.json")?.Object("quantization_config");
        if (found is not { } json)
            return new QuantizationSettings();
        long[]? block = json.Integers("weight_block_size");
        string? method = Lower(json.Text("quant_method"));
        // Ternary codes, four in a byte, for which the settings name no bits (https://huggingface.co/docs/transformers/quantization/bitnet).
        double? bits = method == "bitnet" ? 2 : json.Number("bits") ?? json.Number("w_bit");
        return new QuantizationSettings
        {
            Method = method,
            Layout = json.IsTrue("is_marlin_format") ? "marlin" : Lower(json.Text("checkpoint_format")),
            Version = Lower(json.Text("version")),
            Bits = bits is >= 1 and <= 8 ? bits : null,
            Block = block is [> 0, > 0] ? (block[0], block[1]) : null,
        };
    }

    private static string? Lower(string? text) => text?.ToLowerInvariant();
}
