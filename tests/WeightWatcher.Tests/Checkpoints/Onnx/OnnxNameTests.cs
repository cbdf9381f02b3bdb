using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Onnx;

public class OnnxNameTests
{
    private static readonly OnnxGraph Body = new OnnxGraph().Constant("w", [2], [1, 2]).Initializer("b", [1], [3]);

    [Fact]
    public void A_constant_is_named_after_its_output() =>
        Names(new OnnxGraph().Constant("fc.weight", [1], [1]), "const:fc.weight");

    [Fact]
    public void Tensors_of_a_body_are_named_after_the_node_and_the_attribute() => Names(
        new OnnxGraph().Node("If", "If_0", ["c"], ["y"], OnnxWriter.GraphAttribute("then_branch", Body), OnnxWriter.GraphAttribute("else_branch", Body)),
        "If_0/then_branch/const:w",
        "If_0/then_branch/b",
        "If_0/else_branch/const:w",
        "If_0/else_branch/b");

    [Fact]
    public void A_node_without_a_name_goes_by_its_operator_and_its_place() => Names(
        new OnnxGraph().Node("Relu", ["x"], ["r"]).Node("Loop", ["r"], ["y"], OnnxWriter.GraphAttribute("body", Body)),
        "Loop_1/body/const:w",
        "Loop_1/body/b");

    [Fact]
    public void Bodies_inside_bodies_go_by_the_whole_path() => Names(
        new OnnxGraph().Node("Scan", "s", ["x"], ["y"], OnnxWriter.GraphAttribute("body", new OnnxGraph().Node("If", "i", ["c"], ["z"], OnnxWriter.GraphAttribute("else_branch", Body)))),
        "s/body/i/else_branch/const:w",
        "s/body/i/else_branch/b");

    [Fact]
    public void Nodes_of_one_name_keep_their_tensors_apart() => Names(
        new OnnxGraph().Node("If", "i", ["c"], ["y"], OnnxWriter.GraphAttribute("then_branch", Body)).Node("If", "i", ["c"], ["z"], OnnxWriter.GraphAttribute("then_branch", Body)),
        "i/then_branch/const:w",
        "i/then_branch/b",
        "i/then_branch/const:w#2",
        "i/then_branch/b#2");

