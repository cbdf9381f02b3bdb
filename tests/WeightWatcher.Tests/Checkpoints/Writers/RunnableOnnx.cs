using System.Buffers.Binary;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Small ONNX models that ONNX Runtime runs, or is meant to refuse: graphs with inputs and outputs (<c>ValueInfoProto</c> of onnx.proto).</summary>
internal static class RunnableOnnx
{
    /// <summary>The weight that every model has, so that there is a layer to analyse: 32 x 16.</summary>
    public const int Rows = 32, Columns = 16;

    /// <summary>One product: <c>y = scale x W</c>, x of batch x 32.</summary>
    public static byte[] Linear(float scale = 1, string input = "x", string output = "y") =>
        Model(Weights(scale).Node("MatMul", [input, "W"], [output]), [Value(input, OnnxWriter.Float, "batch", Rows)], [Value(output, OnnxWriter.Float, "batch", Columns)]);

    /// <summary>The square root of what is never positive.</summary>
    public static byte[] NotFinite() =>
        Model(Weights().Node("MatMul", ["x", "W"], ["a"]).Node("Abs", ["a"], ["b"]).Node("Neg", ["b"], ["c"]).Node("Sqrt", ["c"], ["y"]), [Value("x", OnnxWriter.Float, "batch", Rows)], [Value("y", OnnxWriter.Float, "batch", Columns)]);

    /// <summary>The product's magnitude over zero.</summary>
    public static byte[] Infinite() => Model(
        Weights().Initializer(Scalar("zero", OnnxWriter.Float, new byte[4])).Node("MatMul", ["x", "W"], ["a"]).Node("Abs", ["a"], ["b"]).Node("Div", ["b", "zero"], ["y"]),
        [Value("x", OnnxWriter.Float, "batch", Rows)],
        [Value("y", OnnxWriter.Float, "batch", Columns)]);

    /// <summary>A node takes a value that nobody gives.</summary>
    public static byte[] Broken() => Model(Weights().Node("MatMul", ["nobody", "W"], ["y"]), [Value("x", OnnxWriter.Float, "batch", Rows)], [Value("y", OnnxWriter.Float, "batch", Columns)]);

    /// <summary>An operator of somebody's own.</summary>
    public static byte[] CustomOperator()
    {
        ProtobufWriter node = OnnxWriter.Node("Tokenizer", "", ["x"], ["t"]).String(7, "com.example");
        OnnxGraph graph = Weights();
        graph.Message.Message(1, node);
        return Model(graph.Node("MatMul", ["t", "W"], ["y"]), [Value("x", OnnxWriter.Float, "batch", Rows)], [Value("y", OnnxWriter.Float, "batch", Columns)], "com.example");
    }

    /// <summary>Loads, and fails on whatever comes in.</summary>
    public static byte[] Unshapely() => Model(
        Weights().Initializer(Integers("seven", 7)).Node("MatMul", ["x", "W"], ["a"]).Node("Reshape", ["a", "seven"], ["y"]), [Value("x", OnnxWriter.Float, "batch", Rows)], [Value("y", OnnxWriter.Float, "n")]);

    /// <summary>A loop that does nothing 2^62 times.</summary>
    public static byte[] Endless()
    {
        OnnxGraph body = new();
        body.Message.String(2, "body");
        body.Node("Identity", ["go"], ["on"]).Node("Identity", ["v"], ["w"]);
        body.Message.Message(11, Value("i", OnnxWriter.Int64)).Message(11, Value("go", Bool)).Message(11, Value("v", OnnxWriter.Float, "batch", Columns));
        body.Message.Message(12, Value("on", Bool)).Message(12, Value("w", OnnxWriter.Float, "batch", Columns));
        OnnxGraph graph = Weights().Initializer(Scalar("times", OnnxWriter.Int64, BitConverter.GetBytes(1L << 62))).Initializer(Scalar("true", Bool, [1]))
            .Node("MatMul", ["x", "W"], ["a"]).Node("Loop", ["times", "true", "a"], ["y"], OnnxWriter.GraphAttribute("body", body));
        return Model(graph, [Value("x", OnnxWriter.Float, "batch", Rows)], [Value("y", OnnxWriter.Float, "batch", Columns)]);
    }

    /// <summary>Makes 16 GB of ones out of nothing.</summary>
    public static byte[] Greedy() => Model(
        Weights().Initializer(Integers("size", 1L << 32)).Node("ConstantOfShape", ["size"], ["ones"], OnnxWriter.TensorAttribute("value", OnnxWriter.Tensor("", [1], [1f])))
            .Node("MatMul", ["x", "W"], ["a"]).Node("ReduceMax", ["ones"], ["m"], OnnxWriter.IntAttribute("keepdims", 0)).Node("Add", ["a", "m"], ["y"]),
        [Value("x", OnnxWriter.Float, "batch", Rows)],
        [Value("y", OnnxWriter.Float, "batch", Columns)]);

