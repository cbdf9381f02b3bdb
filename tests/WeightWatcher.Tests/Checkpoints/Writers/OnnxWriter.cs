using System.Runtime.InteropServices;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>
/// Writes ONNX models (field numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). The graphs hold what a reader of weights looks at;
/// they declare no inputs and outputs and are not meant to be run.
/// </summary>
internal static class OnnxWriter
{
    /// <summary>The numbers of <c>TensorProto.DataType</c> that tests use by name.</summary>
    public const int Float = 1, Uint8 = 2, Int8 = 3, Int32 = 6, Int64 = 7, String = 8, Float16 = 10, Double = 11, Bfloat16 = 16;

    /// <summary>Writes a model whose graph holds f32 initializers in the given order and no nodes.</summary>
    public static void Write(string path, params (string Name, long[] Shape, float[] Values)[] initializers) =>
        File.WriteAllBytes(path, Bytes(initializers));

    /// <summary>The bytes of a model whose graph holds f32 initializers in the given order and no nodes.</summary>
    public static byte[] Bytes(params (string Name, long[] Shape, float[] Values)[] initializers)
    {
        OnnxGraph graph = new();
        foreach ((string name, long[] shape, float[] values) in initializers)
            graph.Initializer(name, shape, values);
        return Model(graph);
    }

    /// <summary>The bytes of a model around a graph.</summary>
    public static byte[] Model(OnnxGraph graph, params ProtobufWriter[] functions) => Model(graph.Message, functions);

    /// <summary>The bytes of a model around a graph message.</summary>
    public static byte[] Model(ProtobufWriter graph, params ProtobufWriter[] functions)
    {
        ProtobufWriter model = new ProtobufWriter().Varint(1, 8).String(2, "tests").Message(7, graph)
            .Message(8, new ProtobufWriter().String(1, "").Varint(2, 17));
        foreach (ProtobufWriter function in functions)
            model.Message(25, function);
        return model.ToArray();
    }

    /// <summary>A tensor with everything but its data.</summary>
    public static ProtobufWriter Header(string name, int dataType, params long[] shape)
    {
        ProtobufWriter tensor = new ProtobufWriter().PackedVarints(1, shape).Varint(2, dataType);
        return name.Length == 0 ? tensor : tensor.String(8, name);
    }

    /// <summary>A tensor with its elements in <c>raw_data</c>.</summary>
    public static ProtobufWriter Tensor(string name, int dataType, long[] shape, byte[] raw) => Header(name, dataType, shape).Bytes(9, raw);

    /// <summary>An f32 tensor with its elements in <c>raw_data</c>.</summary>
    public static ProtobufWriter Tensor(string name, long[] shape, float[] values) => Tensor(name, Float, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>A tensor whose elements lie in another file.</summary>
    public static ProtobufWriter External(string name, int dataType, long[] shape, params (string Key, string Value)[] entries)
    {
        ProtobufWriter tensor = Header(name, dataType, shape);
        foreach ((string key, string value) in entries)
            tensor.Message(13, new ProtobufWriter().String(1, key).String(2, value));
        return tensor.Varint(14, 1);
    }

    /// <summary>A node; attributes come from <see cref="TensorAttribute"/> and its kin.</summary>
    public static ProtobufWriter Node(string opType, string name, string[] inputs, string[] outputs, params ProtobufWriter[] attributes)
    {
        ProtobufWriter node = new();
        foreach (string input in inputs)
            node.String(1, input);
        foreach (string output in outputs)
            node.String(2, output);
        if (name.Length > 0)
            node.String(3, name);
        node.String(4, opType);
        foreach (ProtobufWriter attribute in attributes)
            node.Message(5, attribute);
        return node;
    }

    /// <summary>An attribute that holds a tensor.</summary>
    public static ProtobufWriter TensorAttribute(string name, ProtobufWriter tensor) => new ProtobufWriter().String(1, name).Message(5, tensor).Varint(20, 4);

    /// <summary>An attribute that holds a graph.</summary>
    public static ProtobufWriter GraphAttribute(string name, OnnxGraph graph) => new ProtobufWriter().String(1, name).Message(6, graph.Message).Varint(20, 5);

    /// <summary>An attribute that holds floats, packed.</summary>
    public static ProtobufWriter FloatsAttribute(string name, params float[] values) =>
        new ProtobufWriter().String(1, name).Bytes(7, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()).Varint(20, 6);

    /// <summary>An attribute that holds an integer.</summary>
    public static ProtobufWriter IntAttribute(string name, long value) => new ProtobufWriter().String(1, name).Varint(3, value).Varint(20, 2);
}
