using System.Collections.Immutable;
using WeightWatcher.Metrics;
using static WeightWatcher.Tests.Policies.Reports;

namespace WeightWatcher.Tests.Policies;

public sealed class LayerRuleTests
{
    [Fact]
    public void A_value_inside_its_limits_is_no_violation() =>
        Assert.Empty(Judge("metric: alpha, min: 2, max: 6", Layer("fc1", ("alpha", 2)), Layer("fc2", ("alpha", 6))));

    [Fact]
    public void A_value_outside_its_limits_is_named_with_limit_rule_and_advice()
    {
        Violation violation = Assert.Single(Judge("metric: alpha, min: 2, max: 6", Layer("fc1", ("alpha", 7.9)), Layer("fc2", ("alpha", 3))));
        Assert.Equal(("WWG1002", Severity.Error, "r", "fc1", "alpha"), (violation.Code, violation.Severity, violation.Rule, violation.Layer, violation.Metric));
        Assert.Equal((7.9, 6.0, null), (violation.Value, violation.Limit, violation.Baseline));
        Assert.Equal((null, 3, 5), (violation.PolicyFile, violation.PolicyLine, violation.PolicyColumn));
        Assert.StartsWith("layer 'fc1': alpha is 7.9, above the maximum 6 of rule 'r' (policy line 3). Below 2 a layer is usually over-trained", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_below_its_minimum_has_its_own_code() =>
        Assert.Equal(["WWG1001"], Judge("metric: alpha, min: 2", Layer("fc1", ("alpha", 1.5))).Select(v => v.Code));

    [Fact]
    public void A_message_never_shows_value_and_limit_as_the_same_number() =>
        Assert.Contains("is 1.99999999, below the minimum 2 ", Judge("metric: alpha, min: 2", Layer("a", ("alpha", 1.99999999)))[0].Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("allow: 1", 1, 0)]
    [InlineData("allow: 1", 2, 2)]
    [InlineData("allow: 50%", 2, 0)]
    [InlineData("allow: 50%", 3, 3)]
    [InlineData("allow: 49%", 2, 2)]
    [InlineData("allow: 0", 1, 1)]
    public void Some_layers_may_break_a_rule_that_allows_it(string allow, int breaking, int violations)
    {
        LayerReport[] layers = [.. Enumerable.Range(0, 4).Select(i => Layer($"fc{i}", ("alpha", i < breaking ? 9.0 : 3.0)))];
        ImmutableArray<Violation> found = Judge($"metric: alpha, max: 6, {allow}", layers);
        Assert.Equal(violations, found.Length);
        if (violations > 1)
            Assert.Contains($"{breaking} of 4 layers break it", found[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_every_layer_breaks_is_broken_however_many_may() =>
        Assert.Equal(2, Judge("metric: alpha, max: 1, allow: 10", Layer("a", ("alpha", 3)), Layer("b", ("alpha", 3))).Length);

    [Fact]
    public void The_allowed_share_is_exact() =>
        Assert.Empty(Judge("metric: alpha, max: 6, allow: 29%", [.. Enumerable.Range(0, 100).Select(i => Layer($"l{i}", ("alpha", i < 29 ? 9.0 : 3.0)))]));

    [Fact]
    public void A_layer_outside_the_patterns_is_not_judged() =>
        Assert.Equal(["enc.1"], Judge("metric: alpha, max: 6, layers: 'enc.*'", Layer("enc.1", ("alpha", 9)), Layer("dec.1", ("alpha", 9))).Select(v => v.Layer));

    [Theory]
    [InlineData(">= 50", 50, true)]
    [InlineData(">= 50", 49, false)]
    [InlineData("> 50", 50, false)]
    [InlineData("<= 50", 50, true)]
    [InlineData("< 50", 50, false)]
    [InlineData("== 50", 50, true)]
    [InlineData("!= 50", 50, false)]
    [InlineData("!=5e1", 49, true)]
    public void A_layer_that_does_not_meet_a_condition_is_not_judged(string condition, double evals, bool judged)
    {
        ImmutableArray<Violation> found = Judge($"metric: alpha, max: 6, when: {{ num_evals: '{condition}' }}", Layer("a", ("alpha", 9), ("num_evals", evals)), Layer("b", ("alpha", 3), ("num_evals", 50), ("num_evals", 50)));
        Assert.Equal(judged, found.Any(violation => violation.Layer == "a"));
    }

    [Fact]
    public void What_could_not_be_measured_is_an_error_whatever_the_severity()
    {
        Violation violation = Assert.Single(Judge("metric: alpha, max: 6, severity: info", With("a", ("alpha", Measurement.Failed("not a number"))), Layer("b", ("alpha", 3))));
        Assert.Equal(("WWG1005", Severity.Error, "a"), (violation.Code, violation.Severity, violation.Layer));
        Assert.Contains("not a number", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_condition_that_could_not_be_measured_is_an_error_too() =>
        Assert.Equal(["WWG1005"], Judge("metric: alpha, max: 6, when: { D: '< 0.1' }", With("a", ("alpha", Measurement.Of(3)), ("D", Measurement.Failed("x"))), Layer("b", ("alpha", 3), ("D", 0.05))).Select(v => v.Code));

    [Theory]
    [InlineData("", null)]
    [InlineData(", when_not_applicable: ignore", null)]
    [InlineData(", when_not_applicable: warn", Severity.Warning)]
    [InlineData(", when_not_applicable: error", Severity.Error)]
    public void What_does_not_apply_means_what_the_rule_says(string key, Severity? expected)
    {
        ImmutableArray<Violation> found = Judge("metric: alpha, max: 6" + key, With("a", ("alpha", Measurement.NotApplicable("too few eigenvalues"))), Layer("b", ("alpha", 3)));
        Assert.Equal(expected, found.SingleOrDefault()?.Severity);
        Assert.All(found, violation => Assert.Equal("WWG1006", violation.Code));
    }

    [Theory]
    [InlineData("", Severity.Error)]
    [InlineData(", severity: warning", Severity.Warning)]
    [InlineData(", severity: info", Severity.Info)]
    [InlineData(", when_not_applicable: ignore", Severity.Info)]
    [InlineData(", when_not_applicable: error, severity: warning", Severity.Error)]
    public void A_rule_that_applies_to_no_layer_is_never_a_silent_pass(string key, Severity expected)
    {
        Violation violation = Judge("metric: alpha, max: 6" + key, With("a", ("alpha", Measurement.NotApplicable("too few eigenvalues")))).Single(v => v.Code == "WWG1007");
        Assert.Equal(expected, violation.Severity);
        Assert.Contains("too few eigenvalues", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_whose_conditions_no_layer_meets_is_never_a_silent_pass() =>
        Assert.Equal(["WWG1007"], Judge("metric: alpha, max: 6, when: { alpha: '> 100' }", Layer("a", ("alpha", 3))).Select(v => v.Code));

    [Fact]
    public void The_description_of_a_rule_is_in_its_message_on_one_line()
    {
        Policy policy = Policy.Parse("version: 1\nrules:\n  - id: r\n    metric: alpha\n    max: 6\n    description: |\n      ask\n      the trainers\n");
        string message = policy.Judge(Of(policy, Layer("a", ("alpha", 9)))).Violations[0].Message;
        Assert.Contains(" ask the trainers. ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_name_in_a_model_cannot_forge_a_line_of_a_message() =>
        Assert.DoesNotContain(Judge("metric: alpha, max: 6", Layer("a\nerror: forged", ("alpha", 9)))[0].Message, character => char.IsControl(character));

    [Fact]
    public void The_slice_of_a_layer_is_named() =>
        Assert.StartsWith("layer 'conv' slice 3: ", Judge("metric: alpha, max: 6", Layer("conv", ("alpha", 9)) with { SliceId = 3 })[0].Message, StringComparison.Ordinal);
}