    /// <summary>Adds random numbers without a seed.</summary>
    public static byte[] Moody() => Model(
        Weights().Node("MatMul", ["x", "W"], ["a"]).Node("RandomNormalLike", ["a"], ["r"]).Node("Add", ["a", "r"], ["y"]), [Value("x", OnnxWriter.Float, "batch", Rows)], [Value("y", OnnxWriter.Float, "batch", Columns)]);

    /// <summary>Rows of a table of 10: <c>ids</c> of batch x length.</summary>
    public static byte[] Embedding() => Model(
        new OnnxGraph().Initializer("W", [10, Columns], Values(10 * Columns, 1)).Node("Gather", ["W", "ids"], ["y"]), [Value("ids", OnnxWriter.Int64, "batch", "length")], [Value("y", OnnxWriter.Float, "batch", "length", Columns)]);

    /// <summary>Hands an input of a type through, beside a product that is there for its weight.</summary>
    public static byte[] Through(int type, params object[] shape) => Model(
        Weights().Node("MatMul", ["x", "W"], ["y"]).Node("Identity", ["in"], ["out"]), [Value("x", OnnxWriter.Float, "batch", Rows), Value("in", type, shape)], [Value("y", OnnxWriter.Float, "batch", Columns), Value("out", type, shape)]);

    /// <summary>A list of tensors: <c>SequenceConstruct</c> of the product and of a value that is not finite.</summary>
    public static byte[] Sequence()
    {
        OnnxGraph graph = Weights().Initializer("inf", [1], [float.PositiveInfinity]).Node("MatMul", ["x", "W"], ["a"]).Node("SequenceConstruct", ["a", "inf"], ["list"]);
        ProtobufWriter element = new ProtobufWriter().Message(1, new ProtobufWriter().Varint(1, OnnxWriter.Float));
        ProtobufWriter list = new ProtobufWriter().String(1, "list").Message(2, new ProtobufWriter().Message(4, new ProtobufWriter().Message(1, element)));
        return Model(graph, [Value("x", OnnxWriter.Float, "batch", Rows)], [list]);
    }

    /// <summary>The product, its weight in a file beside the model.</summary>
    public static byte[] External(string location) => Model(
        new OnnxGraph().Initializer(OnnxWriter.External("W", OnnxWriter.Float, [Rows, Columns], ("location", location))).Node("MatMul", ["x", "W"], ["y"]),
        [Value("x", OnnxWriter.Float, "batch", Rows)],
        [Value("y", OnnxWriter.Float, "batch", Columns)]);

    /// <summary>The bytes of the weight that <see cref="External"/> names.</summary>
    public static byte[] WeightBytes() => System.Runtime.InteropServices.MemoryMarshal.AsBytes(Values(Rows * Columns, 1).AsSpan()).ToArray();

    /// <summary>The number of the type of truth values.</summary>
    public const int Bool = 9;

    private static OnnxGraph Weights(float scale = 1) => new OnnxGraph().Initializer("W", [Rows, Columns], Values(Rows * Columns, scale));

    private static float[] Values(int count, float scale)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, count).Select(_ => scale * (float)(random.NextDouble() - 0.5))];
    }

    private static ProtobufWriter Integers(string name, params long[] values)
    {
        byte[] bytes = new byte[8 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), values[i]);
        return OnnxWriter.Tensor(name, OnnxWriter.Int64, [values.Length], bytes);
    }

    private static ProtobufWriter Scalar(string name, int type, byte[] bytes) => OnnxWriter.Tensor(name, type, [], bytes);

    /// <summary>A tensor that goes in or comes out; sizes are numbers, or names where they are free.</summary>
    private static ProtobufWriter Value(string name, int type, params object[] sizes)
    {
        ProtobufWriter shape = new();
        foreach (object size in sizes)
            shape.Message(1, size is string symbol ? new ProtobufWriter().String(2, symbol) : new ProtobufWriter().Varint(1, (int)size));
        return new ProtobufWriter().String(1, name).Message(2, new ProtobufWriter().Message(1, new ProtobufWriter().Varint(1, type).Message(2, shape)));
    }

    private static byte[] Model(OnnxGraph graph, ProtobufWriter[] inputs, ProtobufWriter[] outputs, string? domain = null)
    {
        graph.Message.String(2, "tests");
        foreach (ProtobufWriter input in inputs)
            graph.Message.Message(11, input);
        foreach (ProtobufWriter output in outputs)
            graph.Message.Message(12, output);
        ProtobufWriter model = new ProtobufWriter().Varint(1, 8).String(2, "tests").Message(7, graph.Message).Message(8, new ProtobufWriter().String(1, "").Varint(2, 17));
        if (domain is not null)
            model.Message(8, new ProtobufWriter().String(1, domain).Varint(2, 1));
        return model.ToArray();
    }
}
