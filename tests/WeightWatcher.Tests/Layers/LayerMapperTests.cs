using WeightWatcher.Checkpoints;
using WeightWatcher.Layers;

namespace WeightWatcher.Tests.Layers;

/// <summary>Every tensor ends in a layer or in the skipped list, and each element of a layer in exactly one matrix.</summary>
public sealed class LayerMapperTests
{
    private static readonly AnalysisOptions Strict = AnalysisOptions.Default with { MinEvals = 1 };

    [Theory]
    [InlineData("dense", 30, 20)]
    [InlineData("dense", 20, 30)]
    [InlineData("conv1d", 16, 12, 5)]
    [InlineData("conv2d", 16, 12, 3, 3)]
    [InlineData("conv2d", 12, 16, 2, 2)]
    [InlineData("conv2d", 32, 1, 5, 5)]
    [InlineData("conv3d", 8, 6, 2, 3, 2)]
    public void The_matrices_of_a_layer_hold_each_element_once(string type, params int[] shape)
    {
        foreach (TensorLayout layout in (TensorLayout[])[TensorLayout.Unspecified, TensorLayout.KernelInOut, TensorLayout.OutInKernel])
        {
            Layer layer = Assert.Single(Map(Strict, Described("w.weight", layout, shape)).Layers);
            Assert.Equal((type, "w"), (layer.Type.ToReportName(), layer.Name));
            long[] indices = [.. layer.Slices.SelectMany(Indices).Order()];
            Assert.Equal(Enumerable.Range(0, indices.Length).Select(i => (long)i), indices);
            Assert.All(layer.Slices, s => Assert.True(s.Rows >= s.Columns));
            Assert.All(layer.Slices, s => Assert.Equal((layer.N, layer.M), (s.Rows, s.Columns)));
            Assert.Equal(layer.KernelSize * layer.M, layer.NumEvals);
        }
    }

    [Fact]
    public void The_channels_of_a_Keras_kernel_are_its_last_axes()
    {
        Layer layer = Assert.Single(Map(Strict, Described("k", TensorLayout.KernelInOut, 3, 3, 8, 24)).Layers);
        Assert.Equal((24, 8, 9), (layer.N, layer.M, layer.KernelSize));
    }

    [Fact]
    public void The_channels_of_a_PyTorch_kernel_are_its_first_axes_however_large_the_kernel()
    {
        Layer layer = Assert.Single(Map(Strict, Described("k", TensorLayout.Unspecified, 2, 3, 9, 9)).Layers);
        Assert.Equal((3, 2, 81), (layer.N, layer.M, layer.KernelSize));
    }

    [Fact]
    public void Without_pooling_each_slice_is_a_row_with_the_id_of_its_layer()
    {
        LayerMap map = Map(Strict with { Pool = false }, Described("a.weight", 6, 4), Described("b.weight", 8, 6, 2, 2));
        Assert.Equal([(1, 0), (2, 0), (2, 1), (2, 2), (2, 3)], map.Layers.Select(l => (l.Id, l.SliceId!.Value)));
    }

    [Fact]
    public void Each_direction_of_a_recurrent_cell_is_a_layer()
    {
        LayerMap map = Map(Strict, Described("rnn.W", TensorLayout.DirectionsGatesInput, 2, 40, 10), Described("rnn.R", TensorLayout.DirectionsGatesInput, 1, 40, 10));
        Assert.Equal(["rnn.W[0]", "rnn.W[1]", "rnn.R"], map.Layers.Select(l => l.Name));
        Assert.Equal([1, 2, 3], map.Layers.Select(l => l.Id));
        Assert.All(map.Layers, l => Assert.Equal((LayerType.Recurrent, 40, 10), (l.Type, l.N, l.M)));
    }

