using System.Collections.Immutable;
using System.Text;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>safetensors files, their headers, and indexes over two shards.</summary>
internal static class SafetensorsSeeds
{
    /// <summary>The bytes of data behind every header of <see cref="Headers"/>.</summary>
    public const int DataBytes = 64;

    private const string First = "model-00001-of-00002.safetensors";
    private const string Second = "model-00002-of-00002.safetensors";

    public static ImmutableArray<Seed> Files { get; } =
    [
        new("matrix", SafetensorsWriter.Bytes(("encoder.weight", [4, 8], new float[32]), ("encoder.bias", [4], new float[4]), ("scale", [], [1]))),
        new("types", SafetensorsWriter.Bytes(
            ("a", "F64", [2], new byte[16]), ("b", "F16", [2, 2], new byte[8]), ("c", "BF16", [2], new byte[4]), ("d", "F8_E4M3", [3], [1, 2, 255]), ("e", "F8_E5M2", [1], [124]),
            ("f", "F4", [4], [18, 52]), ("g", "F6_E2M3", [4], [1, 2, 3]), ("h", "I8", [3], [1, 2, 3]), ("i", "BOOL", [2], [0, 1]), ("j", "U64", [1], new byte[8]),
            ("k", "C64", [1], new byte[8]), ("l", "F8_E8M0", [2], [127, 255]))),
        new("lora", SafetensorsWriter.Bytes(("base_model.model.q_proj.lora_A.weight", [2, 12], new float[24]), ("base_model.model.q_proj.lora_B.weight", [12, 2], new float[24]))),
        new("convolutions", SafetensorsWriter.Bytes(("conv.weight", [2, 3, 3, 3], new float[54]), ("conv.weight_g", [2, 1, 1], new float[2]), ("cube", [1, 2, 2, 2, 2], new float[16]))),
        new("empty", SafetensorsWriter.Raw("{}")),
        new("metadata", SafetensorsWriter.Raw("""  {"__metadata__":{"format":"pt","x":"\u00e4"},"w":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}}  """)),
    ];

    public static ImmutableArray<Seed> Headers { get; } =
    [
        Text("two", """{"w":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]},"b":{"dtype":"BF16","shape":[8],"data_offsets":[48,64]}}"""),
        Text("metadata", """{"__metadata__":{"a":"b"},"w":{"dtype":"F64","shape":[8],"data_offsets":[0,64]}}"""),
        Text("halves", """ {"x.weight":{"data_offsets":[32,64],"shape":[2,2,2,2],"dtype":"F16"},"y":{"shape":[64],"dtype":"F4","data_offsets":[0,32]}}"""),
    ];

    public static ImmutableArray<Seed> Shards { get; } =
    [
        new(First, SafetensorsWriter.Bytes(("a", [2], [1, 2]), ("b", [], [3]))),
        new(Second, SafetensorsWriter.Bytes(("c", [1], [4]))),
    ];

    public static ImmutableArray<Seed> Indexes { get; } =
    [
        Text("index", $$"""{"metadata":{"total_size":16},"weight_map":{"a":"{{First}}","b":"{{First}}","c":"{{Second}}" } }"""),
        Text("plain", $$"""{"weight_map":{"c":"./{{Second}}","a":"{{First}}","b":"{{First}}"},"other":[1,{"x":null}]}"""),
    ];

    public static ImmutableArray<string> Words { get; } =
    [
        "\"__metadata__\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"weight_map\"", "\"total_size\"", "\"metadata\"", "\"F32\"", "\"F4\"", "\"F6_E3M2\"", "\"BF16\"", "\"I64\"", "\"C64\"",
        "[0,0]", "[]", "{}", "null", "true", "-1", "1e3", "1.5", "18446744073709551615", "9223372036854775807", "4294967296", "\\u0000", "\\ud800", "../", "/etc/passwd", First,
    ];

    private static Seed Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
