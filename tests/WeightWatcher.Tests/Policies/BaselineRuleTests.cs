using System.Collections.Immutable;
using WeightWatcher.Metrics;
using static WeightWatcher.Tests.Policies.Reports;

namespace WeightWatcher.Tests.Policies;

public sealed class BaselineRuleTests
{
    [Theory]
    [InlineData("max_decrease: 0.05", 0.30, 0.25, null)]
    [InlineData("max_decrease: 0.05", 0.30, 0.24, "WWG1004")]
    [InlineData("max_decrease: 10%", 0.30, 0.28, null)]
    [InlineData("max_decrease: 10%", 0.30, 0.26, "WWG1004")]
    [InlineData("max_decrease: 10%", 0.30, 0.90, null)]
    [InlineData("max_increase: 0", 2, 2, null)]
    [InlineData("max_increase: 0", 2, 3, "WWG1003")]
    [InlineData("max_increase: 50%", -2, -1.5, null)]
    [InlineData("max_increase: 50%", -2, -0.5, "WWG1003")]
    [InlineData("max_increase: 50%", 0, 0.1, "WWG1003")]
    [InlineData("max_increase: [0.2, 50%]", 0, 0.1, null)]
    [InlineData("max_increase: [50%, 0.2]", 2, 2.9, null)]
    [InlineData("max_increase: [0.2, 50%]", 2, 3.1, "WWG1003")]
    public void A_change_is_judged_by_direction_and_tolerance(string tolerance, double before, double now, string? code)
    {
        foreach (string scope in new[] { "per: layer", "per: model, aggregate: median" })
        {
            Violation? violation = Compare($"metric: rand_distance, {scope}, baseline: {{ {tolerance} }}", [Layer("a", ("rand_distance", now))], [Layer("a", ("rand_distance", before))]).SingleOrDefault();
            Assert.Equal(code, violation?.Code);
            Assert.Equal(code is null ? null : before, violation?.Baseline);
        }
    }

