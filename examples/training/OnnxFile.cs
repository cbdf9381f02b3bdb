namespace Training;

/// <summary>
/// Writes a network as an ONNX model (onnx/onnx, onnx.proto; operator set 17): Gemm with the weights transposed, Conv without padding, Relu between,
/// Flatten before the first dense layer after convolutions; input <c>image</c>, a batch of rows of pixels or of images of one channel, output
/// <c>logits</c> of batch x digits. The numbers are the field numbers of onnx.proto.
/// </summary>
internal static class OnnxFile
{
    private const int IrVersion = 8;
    private const int OperatorSet = 17;
    private const int FloatType = 1;
    private const int IntegerAttribute = 2;
    private const int IntegersAttribute = 7;

    public static byte[] Write(Network network, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        ProtobufMessage graph = new();
        foreach (ProtobufMessage node in Nodes(network.Layers))
            graph.Message(1, node);
        graph.Text(2, "digits");
        foreach (NamedTensor tensor in NamedTensor.Of(network))
            graph.Message(5, Initializer(tensor));
        graph.Message(11, Batch("image", network.Layers[0] is ConvolutionLayer ? [1, Glyphs.Side, Glyphs.Side] : [Glyphs.PixelCount]));
        graph.Message(12, Batch("logits", [Glyphs.DigitCount]));

        ProtobufMessage model = new ProtobufMessage()
            .Number(1, IrVersion)
            .Text(2, "Training")
            .Message(7, graph)
            .Message(8, new ProtobufMessage().Text(1, "").Number(2, OperatorSet));
        foreach ((string key, string value) in metadata)
            model.Message(14, new ProtobufMessage().Text(1, key).Text(2, value));
        return model.ToArray();
    }

    private static IEnumerable<ProtobufMessage> Nodes(IReadOnlyList<Layer> layers)
    {
        string value = "image";
        Layer? before = null;
        foreach (Layer layer in layers)
        {
            if (layer is DenseLayer && before is ConvolutionLayer)
                yield return Node("Flatten", [value], value = layer.Name + ".flat");

            string output = layer == layers[^1] ? "logits" : layer.Name + ".out";
            string[] inputs = [value, layer.Name + ".weight", layer.Name + ".bias"];
            yield return layer is ConvolutionLayer { Shape.Stride: int stride }
                ? Node("Conv", inputs, output, Integers("strides", stride, stride))
                : Node("Gemm", inputs, output, Integer("transB", 1));
            value = output;
            if (layer != layers[^1])
                yield return Node("Relu", [value], value = layer.Name + ".relu");
            before = layer;
        }
    }

    private static ProtobufMessage Node(string type, string[] inputs, string output, params ProtobufMessage[] attributes)
    {
        ProtobufMessage node = new();
        foreach (string input in inputs)
            node.Text(1, input);
        node.Text(2, output).Text(3, output).Text(4, type);
        foreach (ProtobufMessage attribute in attributes)
            node.Message(5, attribute);
        return node;
    }

    private static ProtobufMessage Integer(string name, long value) =>
        new ProtobufMessage().Text(1, name).Number(3, value).Number(20, IntegerAttribute);

    private static ProtobufMessage Integers(string name, params long[] values)
    {
        ProtobufMessage attribute = new ProtobufMessage().Text(1, name);
        foreach (long value in values)
            attribute.Number(8, value);
        return attribute.Number(20, IntegersAttribute);
    }

    private static ProtobufMessage Initializer(NamedTensor tensor)
    {
        ProtobufMessage message = new();
        foreach (int size in tensor.Shape)
            message.Number(1, size);
        return message.Number(2, FloatType).Text(8, tensor.Name).Bytes(9, tensor.ToBytes());
    }

    // A value of floats, batch x sizes; the batch is free.
    private static ProtobufMessage Batch(string name, int[] sizes)
    {
        ProtobufMessage shape = new ProtobufMessage().Message(1, new ProtobufMessage().Text(2, "batch"));
        foreach (int size in sizes)
            shape.Message(1, new ProtobufMessage().Number(1, size));
        ProtobufMessage tensorType = new ProtobufMessage().Number(1, FloatType).Message(2, shape);
        return new ProtobufMessage().Text(1, name).Message(2, new ProtobufMessage().Message(1, tensorType));
    }
}
