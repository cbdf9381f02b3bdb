namespace Training;

/// <summary>
/// Writes a network of dense layers as an ONNX model (onnx/onnx, onnx.proto; operator set 17): Gemm with the weights transposed, Relu between,
/// input <c>image</c> of batch x pixels, output <c>logits</c> of batch x digits. The numbers are the field numbers of onnx.proto.
/// </summary>
internal static class OnnxFile
{
    private const int IrVersion = 8;
    private const int OperatorSet = 17;
    private const int FloatType = 1;
    private const int IntegerAttribute = 2;

    public static byte[] Write(Network network, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        ProtobufMessage graph = new();
        string input = "image";
        foreach (DenseLayer layer in network.Layers)
        {
            bool last = layer == network.Layers[^1];
            string output = last ? "logits" : layer.Name + ".out";
            graph.Message(1, Node("Gemm", layer.Name, [input, layer.Name + ".weight", layer.Name + ".bias"], output, Integer("transB", 1)));
            input = output;
            if (last)
                continue;
            string rectified = layer.Name + ".relu";
            graph.Message(1, Node("Relu", rectified, [input], rectified));
            input = rectified;
        }

        graph.Text(2, "digits");
        foreach (NamedTensor tensor in NamedTensor.Of(network))
            graph.Message(5, Initializer(tensor));
        graph.Message(11, Matrix("image", network.Layers[0].Inputs));
        graph.Message(12, Matrix("logits", network.Layers[^1].Outputs));

        ProtobufMessage model = new ProtobufMessage()
            .Number(1, IrVersion)
            .Text(2, "Training")
            .Message(7, graph)
            .Message(8, new ProtobufMessage().Text(1, "").Number(2, OperatorSet));
        foreach ((string key, string value) in metadata)
            model.Message(14, new ProtobufMessage().Text(1, key).Text(2, value));
        return model.ToArray();
    }

    private static ProtobufMessage Node(string type, string name, string[] inputs, string output, params ProtobufMessage[] attributes)
    {
        ProtobufMessage node = new();
        foreach (string input in inputs)
            node.Text(1, input);
        node.Text(2, output).Text(3, name).Text(4, type);
        foreach (ProtobufMessage attribute in attributes)
            node.Message(5, attribute);
        return node;
    }

    private static ProtobufMessage Integer(string name, long value) => new ProtobufMessage().Text(1, name).Number(3, value).Number(20, IntegerAttribute);

    private static ProtobufMessage Initializer(NamedTensor tensor)
    {
        ProtobufMessage message = new();
        foreach (int size in tensor.Shape)
            message.Number(1, size);
        return message.Number(2, FloatType).Text(8, tensor.Name).Bytes(9, tensor.ToBytes());
    }

    // A value of floats, batch x columns; the batch is free.
    private static ProtobufMessage Matrix(string name, int columns)
    {
        ProtobufMessage shape = new ProtobufMessage()
            .Message(1, new ProtobufMessage().Text(2, "batch"))
            .Message(1, new ProtobufMessage().Number(1, columns));
        ProtobufMessage tensorType = new ProtobufMessage().Number(1, FloatType).Message(2, shape);
        return new ProtobufMessage().Text(1, name).Message(2, new ProtobufMessage().Message(1, tensorType));
    }
}