    [Theory]
    [InlineData("model.layers.0.mlp.experts.gate_up_proj", true)]
    [InlineData("blk.0.ffn_down_exps.weight", true)]
    [InlineData("model.layers.0.block_sparse_moe.input_linear.weight", true)]
    [InlineData("model.layers.0.experts.3.conv.weight", false)]
    [InlineData("encoder.conv.weight", false)]
    public void Each_expert_of_a_stack_is_a_layer_with_a_tensor_of_its_own(string name, bool isStack)
    {
        LayerMap map = Map(Strict, Described(name, 4, 30, 20));
        string layer = name.Replace(".weight", "", StringComparison.Ordinal);
        Assert.Equal(isStack ? [$"{layer}[0]", $"{layer}[1]", $"{layer}[2]", $"{layer}[3]"] : [layer], map.Layers.Select(l => l.Name));
        if (!isStack)
            return;
        Assert.Equal(4, map.Layers.Select(l => l.Tensor).Distinct().Count());
        Assert.All(map.Layers, l => Assert.Equal((LayerType.Dense, 30, 20, 600), (l.Type, l.N, l.M, l.Tensor.Count)));
        Assert.Equal([1, 2, 3, 4], map.Layers.Select(l => l.Id));
    }

    [Theory]
    [InlineData("embed_tokens.weight", "embedding")]
    [InlineData("bert.embeddings.word_embeddings.weight", "embedding")]
    [InlineData("token_embd.weight", "embedding")]
    [InlineData("transformer.wte.weight", "embedding")]
    [InlineData("wpe.weight", "embedding")]
    [InlineData("newton.weight", "dense")]
    [InlineData("rnn.weight_ih_l0", "recurrent")]
    [InlineData("lstm/lstm/recurrent_kernel", "recurrent")]
    [InlineData("dense/kernel", "dense")]
    public void Names_tell_tables_and_cells(string name, string type) => Assert.Equal(type, Assert.Single(Map(Strict, Described(name, 30, 20)).Layers).Type.ToReportName());

    [Fact]
    public void The_kernel_beside_a_recurrent_kernel_is_recurrent()
    {
        LayerMap map = Map(Strict, Described("lstm/kernel", 30, 20), Described("lstm/recurrent_kernel", 30, 20), Described("dense/kernel", 30, 20));
        Assert.Equal(["recurrent", "recurrent", "dense"], map.Layers.Select(l => l.Type.ToReportName()));
    }

    [Fact]
    public void Biases_of_experts_are_no_matrix() =>
        Assert.Equal("the biases of experts", Assert.Single(Map(Strict, Described("mlp.experts.gate_up_proj_bias", 32, 64)).Skipped).Reason);

    [Fact]
    public void Query_key_and_value_are_layers_of_their_own()
    {
        Assert.Equal(["a.in_proj_weight[q]", "a.in_proj_weight[k]", "a.in_proj_weight[v]"], Map(Strict, Described("a.in_proj_weight", 60, 20)).Layers.Select(l => l.Name));
        Assert.Equal("a.in_proj_weight", Assert.Single(Map(Strict, Described("a.in_proj_weight", 50, 20)).Layers).Name);
    }

    [Fact]
    public void What_is_no_weight_is_skipped_with_its_reason()
    {
        object storage = new();
        LayerMap map = LayerMapper.Map(
            Checkpoint(
                [
                    Described("scalar"), Described("bias", 20), Described("empty", 0, 3), Described("small", 30, 4), Described("many", 2, 2, 2, 2, 2, 2),
                    new DescribedTensor { Name = "steps", Shape = [20, 20], Count = 400, ElementType = ElementType.I64, ElementTypeName = "I64" },
                    new DescribedTensor { Name = "moment", Shape = [20, 20], Count = 400, ElementType = ElementType.F32, ElementTypeName = "F32", IsOptimizerState = true },
                    Described("embed.weight", 40, 20, storage), Described("head.weight", 40, 20, storage),
                ],
                new UnreadableTensor("codes", [3, 4], "quantized codes")),
            Strict with { MinEvals = 10, Exclude = [] });
        Assert.Equal(["embed"], map.Layers.Select(l => l.Name));
        Assert.Equal(
            [
                "scalar: scalar", "bias: one-dimensional", "empty: no elements", "small: 4 eigenvalues, fewer than min_evals 10", "many: 6-dimensional",
                "steps: elements are I64, not floating-point weights", "moment: optimizer state", "head.weight: tied: the same elements as 'embed.weight'", "codes: quantized codes",
            ],
            map.Skipped.Select(s => $"{s.Name}: {s.Reason}"));
        Assert.Equal(1 + 20 + 0 + 120 + 64 + 800, map.Parameters);
    }

