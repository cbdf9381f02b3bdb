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
    public void Integers_that_no_operator_takes_for_weights_stay_integers()
    {
        OnnxGraph graph = Codes([2], [1, 2]).Node("Gather", ["w", "x"], ["y"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.False(checkpoint.Tensor("w").IsFloatingPoint));
    }

    [Theory]
    [InlineData("MatMulInteger", "xs", "s")]
    [InlineData("ConvInteger", "s", "xs")]
    public void Weights_of_integer_products_are_read_with_the_scale_that_is_stored(string opType, string first, string second)
    {
        OnnxGraph graph = Codes([2, 2], [3, 5, 0xff, 1]).Initializer("s", [], [0.5f]).Initializer(OnnxWriter.Tensor("z", OnnxWriter.Int8, [], [1]))
            .Node(opType, ["x", "w", "xz", "z"], ["p"]).Node("Mul", [first, second], ["both"]).Node("Cast", ["p"], ["f"]).Node("Mul", ["f", "both"], ["y"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal([1, 2, -1, 0], checkpoint.Tensor("w").Values()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Weights_of_integer_products_without_a_scale_of_their_own_are_skipped_and_counted(bool combined)
    {
        OnnxGraph graph = Codes([2, 2], [3, 5, 0xff, 1]).Initializer("both", [], [0.5f]).Node("MatMulInteger", ["x", "w"], ["p"]);
        if (combined)
            graph.Node("Cast", ["p"], ["f"]).Node("Mul", ["f", "both"], ["y"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal(("w", 4), (Assert.Single(checkpoint.Unreadable).Name, checkpoint.Unreadable[0].Parameters)));
    }

    [Theory]
    [InlineData("DynamicQuantizeMatMul", new[] { "x", "w", "s", "z" })]
    [InlineData("MatMulIntegerToFloat", new[] { "x", "w", "xs", "s", "xz", "z" })]
    [InlineData("QGemm", new[] { "x", "xs", "xz", "w", "s", "z" })]
    [InlineData("QAttention", new[] { "x", "w", "b", "xs", "s", "m", "xz", "z" })]
    public void Operators_of_ONNX_Runtime_scale_each_column(string opType, string[] inputs)
    {
        OnnxGraph graph = Codes([2, 2], [3, 5, 0xff, 1]).Initializer("s", [2], [0.5f, 10]).Initializer(OnnxWriter.Tensor("z", OnnxWriter.Int8, [2], [1, 0])).Node(opType, inputs, ["y"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal([1, 50, -1, 10], checkpoint.Tensor("w").Values()));
    }

    [Fact]
    public void A_transposed_product_scales_each_row()
    {
        OnnxGraph graph = Codes([2, 2], [3, 5, 0xff, 1]).Initializer("s", [2], [0.5f, 10]).Node("QGemm", ["x", "xs", "xz", "w", "s"], ["y"], OnnxWriter.IntAttribute("transB", 1));
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal([1.5, 2.5, -10, 10], checkpoint.Tensor("w").Values()));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(4, 2)]
    [InlineData(2, 1)]
    [InlineData(8, 1)]
    public void MatMulNBits_is_read_as_the_matrix_that_it_stands_for(int bits, int zeroPoints)
    {
        // 3 rows of 40 weights in blocks of 16, so that the last block is cut: 3 blocks in a row.
        const int Rows = 3, Columns = 40, Block = 16, Blocks = 3;
        Random random = new(bits);
        int[] codes = [.. Enumerable.Range(0, Rows * Blocks * Block).Select(_ => random.Next(1 << bits))];
        int[] zeros = [.. Enumerable.Range(0, Rows * Blocks).Select(_ => zeroPoints == 0 ? 1 << (bits - 1) : random.Next(1 << bits))];
        float[] scales = [.. Enumerable.Range(0, Rows * Blocks).Select(_ => random.NextSingle())];
        OnnxGraph graph = new OnnxGraph().Initializer(OnnxWriter.Tensor("w", OnnxWriter.Uint8, [Rows, Blocks, Block * bits / 8], Packed(codes, bits))).Initializer("s", [Rows * Blocks], scales);
        if (zeroPoints == 1)
        {
            byte[] packed = [.. Enumerable.Range(0, Rows).SelectMany(r => Packed(zeros[(r * Blocks)..((r + 1) * Blocks)], bits))];
            graph.Initializer(OnnxWriter.Tensor("z", OnnxWriter.Uint8, [packed.Length], packed));
        }
        else if (zeroPoints == 2)
        {
            graph.Initializer("z", [Rows * Blocks], [.. zeros.Select(z => (float)z)]);
        }

        graph.Node("MatMulNBits", zeroPoints == 0 ? ["x", "w", "s"] : ["x", "w", "s", "z"], ["y"], OnnxWriter.IntAttribute("K", Columns), OnnxWriter.IntAttribute("N", Rows), OnnxWriter.IntAttribute("bits", bits), OnnxWriter.IntAttribute("block_size", Block));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Tensor weight = checkpoint.Tensor("w");
            Assert.Equal([Rows, Columns], weight.Shape);
            double[] expected = [.. Enumerable.Range(0, Rows * Columns).Select(i => (r: i / Columns, k: i % Columns)).Select(
                at => (codes[(at.r * Blocks * Block) + at.k] - zeros[(at.r * Blocks) + (at.k / Block)]) * (double)scales[(at.r * Blocks) + (at.k / Block)])];
            Assert.Equal(expected, weight.Values());
            double[] part = new double[30];
            weight.Read(33, part);
            Assert.Equal(expected[33..63], part);
        });
    }

    [Fact]
    public void MatMulNBits_that_does_not_fit_its_attributes_is_skipped_and_counted()
    {
        OnnxGraph graph = new OnnxGraph().Initializer(OnnxWriter.Tensor("w", OnnxWriter.Uint8, [3, 3, 8], new byte[72])).Initializer("s", [9], new float[9])
            .Node("MatMulNBits", ["x", "w", "s"], ["y"], OnnxWriter.IntAttribute("K", 41), OnnxWriter.IntAttribute("N", 4), OnnxWriter.IntAttribute("bits", 4), OnnxWriter.IntAttribute("block_size", 16));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            // Two codes in each of the 72 bytes.
            Assert.Equal([("s", 0), ("w", 144)], Unreadable(checkpoint));
            Assert.Empty(checkpoint.Tensors);
        });
    }

    [Fact]
    public void Packed_codes_whose_scales_are_computed_count_as_codes()
    {
        OnnxGraph graph = new OnnxGraph().Initializer(OnnxWriter.Tensor("w", OnnxWriter.Uint8, [3, 8], new byte[24])).Initializer("z", [3, 1], new float[3])
            .Node("GatherBlockQuantized", ["w", "i", "s", "z"], ["y"], OnnxWriter.IntAttribute("bits", 2), OnnxWriter.IntAttribute("block_size", 32));
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal([("w", 96), ("z", 0)], Unreadable(checkpoint)));
    }

    [Fact]
    public void Tables_of_scales_and_zero_points_are_no_layers()
    {
        OnnxGraph graph = new OnnxGraph().Initializer(OnnxWriter.Tensor("w", OnnxWriter.Uint8, [3, 3, 8], new byte[72])).Initializer("s", [3, 3], new float[9]).Initializer("z", [3, 3], new float[9])
            .Node("MatMulNBits", ["x", "w", "s", "z"], ["y"], OnnxWriter.IntAttribute("K", 40), OnnxWriter.IntAttribute("N", 3), OnnxWriter.IntAttribute("bits", 4), OnnxWriter.IntAttribute("block_size", 16));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.Equal("w", Assert.Single(checkpoint.Tensors).Name);
            Assert.Equal([("s", 0), ("z", 0)], Unreadable(checkpoint));
            Assert.Equal("scales or zero points of the codes 'w'", checkpoint.Unreadable[0].Reason);
        });
    }

    [Fact]
    public void Scales_of_values_that_are_computed_are_no_layers()
    {
        OnnxGraph graph = new OnnxGraph().Initializer("s", [2, 2], [1, 2, 3, 4]).Node("QuantizeLinear", ["x", "s"], ["q"]).Node("DequantizeLinear", ["q", "s"], ["f"], OnnxWriter.IntAttribute("block_size", 2));
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal([("s", 0)], Unreadable(checkpoint)));
    }

    [Fact]
    public void Scales_that_are_themselves_codes_are_no_layer()
    {
        OnnxGraph graph = Codes([2, 2], [1, 2, 3, 4]).Initializer(OnnxWriter.Tensor("s", OnnxWriter.Int8, [2, 2], [1, 2, 3, 4])).Initializer("s2", [], [0.5f])
            .Node("DequantizeLinear", ["s", "s2"], ["t"]).Node("DequantizeLinear", ["w", "t"], ["f"], OnnxWriter.IntAttribute("axis", 0), OnnxWriter.IntAttribute("block_size", 1));
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal([("s", 0), ("s2", 0), ("w", 4)], Unreadable(checkpoint)));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(8, true)]
    public void Tables_of_codes_in_blocks_are_read_as_numbers(int bits, bool hasZeroPoints)
    {
        Random random = new(1);
        int[] codes = [.. Enumerable.Range(0, 64).Select(_ => random.Next(1 << bits))];
        OnnxGraph graph = new OnnxGraph().Initializer(OnnxWriter.Tensor("w", OnnxWriter.Uint8, [2, 32 * bits / 8], Packed(codes, bits))).Initializer("s", [2, 2], [1, 2, 3, 4]);
        if (hasZeroPoints)
            graph.Initializer(OnnxWriter.Tensor("z", OnnxWriter.Uint8, [2, 2], [1, 2, 3, 4]));
        graph.Node("GatherBlockQuantized", hasZeroPoints ? ["w", "i", "s", "z"] : ["w", "i", "s"], ["y"], OnnxWriter.IntAttribute("bits", bits), OnnxWriter.IntAttribute("block_size", 16));
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal(
            [.. codes.Select((c, i) => (double)((i / 16) + 1) * (c - (hasZeroPoints ? (i / 16) + 1 : 8)))], checkpoint.Tensor("w").Values()));
    }

    [Fact]
    public void Narrow_codes_in_typed_data_are_read()
    {
        // INT4 is type 22: two codes in the low byte of each number.
        ProtobufWriter narrow = OnnxWriter.Header("w", 22, 3).PackedVarints(5, [0xf1, 0x07]);
        ProtobufWriter full = OnnxWriter.Header("v", 21, 10).PackedVarints(5, [0x76543210, 0x98]);
        OnnxGraph graph = new OnnxGraph().Initializer(narrow).Initializer(full).Initializer("s", [], [0.5f]).Node("DequantizeLinear", ["w", "s"], ["f"]).Node("DequantizeLinear", ["v", "s"], ["g"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.Equal([0.5, -0.5, 3.5], checkpoint.Tensor("w").Values());
            Assert.Equal([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5], checkpoint.Tensor("v").Values());
        });
    }

    [Fact]
    public void Codes_whose_scales_do_not_fit_are_named_as_unreadable()
    {
        OnnxGraph graph = Codes([2, 3], [1, 2, 3, 4, 5, 6]).Initializer("s", [4], [1, 2, 3, 4]).Node("DequantizeLinear", ["w", "s"], ["f"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Contains("[2, 3]", Assert.Single(checkpoint.Unreadable, u => u.Name == "w").Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Codes_with_one_scale_per_block_are_read_as_numbers()
    {
        OnnxGraph down = Codes([3, 2], [1, 2, 3, 4, 5, 6]).Initializer("s", [2, 2], [1, 10, 100, 1000]).Initializer(OnnxWriter.Tensor("z", OnnxWriter.Int8, [2, 2], [0, 1, 0, 0]))
            .Node("DequantizeLinear", ["w", "s", "z"], ["f"], OnnxWriter.IntAttribute("axis", 0), OnnxWriter.IntAttribute("block_size", 2));
        Opened.With(OnnxWriter.Model(down), checkpoint =>
        {
            Assert.Equal([1, 10, 3, 30, 500, 6000], Assert.Single(checkpoint.Tensors).Values());
            Assert.Equal([("s", 0), ("z", 0)], Unreadable(checkpoint));
        });
        OnnxGraph across = Codes([2, 3], [1, 2, 3, 4, 5, 6]).Initializer("s", [2, 2], [1, 10, 100, 1000])
            .Node("DequantizeLinear", ["w", "s"], ["f"], OnnxWriter.IntAttribute("axis", -1), OnnxWriter.IntAttribute("block_size", 2));
        Opened.With(OnnxWriter.Model(across), checkpoint => Assert.Equal([1, 2, 30, 400, 500, 6000], checkpoint.Tensor("w").Values()));
    }

    [Fact]
    public void Codes_whose_blocks_do_not_fit_are_skipped_and_counted()
    {
        OnnxGraph graph = Codes([2, 2], [1, 2, 3, 4]).Initializer("s", [2, 2], [1, 2, 3, 4])
            .Node("DequantizeLinear", ["w", "s"], ["f"], OnnxWriter.IntAttribute("axis", 0), OnnxWriter.IntAttribute("block_size", 2));
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal([("s", 0), ("w", 4)], Unreadable(checkpoint)));
    }

    [Fact]
    public void Codes_whose_scales_are_computed_are_skipped_and_counted()
    {
        OnnxGraph graph = Codes([2, 2], [1, 2, 3, 4]).Node("Sqrt", ["x"], ["s"]).Node("DequantizeLinear", ["w", "s"], ["f"]);
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Contains("computed", Assert.Single(checkpoint.Unreadable).Reason, StringComparison.Ordinal));
    }

    /// <summary>What is not read, by name, with the weights that it stands for.</summary>
    private static IEnumerable<(string, long)> Unreadable(Checkpoint checkpoint) => checkpoint.Unreadable.Select(u => (u.Name, u.Parameters)).OrderBy(u => u.Name, StringComparer.Ordinal);

    /// <summary>Codes in bytes, the first in the low bits.</summary>
    private static byte[] Packed(int[] codes, int bits) => StateDict.ToBytes(StateDict.Stream(codes, bits))[..(((codes.Length * bits) + 7) / 8)];

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
