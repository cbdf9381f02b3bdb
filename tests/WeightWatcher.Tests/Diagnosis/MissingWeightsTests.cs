using WeightWatcher.Diagnosis;

namespace WeightWatcher.Tests.Diagnosis;

public sealed class MissingWeightsTests
{
    [Fact]
    public void A_whole_model_lacks_nothing() =>
        Assert.Empty(Find("fc1.weight:2", "fc1.bias:1", "bn1.weight:1", "bn1.bias:1", "fc2.weight:2", "fc2.bias:1", "fc3.weight:2", "fc3.bias:1"));

    [Fact]
    public void A_bias_whose_weight_is_gone_tells_where_it_was() =>
        Assert.Equal(["fc2"], Find("fc1.weight:2", "fc1.bias:1", "fc2.bias:1", "fc3.weight:2", "fc3.bias:1"));

    [Fact]
    public void Keras_names_are_read_too() =>
        Assert.Equal(["b.b_1"], Find("a/a_1/kernel:0:2", "a/a_1/bias:0:1", "b/b_1/bias:0:1", "c/c_1/depthwise_kernel:0:4", "c/c_1/bias:0:1"));

    [Fact]
    public void Biases_beside_weights_of_an_inner_module_are_whole() =>
        Assert.Empty(Find("g.0.bias:1", "g.0.linear.weight:2", "g.1.bias:1", "g.1.linear.weight:2", "head.weight:2", "head.bias:1"));

    [Fact]
    public void Where_biases_alone_are_usual_none_is_missing() =>
        Assert.Empty(Find("a.bias:1", "b.bias:1", "c.bias:1", "d.weight:2", "d.bias:1", "e.weight:2", "e.bias:1"));

    [Theory]
    [InlineData(2, "blocks.2.q.weight")]
    [InlineData(0, null)]
    [InlineData(4, null)]
    public void A_gap_inside_a_series_is_found_and_its_ends_are_not(int missing, string? expected)
    {
        string[] names = [.. Enumerable.Range(0, 5).SelectMany(i => i == missing ? (string[])[$"blocks.{i}.k.weight:2"] : [$"blocks.{i}.q.weight:2", $"blocks.{i}.k.weight:2"])];
        Assert.Equal(expected is null ? [] : [expected], Find(names));
    }

    [Fact]
    public void Blocks_that_differ_by_design_lack_nothing() =>
        Assert.Empty(Find("f.0.weight:4", "f.1.weight:1", "f.3.weight:4", "f.4.weight:1", "f.7.weight:4", "f.8.weight:1", "f.10.weight:4"));

    [Fact]
    public void A_block_of_another_kind_inside_a_series_is_not_a_loss() =>
        Assert.Empty(Find([.. Enumerable.Range(0, 6).Select(i => i == 3 ? $"base.{i}.branch.conv.weight:4" : $"base.{i}.0.weight:4")]));

    [Fact]
    public void Renamed_weights_say_nothing() =>
        Assert.Empty(Find("onnx::MatMul_12:2", "a.bias:1", "b.weight:2", "b.bias:1", "c.weight:2", "c.bias:1", "d.weight:2", "d.bias:1"));

    private static string[] Find(params string[] tensors) =>
        [.. MissingWeights.Find([.. tensors.Select(t => (t[..t.LastIndexOf(':')], t[^1] - '0'))])];
}
