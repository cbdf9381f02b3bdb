using WeightWatcher.Metrics;
using static WeightWatcher.Tests.Policies.Reports;

namespace WeightWatcher.Tests.Policies;

public sealed class ModelRuleTests
{
    private static readonly LayerReport[] Four = [Layer("a", ("alpha", 1)), Layer("b", ("alpha", 2)), Layer("c", ("alpha", 3)), Layer("d", ("alpha", 10))];

    [Theory]
    [InlineData("mean", 4)]
    [InlineData("median", 2.5)]
    [InlineData("min", 1)]
    [InlineData("max", 10)]
    public void A_model_is_judged_by_one_value_of_its_layers(string aggregate, double value)
    {
        Violation violation = Assert.Single(Judge($"metric: alpha, per: model, aggregate: {aggregate}, min: 100", Four));
        Assert.Equal(("WWG1001", value, null), (violation.Code, violation.Value, violation.Layer));
        Assert.Contains("over 4 layers", violation.Message, StringComparison.Ordinal);
        Assert.Contains("lowest in layer 'a': 1", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_mean_is_the_aggregate_when_none_is_named() =>
        Assert.Equal(4, Judge("metric: alpha, per: model, max: 3", Four)[0].Value);

    [Fact]
    public void The_median_of_an_odd_number_is_the_one_in_the_middle() =>
        Assert.Equal(2, Judge("metric: alpha, per: model, aggregate: median, min: 100", Four[..3])[0].Value);

    [Fact]
    public void Layers_that_the_metric_does_not_apply_to_are_left_out() =>
        Assert.Equal(9, Judge("metric: alpha, per: model, max: 6", Layer("a", ("alpha", 9)), With("b", ("alpha", Measurement.NotApplicable("too few"))))[0].Value);

    [Fact]
    public void A_layer_that_could_not_be_measured_is_an_error_beside_the_aggregate_of_the_others() =>
        Assert.Equal(["WWG1005", "WWG1002"], Judge("metric: alpha, per: model, max: 6", Layer("a", ("alpha", 9)), With("b", ("alpha", Measurement.Failed("x")))).Select(v => v.Code));

    [Fact]
    public void A_model_without_any_value_is_never_a_silent_pass() =>
        Assert.Equal(["WWG1007"], Judge("metric: alpha, per: model, max: 6", With("b", ("alpha", Measurement.NotApplicable("x")))).Select(v => v.Code));

    [Fact]
    public void A_metric_of_the_whole_model_needs_no_aggregate()
    {
        Assert.Equal((0.95, 0.99), Judge("metric: coverage, min: 0.99", Four).Select(v => (v.Value!.Value, v.Limit!.Value)).Single());
        Assert.Empty(Judge("metric: num_layers, min: 4", Four));
    }

    [Fact]
    public void A_metric_of_the_whole_model_that_is_missing_is_an_error() =>
        Assert.Equal(["WWG1005"], Judge("metric: parameters_analysed, min: 1", Four).Select(v => v.Code));
}
