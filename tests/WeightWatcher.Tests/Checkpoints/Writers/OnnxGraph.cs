namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>A <c>GraphProto</c> under construction, in the order of the calls.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The message so far.</summary>
    public ProtobufWriter Message { get; } = new();

    /// <summary>Adds an f32 initializer.</summary>
    public OnnxGraph Initializer(string name, long[] shape, float[] values) => Initializer(OnnxWriter.Tensor(name, shape, values));

    /// <summary>Adds an initializer.</summary>
    public OnnxGraph Initializer(ProtobufWriter tensor)
    {
        Message.Message(5, tensor);
        return this;
    }

    /// <summary>Adds a node with a name.</summary>
    public OnnxGraph Node(string opType, string name, string[] inputs, string[] outputs, params ProtobufWriter[] attributes)
    {
        Message.Message(1, OnnxWriter.Node(opType, name, inputs, outputs, attributes));
        return this;
    }

    /// <summary>Adds a node without a name.</summary>
    public OnnxGraph Node(string opType, string[] inputs, string[] outputs, params ProtobufWriter[] attributes) => Node(opType, "", inputs, outputs, attributes);

    /// <summary>Adds a Constant node with an f32 tensor.</summary>
    public OnnxGraph Constant(string output, long[] shape, float[] values) =>
        Node("Constant", [], [output], OnnxWriter.TensorAttribute("value", OnnxWriter.Tensor("", shape, values)));
}