    [Theory]
    [InlineData("max: 6", 0.9, "WWG1002")]
    [InlineData("max: 6", 1.1, "WWG1010")]
    [InlineData("baseline: { max_increase: 2 }", 0.9, "WWG1003")]
    [InlineData("baseline: { max_increase: 2 }", 1, "WWG1010")]
    public void Alpha_that_does_not_survive_rounding_gates_nothing(string limit, double rounding, string code)
    {
        // 7 lies one beyond the limit, and four beyond the baseline, of which two are allowed.
        Violation violation = Assert.Single(Compare($"metric: alpha, {limit}", [Layer("a", ("alpha", 7), ("alpha_rounding", rounding))], [Layer("a", ("alpha", 3), ("alpha_rounding", 0.1))]), v => v.Code != "WWG4009");
        Assert.Equal(code, violation.Code);
        Assert.Equal(code == "WWG1010" ? Severity.Info : Severity.Error, violation.Severity);
        Assert.Equal(code == "WWG1010", violation.Message.Contains("rounding the weights to 8 bits moves it by up to ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_metrics_own_error_hides_is_said_once_for_the_rule()
    {
        LayerReport[] layers = [Layer("a", ("log_norm", 2), ("log_norm_se", 0.001)), Layer("b", ("log_norm", 2), ("log_norm_se", 0.1)), Layer("c", ("log_norm", 2), ("log_norm_se", 0.05))];
        Violation note = Assert.Single(Compare("metric: log_norm, baseline: { max_decrease: 5% }", layers, layers));
        Assert.Equal(("WWG1011", Severity.Info), (note.Code, note.Severity));
        Assert.StartsWith("rule 'r' (policy line 3) could not see all that it guards against in 2 of 3 layers, most in layer 'b': log_norm: it allows a change of 0.1 from 2, and the metric's own error hides changes below 0.3", note.Message, StringComparison.Ordinal);
        Assert.Empty(Compare("metric: log_norm, baseline: { max_decrease: 5%, standard_errors: 0 }", layers, layers));
        Assert.Empty(Compare("metric: log_norm, baseline: { max_decrease: 50% }", layers, layers));
    }

    [Fact]
    public void The_more_layers_are_compared_the_farther_one_must_lie_from_its_baseline()
    {
        LayerReport[] Layers(int count, double first) => [.. Enumerable.Range(0, count).Select(i => Layer($"l{i}", ("log_norm", i == 0 ? first : 2), ("log_norm_se", 0.1 / Math.Sqrt(2))))];
        string Code(int count) => Assert.Single(Compare("metric: log_norm, baseline: { max_increase: 0.2 }", Layers(count, 2.3), Layers(count, 2)), v => v.Layer == "l0").Code;
        Assert.Equal("WWG1003", Code(10));
        Assert.Equal("WWG1010", Code(300));
    }

    [Theory]
    [InlineData(5, 1, 1, true)]
    [InlineData(3, 1, 1, false)]
    [InlineData(5, 2, 1, false)]
    [InlineData(5, 1, 0.4, false)]
    public void Conditions_on_the_baseline_decide_which_layers_are_judged(double before, double now, double growth, bool broken)
    {
        Policy policy = Rule("metric: rand_distance_ratio, min: 1.6, when_baseline: { rand_distance_ratio: '>= 4' }, when_relative: { norm: '>= 0.5' }, when_not_applicable: ignore");
        ModelReport report = Of(policy, Layer("a", ("rand_distance_ratio", now), ("norm", 10 * growth)), Layer("new", ("rand_distance_ratio", 1), ("norm", 1)));
        ModelReport baseline = Of(policy, Layer("a", ("rand_distance_ratio", before), ("norm", 10)));
        ImmutableArray<Violation> found = policy.Judge(report, baseline).Violations;
        Assert.Equal(broken ? ["WWG1001"] : [], found.Where(v => v.Rule == "r").Select(v => v.Code));
        Assert.Equal("WWG4001", Assert.Single(policy.Judge(report).Violations).Code);
    }

    [Fact]
    public void What_was_zero_has_no_ratio_and_what_failed_before_fails()
    {
        const string Keys = "metric: alpha, max: 6, when_relative: { rank_loss: '>= 2' }, when_not_applicable: warn";
        Assert.Equal("WWG1006", Assert.Single(Compare(Keys, [Layer("a", ("alpha", 9), ("rank_loss", 3))], [Layer("a", ("rank_loss", 0))]), v => v.Layer == "a").Code);
        Assert.Equal("WWG1005", Assert.Single(Compare(Keys, [Layer("a", ("alpha", 9), ("rank_loss", 3))], [With("a", ("rank_loss", Measurement.Failed("lost")))])).Code);
    }

    [Fact]
    public void The_message_names_baseline_change_and_tolerance()
    {
        string message = Compare("metric: rand_distance, baseline: { max_decrease: 5% }", [Layer("a", ("rand_distance", 0.2))], [Layer("a", ("rand_distance", 0.25))])[0].Message;
        Assert.StartsWith("layer 'a': rand_distance fell from 0.25 in the baseline to 0.2, by 0.05 (20 %); rule 'r' (policy line 3) allows 5 % (0.0125).", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.1, "WWG1003")]
    [InlineData(0.5, "WWG1010")]
    public void A_change_within_the_metrics_own_error_is_inconclusive_and_says_so(double sigma, string code)
    {
        Violation violation = Assert.Single(Compare("metric: alpha, baseline: { max_increase: 0.2 }", [Layer("a", ("alpha", 4), ("sigma", sigma))], [Layer("a", ("alpha", 3), ("sigma", sigma))]));
        Assert.Equal(code, violation.Code);
        Assert.Equal(code == "WWG1010" ? Severity.Info : Severity.Error, violation.Severity);
    }

    [Fact]
    public void The_rules_of_a_built_in_policy_are_one_finding_without_a_baseline()
    {
        Policy policy = Policy.Parse("version: 1\nextends: [no-regression]\nrules:\n  - { id: r, metric: alpha, baseline: { max_increase: 1 } }\n");
        Violation[] found = [.. policy.Judge(Of(policy, Layer("a", ("alpha", 3)))).Violations.Where(v => v.Code == "WWG4001")];
        Assert.Equal(2, found.Length);
        int more = policy.Rules.Count(rule => rule.NeedsBaseline || rule.HasBaselineConditions || rule.ComparesWeights) - 2;
        Assert.Contains(found, v => v.Message.Contains($" and {more} more of no-regression (built-in) compare with a baseline and none was given.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_rule_that_compares_fails_without_a_baseline_and_still_judges_its_limits()
    {
        Policy policy = Rule("metric: alpha, max: 6, severity: warning, baseline: { max_increase: 1 }");
        ImmutableArray<Violation> found = policy.Judge(Of(policy, Layer("a", ("alpha", 9)))).Violations;
        Assert.Equal([("WWG4001", Severity.Error), ("WWG1002", Severity.Warning)], found.Select(v => (v.Code, v.Severity)));
    }

    [Fact]
    public void Added_removed_and_reshaped_layers_are_reported_once_each()
    {
        LayerReport wide = With("same", ("N", Measurement.Of(128)), ("alpha", Measurement.Of(3))) with { Shape = [128, 32] };
        ImmutableArray<Violation> found = Compare("metric: alpha, baseline: { max_increase: 1 }", [Layer("new", ("N", 99), ("alpha", 30)), wide], [Layer("gone", ("alpha", 3)), Layer("same", ("alpha", 3))]);
        Assert.Equal([("WWG4007", Severity.Error, "same"), ("WWG4006", Severity.Error, "gone"), ("WWG4005", Severity.Warning, "new")], found.Select(v => (v.Code, v.Severity, v.Layer)));
        Assert.Contains("128 x 32 and had 64 x 32", found[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_slices_of_one_layer_are_one_layer_that_was_removed()
    {
        LayerReport slice = Layer("conv", ("alpha", 3));
        Assert.Single(Compare("metric: alpha, baseline: { max_increase: 1 }", [Layer("a", ("alpha", 3))], [Layer("a", ("alpha", 3)), slice with { SliceId = 0 }, slice with { SliceId = 1 }]));
    }

    [Fact]
    public void Slices_are_compared_with_the_slice_of_their_number()
    {
        LayerReport Slice(int id, double alpha) => Layer("conv", ("alpha", alpha)) with { SliceId = id };
        Assert.Empty(Compare("metric: alpha, baseline: { max_increase: 0.5 }", [Slice(0, 2), Slice(1, 5)], [Slice(0, 2), Slice(1, 5)]));
    }

    [Fact]
    public void A_transposed_layer_has_the_same_shape_of_matrix() =>
        Assert.Empty(Compare("metric: alpha, baseline: { max_increase: 1 }", [Layer("a", ("alpha", 3)) with { Shape = [32, 64] }], [Layer("a", ("alpha", 3))]));

    [Fact]
    public void A_metric_that_was_not_measured_in_the_baseline_is_an_error()
    {
        Assert.Equal(["WWG4008"], Compare("metric: alpha, baseline: { max_increase: 1 }", [Layer("a", ("alpha", 3))], [With("a", ("alpha", Measurement.Failed("x")))]).Select(v => v.Code));
        Assert.Equal(["WWG4008"], Compare("metric: alpha, per: model, baseline: { max_increase: 1 }", [Layer("a", ("alpha", 3))], [With("a", ("alpha", Measurement.Failed("x")))]).Select(v => v.Code));
    }

    /// <summary>As in a file that is older than the metric, or that lost a line in a merge. What the file says does not apply is another thing.</summary>
    [Theory]
    [InlineData("metric: alpha, baseline: { max_increase: 1 }")]
    [InlineData("metric: entropy, max: 0.5, when_baseline: { alpha: '<= 4' }")]
    [InlineData("metric: entropy, max: 0.5, when_relative: { alpha: '>= 1' }, when_not_applicable: ignore")]
    [InlineData("metric: alpha, per: model, baseline: { max_increase: 1 }")]
    public void A_metric_that_the_baseline_does_not_have_is_an_error(string keys)
    {
        LayerReport[] model = [Layer("a", ("alpha", 9), ("entropy", 0.4)), Layer("b", ("alpha", 3), ("entropy", 0.4))];
        LayerReport[] baseline = [Layer("a", ("entropy", 0.4)), Layer("b", ("alpha", 3), ("entropy", 0.4))];
        Violation violation = Assert.Single(Compare(keys, model, baseline), v => v.Severity == Severity.Error);
        Assert.Contains("it does not have ", violation.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Compare(keys, model, [With("a", ("alpha", Measurement.NotApplicable("too few")), ("entropy", Measurement.Of(0.4))), baseline[1]]),
            v => v.Message.Contains("it does not have ", StringComparison.Ordinal));

        // A layer that the rule is not about may lack what it likes.
        Assert.DoesNotContain(Compare($"layers: b, {keys}", model, baseline), v => v.Severity == Severity.Error);
    }

    [Fact]
    public void Tolerances_alone_judge_where_no_standard_errors_are_asked_for()
    {
        LayerReport[] model = [Layer("a", ("alpha", 3.2), ("alpha_rounding", 0.01))], baseline = [Layer("a", ("alpha", 3), ("alpha_rounding", 0.01))];
        Assert.Equal("WWG1010", Assert.Single(Compare("metric: alpha, baseline: { max_increase: 0 }", model, baseline)).Code);
        Assert.Equal("WWG1003", Assert.Single(Compare("metric: alpha, baseline: { max_increase: 0, standard_errors: 0 }", model, baseline)).Code);
    }

    [Fact]
    public void A_renamed_layer_says_how_it_was_told()
    {
        LayerReport before = Layer("old", ("alpha", 3)) with { WeightHash = new string('a', 64) }, now = Layer("new", ("alpha", 3));
        string Said(string hash) => Assert.Single(Compare("metric: alpha, baseline: { max_increase: 1 }", [now with { WeightHash = hash }], [before])).Message;
        Assert.Contains("by weights, and", Said(before.WeightHash), StringComparison.Ordinal);
        Assert.Contains("by order, shape and type, and", Said(new string('b', 64)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_baseline_file_without_the_metric_names_the_command_that_makes_it_again()
    {
        Policy policy = Rule("metric: alpha, per: model, baseline: { max_increase: 1 }");
        Baseline checkpoint = Baseline.Of(Of(policy, Layer("a", ("entropy", 3))));
        string Said(Baseline baseline) => Assert.Single(policy.Judge(Of(policy, Layer("a", ("alpha", 3))), baseline, new DateOnly(2026, 1, 1)).Violations).Message;
        Assert.EndsWith("make it again: dotnet build -t:WeightWatcherUpdateBaseline; otherwise choose another baseline.", Said(checkpoint with { FilePath = "net.wwbaseline.json" }), StringComparison.Ordinal);
        Assert.EndsWith("Choose another baseline.", Said(checkpoint), StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_that_no_longer_applies_is_at_least_a_warning()
    {
        Violation violation = Compare("metric: alpha, baseline: { max_increase: 1 }", [With("a", ("alpha", Measurement.NotApplicable("too few"))), Layer("b", ("alpha", 3))], [Layer("a", ("alpha", 3)), Layer("b", ("alpha", 3))]).Single();
        Assert.Equal(("WWG1006", Severity.Warning), (violation.Code, violation.Severity));
    }

    [Fact]
    public void A_baseline_of_other_options_is_an_error_and_nothing_is_compared()
    {
        Policy policy = Rule("metric: alpha, baseline: { max_increase: 1 }");
        ModelReport baseline = Of(policy, Layer("a", ("alpha", 3))) with { Options = policy.Analysis with { Seed = 7 } };
        Violation violation = Assert.Single(policy.Judge(Of(policy, Layer("a", ("alpha", 9))), baseline).Violations);
        Assert.Equal("WWG4004", violation.Code);
        Assert.Contains("seed=7, not seed=42", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_baseline_that_no_rule_uses_is_a_warning()
    {
        Violation violation = Assert.Single(Compare("metric: alpha, max: 6", [Layer("a", ("alpha", 3))], [Layer("a", ("alpha", 1))]));
        Assert.Equal(("WWG4009", Severity.Warning), (violation.Code, violation.Severity));
    }

    private static ImmutableArray<Violation> Compare(string keys, LayerReport[] candidate, LayerReport[] baseline)
    {
        Policy policy = Rule(keys);
        return policy.Judge(Of(policy, candidate), Of(policy, baseline)).Violations;
    }
}
