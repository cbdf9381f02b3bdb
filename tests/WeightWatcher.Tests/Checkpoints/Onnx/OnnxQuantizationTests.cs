using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Onnx;

public class OnnxQuantizationTests
{
    [Fact]
    public void Codes_with_one_scale_are_read_as_numbers()
    {
        OnnxGraph graph = Codes([2, 2], [1, 2, 0xff, 0xfe]).Initializer("s", [], [0.5f]).Initializer(OnnxWriter.Tensor("z", OnnxWriter.Int8, [], [1]))
            .Node("DequantizeLinear", ["w", "s", "z"], ["f"]).Node("Conv", ["x", "f"], ["y"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Tensor tensor = checkpoint.Tensor("w");
            Assert.True(tensor.IsFloatingPoint);
            Assert.Equal([0, 0.5, -1, -1.5], tensor.Values());
            Assert.Equal(TensorLayout.OutInKernel, tensor.Layout);
            Assert.Equal(Math.ScaleB(1, -7), tensor.StoredEpsilon);
        });
    }

    [Theory]
    [InlineData(0, new[] { 1.0, 2, 3, 40, 50, 60 })]
    [InlineData(-2, new[] { 1.0, 2, 3, 40, 50, 60 })]
    public void Codes_with_one_scale_per_row_are_read_as_numbers(int axis, double[] expected) => Reads(axis, [1, 10], expected);

    [Fact]
    public void Codes_with_one_scale_per_column_are_the_default() => Reads(null, [1, 10, 100], [1, 20, 300, 4, 50, 600]);

    [Fact]
    public void Weights_of_quantized_operators_are_read_with_the_operators_scales()
    {
        OnnxGraph graph = Codes([2, 1], [1, 2]).Initializer("s", [2], [1, 10]).Initializer(OnnxWriter.Tensor("z", OnnxWriter.Int8, [2], [0, 0]))
            .Node("QLinearConv", ["x", "xs", "xz", "w", "s", "z", "ys", "yz"], ["y"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal([1, 20], checkpoint.Tensor("w").Values()));
    }

    [Fact]
    public void Codes_in_a_body_may_have_their_scales_outside()
    {
        OnnxGraph body = Codes([2], [1, 2]).Node("DequantizeLinear", ["w", "s"], ["f"]);
        OnnxGraph graph = new OnnxGraph().Node("If", "i", ["c"], ["y"], OnnxWriter.GraphAttribute("then_branch", body)).Initializer("s", [], [0.25f]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal([0.25, 0.5], checkpoint.Tensor("i/then_branch/w").Values()));
    }

    [Fact]
    public void Codes_that_nothing_turns_into_numbers_stay_integers()
    {
        OnnxGraph graph = Codes([2], [1, 2]).Node("MatMulInteger", ["x", "w"], ["y"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.False(checkpoint.Tensor("w").IsFloatingPoint));
    }

    [Fact]
    public void Codes_whose_scales_do_not_fit_are_named_as_unreadable()
    {
        OnnxGraph graph = Codes([2, 3], [1, 2, 3, 4, 5, 6]).Initializer("s", [4], [1, 2, 3, 4]).Node("DequantizeLinear", ["w", "s"], ["f"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Contains("[2, 3]", Assert.Single(checkpoint.Unreadable, u => u.Name == "w").Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Codes_with_one_scale_per_block_are_named_as_unreadable()
    {
        OnnxGraph graph = Codes([2, 2], [1, 2, 3, 4]).Initializer("s", [1, 2], [1, 2])
            .Node("DequantizeLinear", ["w", "s"], ["f"], OnnxWriter.IntAttribute("axis", 0), OnnxWriter.IntAttribute("block_size", 2));
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Contains("block", Assert.Single(checkpoint.Unreadable).Reason, StringComparison.Ordinal));
    }

    private static OnnxGraph Codes(long[] shape, byte[] codes) => new OnnxGraph().Initializer(OnnxWriter.Tensor("w", OnnxWriter.Int8, shape, codes));

    private static void Reads(int? axis, float[] scales, double[] expected)
    {
        ProtobufWriter[] attributes = axis is { } given ? [OnnxWriter.IntAttribute("axis", given)] : [];
        OnnxGraph graph = Codes([2, 3], [1, 2, 3, 4, 5, 6]).Initializer("s", [scales.Length], scales).Node("DequantizeLinear", ["w", "s"], ["f"], attributes);
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.Equal(expected, checkpoint.Tensor("w").Values());
            double[] part = new double[3];
            checkpoint.Tensor("w").Read(2, part);
            Assert.Equal(expected[2..5], part);
        });
    }
}
