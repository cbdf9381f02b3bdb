using System.Collections.Immutable;
using System.Text;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>Weights in parts: quantized, normalised and low-rank ones, with the files that say what the parts mean.</summary>
internal static class CompositionSeeds
{
    private const string State = """{"quant_type":"nf4","blocksize":64,"dtype":"bfloat16","shape":[4,8],"nested_blocksize":2,"nested_offset":0.25}""";

    public static ImmutableArray<Seed> Beside { get; } =
    [
        new("adapter_config.json", """{"peft_type":"LORA","r":2,"lora_alpha":4,"rank_pattern":{"q_proj":2},"alpha_pattern":{"layers\\.[0-9]\\.v":8}}"""u8.ToArray()),
        new("config.json", """{"quantization_config":{"quant_method":"gptq","checkpoint_format":"gptq","weight_block_size":[2,2]}}"""u8.ToArray()),
    ];

    public static ImmutableArray<Seed> Files { get; } =
    [
        Of("gptq", ("l.g_idx", "I32", [32], new byte[128]), ("l.qweight", "I32", [4, 8], new byte[128]), ("l.qzeros", "I32", [2, 1], new byte[8]), ("l.scales", "F16", [2, 8], new byte[32])),
        Of("awq", ("l.qweight", "I32", [32, 1], new byte[128]), ("l.qzeros", "I32", [2, 1], new byte[8]), ("l.scales", "F16", [2, 8], new byte[32])),
        Of("fp8", ("l.weight", "F8_E4M3", [3, 4], new byte[12]), ("l.weight_scale_inv", "F32", [2, 2], new byte[16]), ("b.weight", "I8", [2, 3], new byte[6]), ("b.SCB", "F32", [2], new byte[8])),
        Of("nf4", ("w", "U8", [16, 1], new byte[16]), ("w.absmax", "U8", [1], [3]), ("w.nested_absmax", "F32", [1], new byte[4]), ("w.nested_quant_map", "F32", [256], new byte[1024]),
            ("w.quant_map", "F32", [16], new byte[64]), ("w.quant_state.bitsandbytes__nf4", "U8", [State.Length], Encoding.ASCII.GetBytes(State))),
        Of("packed", ("l.weight_packed", "I32", [4, 2], new byte[32]), ("l.weight_scale", "F32", [4, 2], new byte[32]), ("l.weight_shape", "I64", [2], [4, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0]),
            ("l.weight_zero_point", "I32", [1, 2], new byte[8])),
        Of("fp4", ("l.weight", "U8", [2, 8], new byte[16]), ("l.weight_scale", "F8_E4M3", [2, 1], [56, 56]), ("l.weight_scale_2", "F32", [], new byte[4]),
            ("experts.up_blocks", "U8", [2, 2, 1, 16], new byte[64]), ("experts.up_scales", "U8", [2, 2, 1], new byte[4])),
        Of("normalised", ("c.weight_g", "F32", [2, 1, 1], new byte[8]), ("c.weight_v", "F32", [2, 3, 2], new byte[48]), ("d.parametrizations.weight.0._u", "F32", [2], new byte[8]),
            ("d.parametrizations.weight.0._v", "F32", [3], new byte[12]), ("d.parametrizations.weight.original", "F32", [2, 3], new byte[24])),
        Of("adapter", ("base_model.model.layers.0.v.lora_A.weight", "F32", [2, 3], new byte[24]), ("base_model.model.layers.0.v.lora_B.weight", "F32", [4, 2], new byte[32]),
            ("base_model.model.layers.0.v.lora_magnitude_vector", "F32", [4], new byte[16]), ("e.lora_embedding_A", "F32", [2, 5], new byte[40]), ("e.lora_embedding_B", "F32", [3, 2], new byte[24])),
    ];

    public static ImmutableArray<string> Words { get; } =
    [
        ".qweight", ".qzeros", ".scales", ".g_idx", "_scale", "_scale_inv", "_scale_2", "_global_scale", "_zero_point", "_packed", "_shape", "_blocks", "_scales", ".SCB", ".absmax", ".nested_absmax",
        ".quant_map", ".quant_state.bitsandbytes__fp4", "_g", "_v", "_u", "_orig", "parametrizations.", ".original0", ".original1", ".lora_A.weight", ".lora_B.weight", ".lora_down.weight",
        ".alpha", "\"I32\"", "\"U8\"", "\"F32\"", "\"F8_E4M3\"", "[0,4]", "[1,1]", "4611686018427387904",
    ];

    private static Seed Of(string name, params (string Name, string Dtype, long[] Shape, byte[] Data)[] tensors) => new(name, SafetensorsWriter.Bytes(tensors));
}
