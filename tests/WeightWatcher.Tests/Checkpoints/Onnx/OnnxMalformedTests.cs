using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Onnx;

public class OnnxMalformedTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(6, 4)]
    [InlineData(7, 8)]
    [InlineData(9, 1)]
    [InlineData(10, 2)]
    [InlineData(11, 8)]
    [InlineData(12, 4)]
    [InlineData(13, 8)]
    [InlineData(16, 2)]
    [InlineData(17, 1)]
    [InlineData(18, 1)]
    [InlineData(19, 1)]
    [InlineData(20, 1)]
    [InlineData(24, 1)]
    public void Raw_data_one_byte_short_or_long_is_refused_for_every_type(int dataType, int size)
    {
        Refused(Initializer(OnnxWriter.Tensor("w", dataType, [3], new byte[(3 * size) - 1])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Tensor("w", dataType, [3], new byte[(3 * size) + 1])), "WWG2012", "w");
        Opened.With(Initializer(OnnxWriter.Tensor("w", dataType, [3], new byte[3 * size])), checkpoint => Assert.Single(checkpoint.Tensors));
    }

    [Theory]
    [InlineData(21, 5, 3)]
    [InlineData(22, 5, 3)]
    [InlineData(23, 5, 3)]
    [InlineData(25, 5, 2)]
    [InlineData(26, 5, 2)]
    public void Packed_raw_data_one_byte_short_or_long_is_refused(int dataType, int count, int bytes)
    {
        Refused(Initializer(OnnxWriter.Tensor("w", dataType, [count], new byte[bytes - 1])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Tensor("w", dataType, [count], new byte[bytes + 1])), "WWG2012", "w");
        Opened.With(Initializer(OnnxWriter.Tensor("w", dataType, [count], new byte[bytes])), checkpoint => Assert.Single(checkpoint.Tensors));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(27)]
    [InlineData(99)]
    [InlineData(-1)]
    public void An_undefined_element_type_is_refused(int dataType) => Refused(Initializer(OnnxWriter.Tensor("w", dataType, [1], new byte[4])), "WWG2013", "w");

    [Fact]
    public void A_missing_element_type_is_refused() =>
        Refused(Initializer(new ProtobufWriter().PackedVarints(1, [1]).String(8, "w").Bytes(9, new byte[4])), "WWG2013", "w");

    [Fact]
    public void Impossible_shapes_are_refused()
    {
        Refused(Initializer(OnnxWriter.Tensor("w", 1, [1L << 62, 1L << 62], new byte[4])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Tensor("w", 1, [-1, 4], new byte[16])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Tensor("w", 1, [-1, -4], new byte[16])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Tensor("w", 1, [long.MaxValue], new byte[4])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Tensor("w", 1, [(1L << 62) + 1], new byte[4])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Tensor("w", 1, [.. Enumerable.Repeat(1L, 65)], new byte[4])), "WWG2018");
    }

    [Fact]
    public void A_tensor_without_elements_is_refused_unless_its_shape_is_empty()
    {
        Refused(Initializer(OnnxWriter.Header("w", 1, 2)), "WWG2012", "w");
        Opened.With(Initializer(OnnxWriter.Header("w", 1, 2, 0)), checkpoint => Assert.Equal(0, Assert.Single(checkpoint.Tensors).Count));
        Opened.With(Initializer(OnnxWriter.Tensor("w", 1, [0], [])), checkpoint => Assert.Equal(0, Assert.Single(checkpoint.Tensors).Count));
    }

    [Fact]
    public void Elements_in_two_fields_are_refused()
    {
        Refused(Initializer(OnnxWriter.Tensor("w", 1, [1], new byte[4]).Bytes(4, new byte[4])), "WWG2010");
        Refused(Initializer(OnnxWriter.Tensor("w", 1, [1], new byte[4]).Bytes(9, new byte[4])), "WWG2010");
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(1, 10)]
    [InlineData(11, 4)]
    [InlineData(7, 5)]
    [InlineData(10, 4)]
    [InlineData(10, 11)]
    public void Elements_in_the_field_of_another_type_are_refused(int dataType, int field) =>
        Refused(Initializer(OnnxWriter.Header("w", dataType, 1).Bytes(field, new byte[8])), "WWG2010", "w");

    [Fact]
    public void Typed_elements_fewer_or_more_than_the_shape_says_are_refused()
    {
        Refused(Initializer(OnnxWriter.Header("w", 1, 2).Bytes(4, new byte[4])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Header("w", 1, 2).Bytes(4, new byte[9])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Header("w", 10, 2).PackedVarints(5, [1])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Header("w", 10, 2).PackedVarints(5, [1, 2, 3])), "WWG2012", "w");
        Refused(Initializer(OnnxWriter.Header("w", 10, 2).Bytes(5, 1, 0x80)), "WWG2010", "w");
        Refused(Initializer(OnnxWriter.Header("w", 10, 2).Bytes(5, [1, .. Enumerable.Repeat((byte)0x80, 12), 1])), "WWG2010", "w");
    }

    [Fact]
    public void A_tensor_in_segments_is_refused() => Refused(Initializer(OnnxWriter.Tensor("w", 1, [1], new byte[4]).Message(3, new ProtobufWriter().Varint(1, 0))), "WWG2010");

    [Fact]
    public void Initializers_need_names_of_their_own()
    {
        Refused(Initializer(OnnxWriter.Tensor("", 1, [1], new byte[4])), "WWG2010");
        Assert.Equal("w", Refused(OnnxWriter.Bytes(("w", [1], [1]), ("w", [1], [2])), "WWG2014").Tensor);
        Refused(OnnxWriter.Model(new OnnxGraph().Constant("w", [1], [1]).Initializer("w", [1], [1])), "WWG2014");
        Refused(Initializer(OnnxWriter.Header("", 1, 1).Bytes(8, 0xff, 0xfe).Bytes(9, new byte[4])), "WWG2010");
    }

    [Fact]
    public void A_data_location_that_onnx_does_not_define_is_refused() => Refused(Initializer(OnnxWriter.Tensor("w", 1, [1], new byte[4]).Varint(14, 2)), "WWG2010");

    [Theory]
    [InlineData(new long[] { 0, 6 }, "WWG2011")]
    [InlineData(new long[] { -1, 5 }, "WWG2011")]
    [InlineData(new long[] { 5, 0 }, "WWG2010")]
    [InlineData(new long[] { 3, 3 }, "WWG2010")]
    public void Sparse_indices_outside_or_out_of_order_are_refused(long[] indices, string code) =>
        Refused(OnnxWriter.Model(new ProtobufWriter().Message(15, OnnxFileTests.Sparse("w", indices, [2, 3]))), code, "w");

    [Fact]
    public void Sparse_indices_per_axis_are_checked_per_axis()
    {
        static byte[] Model(params long[] indices) => OnnxWriter.Model(new ProtobufWriter().Message(15, new ProtobufWriter()
            .Message(1, OnnxWriter.Tensor("w", [2], [1, 2]))
            .Message(2, OnnxWriter.Header("", OnnxWriter.Int64, 2, 2).PackedVarints(7, indices))
            .PackedVarints(3, [2, 3])));
        Opened.With(Model(0, 2, 1, 0), checkpoint => Assert.Equal([0, 0, 1, 2, 0, 0], checkpoint.Tensor("w").Values()));
        Refused(Model(0, 3, 1, 0), "WWG2011", "w");
        Refused(Model(1, 0, 0, 2), "WWG2010", "w");
    }

    [Fact]
    public void Groups_are_refused()
    {
        ProtobufWriter nested = new ProtobufWriter().String(2, "g");
        for (int i = 0; i < 10_000; i++)
            nested.Key(100, 3);
        Refused(OnnxWriter.Model(nested), "WWG2010");
    }

    [Theory]
    [InlineData(new byte[] { 0x0a, 0x06 }, "WWG2010")]
    [InlineData(new byte[] { 0x0a, 0x7f }, "WWG2003")]
    [InlineData(new byte[] { 0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 }, "WWG2003")]
    [InlineData(new byte[] { 0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 }, "WWG2010")]
    [InlineData(new byte[] { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f }, "WWG2010")]
    [InlineData(new byte[] { 0x08 }, "WWG2010")]
    [InlineData(new byte[] { 0x0d, 0x01, 0x02 }, "WWG2010")]
    [InlineData(new byte[] { 0x02, 0x00 }, "WWG2010")]
    [InlineData(new byte[] { 0x0e }, "WWG2010")]
    [InlineData(new byte[] { 0x0f }, "WWG2010")]
    [InlineData(new byte[] { 0x08, 0x01 }, "WWG2010")]
    [InlineData(new byte[] { 0x28, 0x01 }, "WWG2010")]
    public void A_field_that_breaks_the_wire_format_is_refused(byte[] field, string code) =>
        Refused(OnnxWriter.Model(new ProtobufWriter().String(2, "g").Raw(field)), code);

    [Fact]
    public void Bodies_nested_without_end_are_refused()
    {
        OnnxGraph graph = new();
        for (int i = 0; i < 40; i++)
            graph = new OnnxGraph().Node("If", "i", ["c"], ["y"], OnnxWriter.GraphAttribute("g", graph));
        Refused(OnnxWriter.Model(graph), "WWG2018");
    }

    [Fact]
    public void Bodies_nested_as_deep_as_protobuf_allows_are_read()
    {
        OnnxGraph graph = new OnnxGraph().Initializer("w", [1], [1]);
        for (int i = 0; i < 30; i++)
            graph = new OnnxGraph().Node("If", "i", ["c"], ["y"], OnnxWriter.GraphAttribute("g", graph));
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Single(checkpoint.Tensors));
    }

    [Fact]
    public void Names_that_multiply_along_paths_are_refused()
    {
        OnnxGraph inner = new();
        for (int i = 0; i < 2000; i++)
            inner.Constant($"c{i}", [1], [1]);
        string longName = new('n', 60_000);
        OnnxGraph graph = new OnnxGraph().Node("If", longName, ["c"], ["y"], OnnxWriter.GraphAttribute("g", inner));
        Refused(OnnxWriter.Model(graph), "WWG2018");
    }

    [Fact]
    public void A_model_without_a_graph_or_with_two_is_refused()
    {
        Refused(new ProtobufWriter().Varint(1, 8).String(2, "pytorch").Message(8, new ProtobufWriter().Varint(2, 17)).ToArray(), "WWG2003");
        Refused([.. OnnxWriter.Bytes(("w", [1], [1])), .. new ProtobufWriter().Message(7, new OnnxGraph().Message).ToArray()], "WWG2010");
    }

    [Fact]
    public void Bytes_behind_a_model_are_refused() => Refused([.. OnnxWriter.Bytes(("w", [1], [1])), .. "PK\u0003\u0004"u8], "WWG2010");

    [Fact]
    public void A_small_model_cut_anywhere_is_refused()
    {
        OnnxGraph graph = new OnnxGraph().Initializer("encoder.weight", [3, 3], new float[9]).Constant("k", [2], [1, 2])
            .Node("If", "i", ["c"], ["y"], OnnxWriter.GraphAttribute("then_branch", new OnnxGraph().Constant("w", [2], [1, 2])));
        byte[] whole = OnnxWriter.Model(graph);
        for (int length = 16; length < whole.Length; length++)
            Assert.True(Opened.Refused(whole[..length]).Code.Id is "WWG2003" or "WWG2010", $"cut to {length} of {whole.Length} bytes");
    }

    [Fact]
    public void A_function_that_calls_itself_is_read_once()
    {
        ProtobufWriter function = new ProtobufWriter().String(1, "F").Message(7, OnnxWriter.Node("F", "", ["x"], ["y"])).String(10, "d");
        Opened.With(OnnxWriter.Model(new OnnxGraph().Node("F", ["x"], ["y"]), function), checkpoint => Assert.Empty(checkpoint.Tensors));
    }

    [Fact]
    public void Values_handed_on_in_a_circle_end()
    {
        OnnxGraph graph = new OnnxGraph().Node("Identity", ["b"], ["a"]).Node("Identity", ["a"], ["b"]).Node("Conv", ["x", "a"], ["y"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Empty(checkpoint.Tensors));
    }

    [Fact]
    public void The_text_form_of_a_model_says_so()
    {
        ArtifactException refusal = Refused(Encoding.UTF8.GetBytes("ir_version: 8\ngraph {\n  name: \"g\"\n}\n"), "WWG2007");
        Assert.Contains("text format", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_messages_that_begin_alike_are_not_taken_for_models()
    {
        // A TensorFlow SavedModel: schema version 1, then a MetaGraphDef whose first field is a message.
        byte[] savedModel = new ProtobufWriter().Varint(1, 1).Message(2, new ProtobufWriter().Message(1, new ProtobufWriter().Message(1, new ProtobufWriter().String(1, "Add")))).ToArray();
        Refused(savedModel, "WWG2004");
        Refused(new ProtobufWriter().Varint(1, 4).Message(2, new ProtobufWriter().Message(1, new ProtobufWriter().String(1, "image"))).Message(500, new ProtobufWriter()).ToArray(), "WWG2004");
    }

    [Fact]
    public void A_million_axes_are_refused() =>
        Refused(Initializer(new ProtobufWriter().Bytes(1, new byte[1_000_000]).Varint(2, 1).String(8, "w").Bytes(9, new byte[4])), "WWG2018");

    private static byte[] Initializer(ProtobufWriter tensor) => OnnxWriter.Model(new OnnxGraph().Initializer(tensor));

    private static ArtifactException Refused(byte[] file, string code, string? tensor = null)
    {
        ArtifactException refusal = Opened.Refused(file);
        Assert.Equal(code, refusal.Code.Id);
        if (tensor is not null)
            Assert.Equal(tensor, refusal.Tensor);
        return refusal;
    }
}
