using System.Collections.Immutable;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>ONNX models with weights wherever they can hide.</summary>
internal static class OnnxSeeds
{
    private static readonly float[] Twelve = [.. Enumerable.Range(0, 12).Select(i => (float)i)];

    public static ImmutableArray<Seed> Beside { get; } = [new("side.bin", new byte[64])];

    public static ImmutableArray<Seed> Files { get; } =
    [
        new("initializers", OnnxWriter.Bytes(("encoder.weight", [4, 8], new float[32]), ("encoder.bias", [4], new float[4]), ("scale", [], [1]))),
        new("typed", OnnxWriter.Model(new OnnxGraph()
            .Initializer(OnnxWriter.Header("half", OnnxWriter.Float16, 4).PackedVarints(5, [1, 300, 70_000, -1]))
            .Initializer(OnnxWriter.Header("float", OnnxWriter.Float, 4).Bytes(4, new byte[16]))
            .Initializer(OnnxWriter.Header("double", OnnxWriter.Double, 2).Bytes(10, new byte[16]))
            .Initializer(OnnxWriter.Header("long", OnnxWriter.Int64, 2).PackedVarints(7, [1, long.MinValue]))
            .Initializer(OnnxWriter.Tensor("int4", 22, [5], [1, 2, 3]))
            .Initializer(OnnxWriter.Tensor("fp8", 17, [3], [1, 2, 3]))
            .Node("Constant", [], ["f"], OnnxWriter.FloatsAttribute("value_floats", 1, 2)))),
        new("nested", OnnxWriter.Model(new OnnxGraph()
            .Node("If", "i", ["c"], ["y"], OnnxWriter.GraphAttribute("then_branch", new OnnxGraph().Constant("w", [2, 2], new float[4]).Node("Conv", ["x", "w"], ["y"])))
            .Node("Loop", [], ["y"], OnnxWriter.GraphAttribute("body", new OnnxGraph().Initializer("v", [3], new float[3])))
            .Node("Gather", ["t", "i"], ["z"], OnnxWriter.IntAttribute("axis", 0))
            .Initializer("t", [2, 3], new float[6]))),
        new("external", OnnxWriter.Model(new OnnxGraph()
            .Initializer("w", [1], [1])
            .Initializer(OnnxWriter.External("x", OnnxWriter.Float, [2, 4], ("location", "side.bin"), ("offset", "16"), ("length", "32"))))),
        new("quantized", OnnxWriter.Model(new OnnxGraph()
            .Initializer(OnnxWriter.Tensor("w", OnnxWriter.Int8, [2, 3], [1, 2, 3, 4, 5, 6]))
            .Initializer("s", [2], [1, 2])
            .Initializer(OnnxWriter.Tensor("z", OnnxWriter.Int8, [2], [1, 2]))
            .Node("DequantizeLinear", ["w", "s", "z"], ["f"], OnnxWriter.IntAttribute("axis", 0))
            .Node("MatMulInteger", ["x", "w", "", "z"], ["g"]))),
        new("blocks", OnnxWriter.Model(new OnnxGraph()
            .Initializer(OnnxWriter.Tensor("B", OnnxWriter.Uint8, [2, 1, 8], [.. Enumerable.Range(0, 16).Select(i => (byte)i)]))
            .Initializer("s", [2], [1, 2])
            .Node("MatMulNBits", ["x", "B", "s"], ["y"], OnnxWriter.IntAttribute("K", 16), OnnxWriter.IntAttribute("N", 2), OnnxWriter.IntAttribute("bits", 4), OnnxWriter.IntAttribute("block_size", 16)))),
        new("recurrent", OnnxWriter.Model(new OnnxGraph()
            .Initializer("W", [1, 4, 3], Twelve).Initializer("R", [1, 4, 1], new float[4]).Initializer("k", [1, 1, 3, 4], Twelve)
            .Node("LSTM", ["x", "W", "R"], ["y"]).Node("ConvTranspose", ["y", "k"], ["z"], OnnxWriter.IntAttribute("group", 1)))),
        new("function", OnnxWriter.Model(
            new OnnxGraph().Initializer("w", [2, 3], new float[6]).Node("F", ["w"], ["y"]),
            new ProtobufWriter().String(1, "F").String(4, "a").String(5, "b")
                .Message(7, OnnxWriter.Node("Constant", "", [], ["k"], OnnxWriter.TensorAttribute("value", OnnxWriter.Tensor("", [2], [1, 2])))))),
        new("sparse", OnnxWriter.Model(new ProtobufWriter().Message(15, new ProtobufWriter()
            .Message(1, OnnxWriter.Tensor("w", [2], [1, 2])).Message(2, OnnxWriter.Header("i", OnnxWriter.Int64, 2).PackedVarints(7, [1, 5])).PackedVarints(3, [2, 3])))),
    ];

    public static ImmutableArray<string> Words { get; } =
    [
        "location", "offset", "length", "checksum", "basepath", "side.bin", "../side.bin", "/etc/passwd", "Constant", "Conv", "ConvTranspose", "LSTM", "GRU", "Gather", "If", "Loop", "Scan", "value",
        "sparse_value", "then_branch", "body", "DequantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "MatMulNBits", "axis", "block_size", "bits", "transB", "9223372036854775807", "-1",
    ];
}
