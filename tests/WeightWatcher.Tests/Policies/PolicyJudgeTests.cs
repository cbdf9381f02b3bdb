using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Codes;
using WeightWatcher.Metrics;
using static WeightWatcher.Tests.Policies.Reports;

namespace WeightWatcher.Tests.Policies;

public sealed class PolicyJudgeTests
{
    [Theory]
    [InlineData(LayerFault.NonFinite, "WWG2022")]
    [InlineData(LayerFault.AllZero, "WWG2023")]
    public void Broken_weights_are_one_error_under_every_policy(LayerFault fault, string code)
    {
        foreach (string text in new[] { "version: 1\nextends: none\nrules: []\n", "version: 1\nrules: [{ id: r, metric: alpha, max: 6, severity: info }]\n" })
        {
            Policy policy = Policy.Parse(text);
            Verdict verdict = policy.Judge(Of(policy, Layer("good", ("alpha", 3)), Faulty("fc1", fault)));
            Assert.False(verdict.Passed);
            Violation violation = Assert.Single(verdict.Violations, v => v.Severity == Severity.Error);
            Assert.Equal((code, "fc1"), (violation.Code, violation.Layer));
        }
    }

    [Fact]
    public void A_report_without_layers_fails() =>
        Assert.Equal(["WWG2021"], Judge("metric: alpha, max: 6").Where(v => v.Severity == Severity.Error).Select(v => v.Code));

    [Fact]
    public void A_pattern_that_selects_nothing_is_an_error_in_include_and_rules_and_a_note_in_exclude()
    {
        Policy policy = Policy.Parse("""
            version: 1
            layers:
              include: ["*", "fc9"]
              exclude: ["*embed*", "*pos*"]
            rules:
              - { id: r, metric: alpha, max: 6, layers: ["fc*", "conv1"] }
            """);
        ModelReport report = Of(policy, Layer("fc1", ("alpha", 3)), Layer("conv11", ("alpha", 9))) with { Skipped = [new SkippedTensor("tok_embed.weight", [5, 5], "excluded")] };
        ImmutableArray<Violation> found = policy.Judge(report).Violations;
        Assert.Equal([("WWG3028", Severity.Error, 3), ("WWG3029", Severity.Error, 6), ("WWG3030", Severity.Info, 4)], found.Select(v => (v.Code, v.Severity, v.PolicyLine!.Value)));
        Assert.Contains("did you mean 'fc1'?", found[0].Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'conv11'?", found[1].Message, StringComparison.Ordinal);
        Assert.Contains("'*pos*'", found[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dead_pattern_says_when_it_matches_what_was_skipped()
    {
        Policy policy = Rule("metric: alpha, max: 6, layers: 'head'");
        ModelReport report = Of(policy, Layer("fc1", ("alpha", 3))) with { Skipped = [new SkippedTensor("head.weight", [3, 3], "too few eigenvalues")] };
        Violation violation = Assert.Single(policy.Judge(report).Violations);
        Assert.Contains("it matches 'head.weight', which was skipped: too few eigenvalues", violation.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("95%", null)]
    [InlineData("96%", "WWG1008")]
    public void Too_little_of_the_model_analysed_is_an_error(string min, string? code)
    {
        Policy policy = Policy.Parse($"version: 1\ncoverage: {{ min: {min} }}\n");
        Violation? violation = policy.Judge(Of(policy, Layer("a"))).Violations.SingleOrDefault();
        Assert.Equal(code, violation?.Code);
        Assert.Equal(code is null ? null : 2, violation?.PolicyLine);
    }

    [Fact]
    public void Coverage_that_is_not_known_is_an_error()
    {
        Policy policy = Policy.Parse("version: 1\ncoverage: { min: 10% }\n");
        Assert.Equal(["WWG1005"], policy.Judge(Of(policy, Layer("a")) with { Summary = [] }).Violations.Select(v => v.Code));
    }

    [Fact]
    public void A_report_of_another_analysis_is_the_callers_mistake()
    {
        Policy policy = Rule("metric: alpha, max: 6");
        ModelReport report = Of(policy, Layer("a", ("alpha", 3))) with { Options = policy.Analysis with { Pool = false } };
        AnalysisMismatchException thrown = Assert.Throws<AnalysisMismatchException>(() => policy.Judge(report));
        Assert.Equal(PolicyFileCodes.OtherAnalysis, thrown.Code);
        Assert.Contains("pool=False, not pool=True", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_threads_is_no_other_analysis()
    {
        Policy policy = Rule("metric: alpha, max: 6");
        Assert.True(policy.Judge(Of(policy, Layer("a", ("alpha", 3))) with { Options = policy.Analysis with { MaxThreads = 3 } }).Passed);
    }

    [Fact]
    public void Errors_come_first_then_warnings_then_notes_and_the_worst_of_each_first()
    {
        Policy policy = Policy.Parse("""
            version: 1
            rules:
              - { id: note, metric: D, max: 0.1, severity: info }
              - { id: warn, metric: D, max: 0.1, severity: warning }
              - { id: fail, metric: alpha, max: 6 }
            """);
        ImmutableArray<Violation> found = policy.Judge(Of(policy, Layer("a", ("alpha", 7), ("D", 0.2)), Layer("b", ("alpha", 12), ("D", 0.3)), Layer("c", ("alpha", 7), ("D", 0.2)))).Violations;
        Assert.Equal(["fail:b", "fail:a", "fail:c", "warn:b", "warn:a", "warn:c", "note:b", "note:a", "note:c"], found.Select(v => $"{v.Rule}:{v.Layer}"));
    }

    [Fact]
    public void Warnings_and_notes_do_not_fail()
    {
        Policy policy = Rule("metric: alpha, max: 6, severity: warning");
        Verdict verdict = policy.Judge(Of(policy, Layer("a", ("alpha", 9))));
        Assert.True(verdict.Passed);
        verdict.ThrowIfFailed();
    }

    [Fact]
    public void A_rule_that_is_off_says_nothing()
    {
        Policy policy = Policy.Parse("version: 1\nrules:\n  - { id: a, metric: alpha, max: 6, severity: off, layers: dead, baseline: { max_increase: 0 } }\n  - { id: b, metric: alpha, max: 6 }\n");
        Assert.Empty(policy.Judge(Of(policy, Layer("a", ("alpha", 3)))).Violations);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public void The_same_inputs_give_the_same_verdict_in_every_culture(string culture)
    {
        Policy policy = Rule("metric: alpha, min: 2.5, max: 6.5, baseline: { max_increase: 2.5% }");
        ModelReport report = Of(policy, Layer("a", ("alpha", 1234.5678)), Layer("b", ("alpha", 1.5)), With("c", ("alpha", Measurement.NotApplicable("x"))));
        ModelReport baseline = Of(policy, Layer("a", ("alpha", 3.5)), Layer("b", ("alpha", 1.25)), Layer("c", ("alpha", 2.5)));
        string expected = Text(policy.Judge(report, baseline));
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, Text(policy.Judge(report, baseline)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Text(Verdict verdict) => string.Join('\n', verdict.Violations.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Code} {v.Severity} {v.Layer} {v.Value} {v.Limit} {v.Message}")));
}