    [Fact]
    public void Patterns_choose_layers_by_name()
    {
        LayerMap map = Map(
            Strict with { Include = ["encoder.*", "head"], Exclude = ["*embed*"] },
            Described("encoder.fc.weight", 6, 4), Described("encoder.embed.weight", 6, 4), Described("decoder.weight", 6, 4), Described("head.weight", 6, 4));
        Assert.Equal(["encoder.fc", "head"], map.Layers.Select(l => l.Name));
        Assert.Equal([1, 2], map.Layers.Select(l => l.Id));
        Assert.Equal(["excluded by '*embed*'", "matched by no include pattern"], map.Skipped.Select(s => s.Reason));
        Assert.True(map.HasDeselected);
    }

    /// <summary>A weight under two names is analysed under the second where the first is left out; and counts once.</summary>
    [Fact]
    public void A_tied_weight_is_left_out_under_the_name_that_is_left_out()
    {
        object storage = new();
        DescribedTensor[] tensors = [Described("embed.weight", 40, 20, storage), Described("head.weight", 40, 20, storage), Described("again.weight", 40, 20, storage)];
        LayerMap map = Map(Strict with { Exclude = ["*embed*"] }, tensors);
        Assert.Equal(["head"], map.Layers.Select(l => l.Name));
        Assert.Equal(["excluded by '*embed*'", "tied: the same elements as 'head.weight'"], map.Skipped.Select(s => s.Reason));
        Assert.Equal(800, map.Parameters);
        Assert.Equal(["again"], Map(Strict with { Include = ["again"] }, tensors).Layers.Select(l => l.Name));
    }

    [Fact]
    public void Two_tensors_never_share_a_layer_name()
    {
        LayerMap map = Map(Strict, Described("a", 6, 4), Described("a.weight", 6, 4));
        Assert.Equal(["a", "a.weight"], map.Layers.Select(l => l.Name));
    }

    [Fact]
    public void Compatible_ids_count_the_weights_that_are_passed_over()
    {
        LayerMap map = Map(
            Strict with { Semantics = Semantics.Compatible },
            Described("bn.weight", 20), Described("bn.bias", 20), Described("fc.weight", 30, 20), Described("conv1d.weight", 30, 20, 3), Described("out.weight", 30, 20));
        Assert.Equal([2, 4], map.Layers.Select(l => l.Id));
    }

    private static LayerMap Map(AnalysisOptions options, params DescribedTensor[] tensors) => LayerMapper.Map(Checkpoint(tensors), options);

    private static Checkpoint Checkpoint(DescribedTensor[] tensors, params UnreadableTensor[] unreadable) =>
        new() { Format = "test", Tensors = [.. tensors], Unreadable = [.. unreadable], Files = [] };

    private static DescribedTensor Described(string name, params int[] shape) => Described(name, TensorLayout.Unspecified, shape);

    private static DescribedTensor Described(string name, int rows, int columns, object storage) =>
        new() { Name = name, Shape = [rows, columns], Count = rows * columns, ElementType = ElementType.F32, ElementTypeName = "F32", StorageIdentity = storage };

    private static DescribedTensor Described(string name, TensorLayout layout, params int[] shape) => new()
    {
        Name = name,
        Shape = [.. shape.Select(d => (long)d)],
        Count = shape.Aggregate(1L, (a, b) => a * b),
        ElementType = ElementType.F32,
        ElementTypeName = "F32",
        Layout = layout,
    };

    private static IEnumerable<long> Indices(MatrixSlice s) =>
        from i in Enumerable.Range(0, s.Rows)
        from j in Enumerable.Range(0, s.Columns)
        select s.Offset + (i * s.RowStride) + (j * s.ColumnStride);

    /// <summary>A tensor that is only described.</summary>
    private sealed class DescribedTensor : Tensor
    {
        public override void Read(long start, Span<double> destination) => destination.Clear();
    }
}
