using WeightWatcher.Baselines;
using WeightWatcher.Metrics;
using Made = WeightWatcher.Tests.Policies.Reports;

namespace WeightWatcher.Tests.Baselines;

public sealed class LayerMatchingTests
{
    private static readonly Policy Rule = Made.Rule("metric: alpha, baseline: { max_increase: 1 }");

    [Fact]
    public void Layers_are_matched_by_name_whatever_their_order()
    {
        LayerMatching matching = Match([Layer("a", 10), Layer("b", 10)], [Layer("b", 10), Layer("a", 10)]);
        Assert.Equal(("a", "b"), (matching.FormerName("a"), matching.FormerName("b")));
        Assert.Empty(matching.Renamed);
    }

    [Fact]
    public void Layers_of_other_names_are_matched_by_shape_and_type_in_their_order()
    {
        LayerMatching matching = Match([Layer("x", 10), Layer("y", 10), Layer("z", 20), Layer("same", 10)], [Layer("same", 10), Layer("a", 10), Layer("b", 10), Layer("c", 20)]);
        Assert.Equal([("x", "a"), ("y", "b"), ("z", "c")], matching.Renamed.Select(pair => (pair.Layer.Name, pair.Baseline.Name)));
        Assert.Empty(matching.Added);
        Assert.Empty(matching.Removed);
    }

    [Fact]
    public void The_same_weights_under_another_name_decide_before_the_order_does()
    {
        LayerMatching matching = Match([Layer("x", 10, hash: "2"), Layer("y", 10, hash: "1")], [Layer("a", 10, hash: "1"), Layer("b", 10, hash: "2")]);
        Assert.Equal([("x", "b"), ("y", "a")], matching.Renamed.Select(pair => (pair.Layer.Name, pair.Baseline.Name)));
    }

    [Fact]
    public void Nothing_is_guessed_where_more_layers_of_a_shape_are_left_on_one_side()
    {
        LayerMatching matching = Match([Layer("x", 10), Layer("y", 10)], [Layer("a", 10)]);
        Assert.Empty(matching.Renamed);
        Assert.Equal(["x", "y"], matching.Added.Select(layer => layer.Name));
        Assert.Equal(["a"], matching.Removed.Select(layer => layer.Name));
    }

    [Fact]
    public void A_format_that_knows_less_of_the_type_still_matches()
    {
        LayerMatching matching = Match([Layer("x", 10, "dense"), Layer("y", 10, "embedding")], [Layer("a", 10, "dense"), Layer("b", 10, "dense")]);
        Assert.Equal([("x", "a"), ("y", "b")], matching.Renamed.Select(pair => (pair.Layer.Name, pair.Baseline.Name)));
    }

    [Fact]
    public void A_layer_of_one_name_and_two_shapes_is_reshaped()
    {
        LayerMatching matching = Match([Layer("a", 10), Layer("x", 20)], [Layer("a", 20)]);
        Assert.Equal("a", Assert.Single(matching.Reshaped).Layer.Name);
        Assert.Null(matching.FormerName("a"));
        Assert.Equal("x", Assert.Single(matching.Added).Name);
    }

    [Fact]
    public void Slices_stay_together()
    {
        LayerReport[] Slices(string name, int count) => [.. Enumerable.Range(0, count).Select(i => Layer(name, 10) with { SliceId = i })];
        LayerMatching matching = Match([.. Slices("x", 3), .. Slices("y", 2)], [.. Slices("a", 3), .. Slices("b", 4)]);
        Assert.Equal(("x", "a"), (Assert.Single(matching.Renamed).Layer.Name, matching.Renamed[0].Baseline.Name));
        Assert.Equal("y", Assert.Single(matching.Added).Name);
    }

    [Fact]
    public void Matching_a_report_with_itself_under_other_names_renames_every_layer()
    {
        LayerReport[] layers = [.. Enumerable.Range(0, 50).Select(i => Layer($"n{i}", 10 + (i % 3)))];
        LayerMatching matching = Match([.. layers.Select(layer => layer with { Name = "m." + layer.Name })], layers);
        Assert.All(layers, layer => Assert.Equal(layer.Name, matching.FormerName("m." + layer.Name)));
    }

    private static LayerMatching Match(LayerReport[] model, LayerReport[] baseline) => LayerMatching.Of(Made.Of(Rule, Numbered(model)), Made.Of(Rule, Numbered(baseline)));

    private static LayerReport[] Numbered(LayerReport[] layers) => [.. layers.Select((layer, i) => layer with { LayerId = i + 1 })];

    private static LayerReport Layer(string name, int n, string type = "dense", string hash = "") =>
        Made.With(name, ("N", Measurement.Of(n))) with { LayerType = type, WeightHash = hash };
}
