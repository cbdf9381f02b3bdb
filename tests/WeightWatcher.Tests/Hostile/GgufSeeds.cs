using System.Collections.Immutable;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>GGUF files with metadata of every kind and blocks of several types.</summary>
internal static class GgufSeeds
{
    public static ImmutableArray<Seed> Files { get; } =
    [
        new("blocks", new GgufWriter()
            .Pair("general.architecture", 8, GgufWriter.Text("llama")).Pair("general.alignment", 4, BitConverter.GetBytes(32)).Pair("split.count", 2, 1, 0)
            .Pair("tokens", 9, GgufWriter.Array(8, 2, [.. GgufWriter.Text("a"), .. GgufWriter.Text("bc")]))
            .Add("a.weight", [4, 2], new float[8]).Add(new GgufItem("b.weight", 2, [64, 2], new byte[72])).Add(new GgufItem("c.weight", 13, [256], new byte[176]))
            .Add(new GgufItem("d.weight", 16, [256], new byte[66])).Add("scale", [], [1]).ToArray()),
        new("pairs", new GgufWriter()
            .Pair("u8", 0, 1).Pair("i8", 1, 1).Pair("i16", 3, 1, 0).Pair("f32", 6, BitConverter.GetBytes(1f)).Pair("bool", 7, 1).Pair("u64", 10, BitConverter.GetBytes(1UL))
            .Pair("f64", 12, BitConverter.GetBytes(1d)).Pair("ints", 9, GgufWriter.Array(5, 3, new byte[12])).Add("w", [2], [1, 2]).ToArray()),
        new("old", new GgufWriter { Version = 2, Alignment = 8 }.Pair("general.alignment", 4, BitConverter.GetBytes(8)).Add(new GgufItem("w", 1, [3, 1, 2, 1], new byte[12])).Add(new GgufItem("v", 8, [32], new byte[34])).ToArray()),
        new("codebooks", new GgufWriter()
            .Add(new GgufItem("a.weight", 17, [256], new byte[74])).Add(new GgufItem("b.weight", 18, [256], new byte[98])).Add(new GgufItem("c.weight", 19, [256], new byte[50]))
            .Add(new GgufItem("d.weight", 21, [256], new byte[110])).Add(new GgufItem("e.weight", 22, [256], new byte[82])).Add(new GgufItem("f.weight", 29, [256], new byte[56]))
            .Add(new GgufItem("g.weight", 40, [64], new byte[36])).Add("g.scale", [1], [2]).Add(new GgufItem("h_exps.weight", 42, [64, 1, 2], new byte[36])).Add("h_exps.scale", [2], [1, 2]).ToArray()),
        new("empty", new GgufWriter().ToArray()),
    ];

    public static ImmutableArray<string> Words { get; } = ["general.alignment", "general.architecture", "GGUF", "split.count", "\0\0\0\u0080", "ÿÿÿÿÿÿÿ\u007f"];
}