    [Fact]
    public void Floats_of_a_constant_are_a_tensor()
    {
        OnnxGraph graph = new OnnxGraph()
            .Node("Constant", [], ["row"], OnnxWriter.FloatsAttribute("value_floats", 1, 2, 3))
            .Node("Constant", [], ["one"], new ProtobufWriter().String(1, "value_float").Fixed32(2, 4));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.Equal([1, 2, 3], checkpoint.Tensor("const:row").Values());
            Assert.Equal([3L], checkpoint.Tensor("const:row").Shape);
            Assert.Equal([4], checkpoint.Tensor("const:one").Values());
            Assert.Empty(checkpoint.Tensor("const:one").Shape);
        });
    }

    [Fact]
    public void Tensors_in_attributes_of_other_operators_are_found() => Names(
        new OnnxGraph().Node("MyLayer", "custom", ["x"], ["y"], OnnxWriter.TensorAttribute("weights", OnnxWriter.Tensor("", [1], [1]))),
        "attr:custom/weights");

    [Fact]
    public void What_constant_of_shape_repeats_is_not_a_tensor() => Names(
        new OnnxGraph().Node("ConstantOfShape", ["s"], ["y"], OnnxWriter.TensorAttribute("value", OnnxWriter.Tensor("", [1], [1]))));

    [Fact]
    public void Functions_are_searched()
    {
        ProtobufWriter function = new ProtobufWriter().String(1, "Block").String(10, "my.ops")
            .Message(7, OnnxWriter.Node("Constant", "", [], ["w"], OnnxWriter.TensorAttribute("value", OnnxWriter.Tensor("", [1], [1]))))
            .Message(7, OnnxWriter.Node("Block", "", ["w"], ["y"]));
        Opened.With(OnnxWriter.Model(new OnnxGraph(), function), checkpoint =>
            Assert.Equal(["function:my.ops.Block/const:w"], checkpoint.Tensors.Select(t => t.Name)));
    }

    [Fact]
    public void Default_values_of_the_attributes_of_a_function_are_searched()
    {
        ProtobufWriter function = new ProtobufWriter().String(1, "Block").String(10, "my.ops")
            .Message(7, OnnxWriter.Node("Constant", "", [], ["w"], OnnxWriter.TensorAttribute("value", OnnxWriter.Tensor("", [1], [1]))))
            .Message(11, OnnxWriter.TensorAttribute("kernel", OnnxWriter.Tensor("", [2], [3, 4])))
            .Message(11, new ProtobufWriter().String(1, "more").Message(10, OnnxWriter.Tensor("", [1], [5])).Message(10, OnnxWriter.Tensor("", [1], [6])).Varint(20, 9))
            .Message(11, OnnxWriter.GraphAttribute("body", Body))
            .Message(11, OnnxWriter.IntAttribute("axis", 1));
        Opened.With(OnnxWriter.Model(new OnnxGraph(), function), checkpoint =>
        {
            Assert.Equal(
                ["attr:kernel", "attr:more", "attr:more_1", "body/const:w", "body/b", "const:w"],
                checkpoint.Tensors.Select(t => t.Name.Replace("function:my.ops.Block/", "", StringComparison.Ordinal)));
            Assert.Equal([3, 4], checkpoint.Tensor("function:my.ops.Block/attr:kernel").Values());
        });
    }

    [Fact]
    public void Training_information_is_optimizer_state()
    {
        byte[] model = [.. OnnxWriter.Bytes(("w", [1], [1])), .. new ProtobufWriter().Message(20, new ProtobufWriter().Message(2, Body.Message)).ToArray()];
        Opened.With(model, checkpoint =>
        {
            Assert.False(checkpoint.Tensor("w").IsOptimizerState);
            Assert.True(checkpoint.Tensor("training_0/algorithm/b").IsOptimizerState);
        });
    }

    [Theory]
    [InlineData("Conv", 1, TensorLayout.OutInKernel)]
    [InlineData("ConvTranspose", 1, TensorLayout.InOutKernel)]
    [InlineData("LSTM", 1, TensorLayout.DirectionsGatesInput)]
    [InlineData("LSTM", 2, TensorLayout.DirectionsGatesInput)]
    [InlineData("GRU", 1, TensorLayout.DirectionsGatesInput)]
    [InlineData("RNN", 2, TensorLayout.DirectionsGatesInput)]
    [InlineData("Gather", 0, TensorLayout.Embedding)]
    [InlineData("MatMul", 1, TensorLayout.Unspecified)]
    [InlineData("LSTM", 3, TensorLayout.Unspecified)]
    public void The_operator_that_uses_a_tensor_gives_its_layout(string opType, int input, TensorLayout layout)
    {
        string[] inputs = ["x", "x", "x", "x"];
        inputs[input] = "w";
        OnnxGraph direct = new OnnxGraph().Node(opType, inputs, ["y"]).Initializer("w", [2, 1], [1, 2]);
        OnnxGraph constant = new OnnxGraph().Constant("w", [2, 1], [1, 2]).Node(opType, inputs, ["y"]);
        OnnxGraph handedOn = new OnnxGraph().Node("Identity", ["v"], ["w"]).Node(opType, inputs, ["y"]).Initializer("v", [2, 1], [1, 2]);
        OnnxGraph inBody = new OnnxGraph().Initializer("w", [2, 1], [1, 2])
            .Node("If", ["c"], ["z"], OnnxWriter.GraphAttribute("then_branch", new OnnxGraph().Node(opType, inputs, ["y"])));
        foreach (OnnxGraph graph in (OnnxGraph[])[direct, constant, handedOn, inBody])
            Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal(layout, Assert.Single(checkpoint.Tensors).Layout));
    }

    [Fact]
    public void Gathering_along_another_axis_is_no_embedding()
    {
        OnnxGraph graph = new OnnxGraph().Node("Gather", ["w", "i"], ["y"], OnnxWriter.IntAttribute("axis", 1)).Initializer("w", [2, 1], [1, 2]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal(TensorLayout.Unspecified, checkpoint.Tensors[0].Layout));
    }

    [Fact]
    public void A_body_that_defines_the_name_itself_says_nothing_about_the_outer_tensor()
    {
        OnnxGraph body = new OnnxGraph().Constant("w", [1, 1, 1], [1]).Node("Conv", ["x", "w"], ["y"]);
        OnnxGraph graph = new OnnxGraph().Initializer("w", [1, 1, 1], [1]).Node("If", "i", ["c"], ["z"], OnnxWriter.GraphAttribute("then_branch", body));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.Equal(TensorLayout.Unspecified, checkpoint.Tensor("w").Layout);
            Assert.Equal(TensorLayout.OutInKernel, checkpoint.Tensor("i/then_branch/const:w").Layout);
        });
    }

    private static void Names(OnnxGraph graph, params string[] expected) =>
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal(expected, checkpoint.Tensors.Select(t => t.Name)));
}
