using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Codes;

namespace WeightWatcher.Tests.Policies;

public sealed class PolicyParserTests
{
    private const string Rule = "version: 1\nrules:\n  - id: a\n    metric: alpha\n    max: 6\n";

    [Fact]
    public void Every_key_of_the_language_is_read()
    {
        Policy policy = Policy.Parse("""
            version: 1
            extends: none
            analysis: { semantics: compatible, randomize: both, seed: 18446744073709551615, fit: TPL, min_evals: 5, max_evals: 900, pool: false, mp_fit: false, detX: false }
            layers: { include: ["enc.*", "dec.*"], exclude: "*embed*" }
            rules:
              - id: alpha-range
                metric: alpha
                per: layer
                layers: "enc.*"
                when: { num_evals: ">= 50", rand_distance: "!=0.5" }
                min: 2.0
                max: 6e0
                allow: 12.5%
                severity: warning
                when_not_applicable: warn
                description: said
              - { id: m, metric: rand_distance, per: model, aggregate: median, baseline: { max_increase: 0, max_decrease: 5% } }
            baseline: { path: baselines/main.onnx }
            coverage: { min: 90% }
            """, Path.GetFullPath("/models/weightwatcher.yml"));

        Assert.Equal("weightwatcher.yml", policy.Name);
        Assert.Equal(Semantics.Compatible, policy.Analysis.Semantics);
        Assert.Equal(Randomization.Both, policy.Analysis.Randomize);
        Assert.Equal(ulong.MaxValue, policy.Analysis.Seed);
        Assert.Equal(FitKind.TPL, policy.Analysis.Fit);
        Assert.Equal((5, 900), (policy.Analysis.MinEvals, policy.Analysis.MaxEvals));
        Assert.False(policy.Analysis.Pool || policy.Analysis.MpFit || policy.Analysis.DetX);
        Assert.Equal(["enc.*", "dec.*"], policy.Analysis.Include);
        Assert.Equal(["*embed*"], policy.Analysis.Exclude);
        Assert.Equal(Path.GetFullPath("/models/baselines/main.onnx"), policy.BaselinePath);
        Assert.Equal(0.9, policy.MinCoverage);
        PolicyRule alpha = policy.Rules[0];
        Assert.Equal(("alpha-range", "alpha", RuleScope.Layer), (alpha.Id, alpha.Metric, alpha.Per));
        Assert.Equal(new RulePattern("enc.*", 9, 13), Assert.Single(alpha.Layers));
        Assert.Equal([new RuleCondition("num_evals", RuleOperator.GreaterOrEqual, 50), new RuleCondition("rand_distance", RuleOperator.NotEqual, 0.5)], alpha.When);
        Assert.Equal((2.0, 6.0), (alpha.Min, alpha.Max));
        Assert.Equal(new RuleAmount(12.5, true), alpha.Allow);
        Assert.Equal((Severity.Warning, WhenNotApplicable.Warn, "said"), (alpha.Severity, alpha.WhenNotApplicable, alpha.Description));
        Assert.Equal((6, 5), (alpha.Line, alpha.Column));
        Assert.Equal((RuleScope.Model, RuleAggregate.Median), (policy.Rules[1].Per, policy.Rules[1].Aggregate));
        Assert.Equal(((RuleTolerance?)new RuleTolerance(0, null), (RuleTolerance?)new RuleTolerance(null, 5)), (policy.Rules[1].MaxIncrease, policy.Rules[1].MaxDecrease));
    }

    // Each: what is wrong, the code, the line and the column of what is wrong.
    [Theory]
    [InlineData("", "WWG3004", 1, 1)]
    [InlineData("# only a comment\n", "WWG3004", 1, 1)]
    [InlineData("version: 1\nrules:\n\t- id: a\n", "WWG3005", 3, 1)]
    [InlineData("version: [1\n", "WWG3005", 2, 1)]
    [InlineData("version: 1\n---\nversion: 1\n", "WWG3005", 2, 1)]
    [InlineData("- version: 1\n", "WWG3006", 1, 1)]
    [InlineData("well-trained\n", "WWG3006", 1, 1)]
    [InlineData(Rule + "rulez: []\n", "WWG3007", 6, 1)]
    [InlineData(Rule + "    mx: 3\n", "WWG3007", 6, 5)]
    [InlineData(Rule + "analysis: { detx: true }\n", "WWG3007", 6, 13)]
    [InlineData(Rule + "version: 1\n", "WWG3008", 6, 1)]
    [InlineData(Rule + "    max: 7\n", "WWG3008", 6, 5)]
    [InlineData(Rule + "    min: two\n", "WWG3009", 6, 10)]
    [InlineData(Rule + "    min: '2'\n", "WWG3009", 6, 10)]
    [InlineData(Rule + "    min: 2,5\n", "WWG3009", 6, 10)]
    [InlineData(Rule + "    min:\n", "WWG3009", 6, 9)]
    [InlineData(Rule + "    min: 5%\n", "WWG3009", 6, 10)]
    [InlineData(Rule + "layers: all\n", "WWG3009", 6, 9)]
    [InlineData(Rule + "analysis: { pool: 1 }\n", "WWG3009", 6, 19)]
    [InlineData("version: 1\nrules: alpha\n", "WWG3009", 2, 8)]
    [InlineData("version: 1\nrules: [alpha]\n", "WWG3009", 2, 9)]
    [InlineData("version: '1'\nextends: well-trained\n", "WWG3009", 1, 10)]
    [InlineData("version: 1\nrules:\n  - { id: 5, metric: alpha, max: 1 }\n", "WWG3009", 3, 11)]
    [InlineData(Rule + "coverage: { min: 0.9 }\n", "WWG3009", 6, 18)]
    [InlineData(Rule + "coverage: { min: 101% }\n", "WWG3010", 6, 18)]
    [InlineData(Rule + "    allow: -1\n", "WWG3010", 6, 12)]
    [InlineData(Rule + "    allow: 100%\n", "WWG3010", 6, 12)]
    [InlineData(Rule + "    allow: -5%\n", "WWG3010", 6, 12)]
    [InlineData(Rule + "    baseline: { max_decrease: -1 }\n", "WWG3010", 6, 31)]
    [InlineData(Rule + "    layers: []\n", "WWG3010", 6, 13)]
    [InlineData(Rule + "layers: { include: [] }\n", "WWG3010", 6, 20)]
    [InlineData(Rule + "analysis: { min_evals: 0 }\n", "WWG3010", 6, 24)]
    [InlineData(Rule + "analysis: { seed: -1 }\n", "WWG3010", 6, 19)]
    [InlineData(Rule + "analysis: { seed: 1.5 }\n", "WWG3010", 6, 19)]
    [InlineData(Rule + "    min: .nan\n", "WWG3011", 6, 10)]
    [InlineData(Rule + "    min: -.inf\n", "WWG3011", 6, 10)]
    [InlineData(Rule + "    min: 1e999\n", "WWG3011", 6, 10)]
    [InlineData(Rule + "    baseline: { max_decrease: .inf }\n", "WWG3011", 6, 31)]
    [InlineData("extends: well-trained\n", "WWG3012", 1, 1)]
    [InlineData("version: 2\nextends: well-trained\n", "WWG3013", 1, 10)]
    [InlineData("version: 1.0\nextends: well-trained\n", "WWG3013", 1, 10)]
    [InlineData("version: 1\nrules:\n  - { metric: alpha, max: 1 }\n", "WWG3014", 3, 5)]
    [InlineData("version: 1\nrules:\n  - { id: a, max: 1 }\n", "WWG3014", 3, 5)]
    [InlineData(Rule + "baseline: {}\n", "WWG3014", 6, 11)]
    [InlineData(Rule + "coverage: {}\n", "WWG3014", 6, 11)]
    [InlineData("version: 1\nextends: well-trained\nrules:\n  - { id: trained-layer, severity: off }\n", "WWG3014", 4, 11)]
    [InlineData(Rule + "  - { id: a, metric: D, max: 1 }\n", "WWG3015", 6, 11)]
    [InlineData("version: 1\nrules:\n  - { id: a, metric: Alpha, max: 1 }\n", "WWG3016", 3, 22)]
    [InlineData(Rule + "    when: { num_eval: '>= 5' }\n", "WWG3016", 6, 13)]
    [InlineData(Rule + "    severity: fatal\n", "WWG3017", 6, 15)]
    [InlineData(Rule + "    per: layers\n", "WWG3017", 6, 10)]
    [InlineData(Rule + "analysis: { fit: pl }\n", "WWG3017", 6, 18)]
    [InlineData(Rule + "extends: well-traned\n", "WWG3018", 6, 10)]
    [InlineData(Rule + "extends: [none]\n", "WWG3018", 6, 11)]
    [InlineData(Rule + "    min: 7\n", "WWG3019", 6, 10)]
    [InlineData(Rule + "analysis: { min_evals: 20, max_evals: 10 }\n", "WWG3019", 6, 39)]
    [InlineData(Rule + "    allow: 0.1\n", "WWG3020", 6, 12)]
    [InlineData(Rule + "    allow: 1.0\n", "WWG3020", 6, 12)]
    [InlineData(Rule + "    allow: some\n", "WWG3009", 6, 12)]
    [InlineData(Rule + "    when: { num_evals: 50 }\n", "WWG3021", 6, 24)]
    [InlineData(Rule + "    when: { num_evals: '=> 50' }\n", "WWG3021", 6, 24)]
    [InlineData(Rule + "    when: { num_evals: '>= 5,0' }\n", "WWG3021", 6, 24)]
    [InlineData("version: 1\nrules:\n  - { id: a, metric: alpha }\n", "WWG3022", 3, 5)]
    [InlineData("version: 1\nrules:\n  - { id: a, metric: alpha, baseline: {} }\n", "WWG3022", 3, 39)]
    [InlineData(Rule + "    aggregate: mean\n", "WWG3023", 6, 16)]
    [InlineData(Rule + "    per: model\n    allow: 1\n", "WWG3023", 7, 12)]
    [InlineData("version: 1\nrules:\n  - { id: a, metric: coverage, per: layer, min: 1 }\n", "WWG3023", 3, 37)]
    [InlineData("version: 1\nrules:\n  - { id: a, metric: rand_distance, min: 1 }\nanalysis: { randomize: off }\n", "WWG3024", 3, 5)]
    [InlineData("version: 1\nrules:\n  - { id: a, metric: bulk_max, min: 1 }\nanalysis: { mp_fit: false }\n", "WWG3024", 3, 5)]
    [InlineData("version: 1\nrules:\n  - { id: a, metric: alpha, min: 1, when: { detX_num: '> 1' } }\nanalysis: { detX: false }\n", "WWG3024", 3, 5)]
    [InlineData("version: 1\nrules:\n  - { id: a, metric: Lambda, min: 1 }\n", "WWG3024", 3, 5)]
    [InlineData("version: 1\nextends: well-trained\nanalysis: { randomize: off }\n", "WWG3024", 1, 1)]
    [InlineData(Rule + "analysis: { external_roots: / }\n", "WWG3010", 6, 29)]
    [InlineData(Rule + "analysis: { external_roots: [a, 1] }\n", "WWG3009", 6, 33)]
    [InlineData(Rule + "analysis: { external_roots: '' }\n", "WWG3010", 6, 29)]
    [InlineData(Rule + "runtime:\n", "WWG3009", 6, 9)]
    [InlineData(Rule + "runtime: { load: true }\n", "WWG3007", 6, 12)]
    [InlineData(Rule + "runtime: { loads: 1 }\n", "WWG3017", 6, 19)]
    [InlineData(Rule + "runtime: { loads: fatal }\n", "WWG3017", 6, 19)]
    [InlineData(Rule + "runtime: { max_output_drift: -1% }\n", "WWG3010", 6, 30)]
    [InlineData(Rule + "runtime: { max_output_drift: [1, 2%] }\n", "WWG3009", 6, 30)]
    [InlineData(Rule + "runtime: { max_output_drift: .inf }\n", "WWG3011", 6, 30)]
    [InlineData(Rule + "runtime: { output_drift: warning }\n", "WWG3014", 6, 26)]
    [InlineData(Rule + "runtime: { when_not_applicable: skip }\n", "WWG3017", 6, 33)]
    [InlineData(Rule + "runtime: { seed: -1 }\n", "WWG3010", 6, 18)]
    [InlineData(Rule + "runtime: { runs: 0 }\n", "WWG3010", 6, 18)]
    [InlineData(Rule + "runtime: { runs: 101 }\n", "WWG3010", 6, 18)]
    [InlineData(Rule + "runtime: { timeout: 60 }\n", "WWG3009", 6, 21)]
    [InlineData(Rule + "runtime: { timeout: 0s }\n", "WWG3010", 6, 21)]
    [InlineData(Rule + "runtime: { timeout: -5s }\n", "WWG3009", 6, 21)]
    [InlineData(Rule + "runtime: { timeout: soon }\n", "WWG3009", 6, 21)]
    [InlineData(Rule + "runtime: { max_memory: 4 }\n", "WWG3009", 6, 24)]
    [InlineData(Rule + "runtime: { inputs: [x] }\n", "WWG3009", 6, 20)]
    [InlineData(Rule + "runtime: { inputs: { x: 1 } }\n", "WWG3009", 6, 25)]
    [InlineData(Rule + "runtime: { inputs: { x: {} } }\n", "WWG3014", 6, 25)]
    [InlineData(Rule + "runtime: { inputs: { x: { mean: 1 } } }\n", "WWG3007", 6, 27)]
    [InlineData(Rule + "runtime: { inputs: { x: { min: 1 } } }\n", "WWG3014", 6, 25)]
    [InlineData(Rule + "runtime: { inputs: { x: { min: 2, max: 1 } } }\n", "WWG3019", 6, 32)]
    [InlineData(Rule + "runtime: { inputs: { x: { min: 1, max: 2, value: 3 } } }\n", "WWG3023", 6, 50)]
    [InlineData(Rule + "runtime: { inputs: { x: { value: [1] } } }\n", "WWG3009", 6, 34)]
    [InlineData(Rule + "runtime: { inputs: { x: { shape: 16 } } }\n", "WWG3009", 6, 34)]
    [InlineData(Rule + "runtime: { inputs: { x: { shape: [-1] } } }\n", "WWG3010", 6, 35)]
    [InlineData(Rule + "runtime: { inputs: { x: { shape: [1.5] } } }\n", "WWG3009", 6, 35)]
    [InlineData(Rule + "runtime: { inputs: { x: { value: 1 }, x: { value: 2 } } }\n", "WWG3008", 6, 39)]
    [InlineData(Rule + "runtime: { dimensions: { batch: one } }\n", "WWG3009", 6, 33)]
    [InlineData(Rule + "runtime: { dimensions: [1] }\n", "WWG3009", 6, 24)]
    [InlineData(Rule + "baseline: { path: 'git:main' }\n", "WWG3010", 6, 19)]
    [InlineData(Rule + "baseline: { path: 'git:main:/net.onnx' }\n", "WWG3010", 6, 19)]
    [InlineData(Rule + "baseline: { removed: fatal }\n", "WWG3017", 6, 22)]
    [InlineData(Rule + "baseline: { standard_errors: -1 }\n", "WWG3010", 6, 30)]
    [InlineData(Rule + "    baseline: { max_decrease: [1, 2] }\n", "WWG3009", 6, 31)]
    [InlineData(Rule + "    baseline: { max_decrease: [1, 2%, 3] }\n", "WWG3009", 6, 31)]
    [InlineData(Rule + "    baseline: { inconclusive: error }\n", "WWG3022", 6, 15)]
    [InlineData(Rule + "coverage: &share { min: 90% }\n", "WWG3026", 6, 11)]
    [InlineData(Rule + "    min: !!float 2\n", "WWG3026", 6, 10)]
    [InlineData("version: 1\n", "WWG3027", 1, 1)]
    [InlineData("version: 1\nextends: none\n", "WWG3027", 1, 1)]
    [InlineData("version: 1\nrules: []\n", "WWG3027", 1, 1)]
    [InlineData(Rule + "    severity: off\n", "WWG3027", 1, 1)]
    public void A_fault_has_its_own_code_and_place(string text, string code, int line, int column)
    {
        PolicyFault fault = Faults(text)[0];
        Assert.Equal((code, line, column), (fault.Code.Id, fault.Line, fault.Column));
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Theory]
    [InlineData("rulez: []\n", "'rules'")]
    [InlineData("analysis: { min-evals: 5 }\n", "'min_evals'")]
    [InlineData("analysis: { fit: pl }\n", "'PL'")]
    [InlineData("extends: well_trained\n", "'well-trained'")]
    [InlineData("    allow: 0.1\n", "write 10%")]
    [InlineData("coverage: { min: 0.9 }\n", "write 90%")]
    [InlineData("    min: 2,5\n", "with a point")]
    [InlineData("    when: { num_eval: '> 1' }\n", "'num_evals'")]
    [InlineData("runtime: { finite_output: off }\n", "finite_outputs")]
    public void A_message_says_what_was_probably_meant(string addition, string hint) =>
        Assert.Contains(hint, Faults(Rule + addition)[0].Message, StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_found_in_one_pass_and_listed_in_the_order_of_the_file()
    {
        ImmutableArray<PolicyFault> faults = Faults("""
            version: 3
            extend: well-trained
            rules:
              - { id: a, metric: alpa, max: .inf }
              - { id: a, metric: alpha, min: 7, max: 6, allow: 0.5, severty: off }
            """);
        Assert.Equal(["WWG3013", "WWG3007", "WWG3016", "WWG3011", "WWG3015", "WWG3019", "WWG3020", "WWG3007"], faults.Select(fault => fault.Code.Id));
        Assert.Equal([1, 2, 4, 4, 5, 5, 5, 5], faults.Select(fault => fault.Line));
    }

    [Fact]
    public void The_exception_names_file_place_and_number_of_faults()
    {
        PolicyException fault = Assert.Throws<PolicyException>(() => Policy.Parse("version: 3\nrulez: []\n", Path.GetFullPath("/a/p.yml")));
        Assert.Equal("p.yml, line 1, column 10: version 3 of the policy language is not known to this release, which reads version 1 (and 1 more)", fault.Message);
        Assert.Equal(PolicyFileCodes.UnsupportedVersion, fault.Code);
        Assert.Equal(Path.GetFullPath("/a/p.yml"), fault.Path);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public void The_culture_changes_nothing(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Policy policy = Policy.Parse("version: 1\nrules:\n  - { id: a, metric: mp_softrank, max: 1.5, allow: 2.5% }\nanalysis: { randomize: OFF }\n".Replace("OFF", "off", StringComparison.Ordinal));
            Assert.Equal((1.5, 2.5), (policy.Rules[0].Max, policy.Rules[0].Allow.Value));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void An_alias_bomb_and_deep_nesting_are_refused_at_once()
    {
        string bomb = "version: 1\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";
        Assert.Contains(Faults(bomb), fault => fault.Code == PolicyFileCodes.UnsupportedYaml);
        string deep = "version: 1\nrules: " + new string('[', 100_000);
        Assert.Equal(PolicyFileCodes.UnsupportedYaml, Faults(deep)[0].Code);
        Assert.Equal(PolicyFileCodes.UnsupportedYaml, Faults("rules: " + string.Concat(Enumerable.Repeat("{a: ", 100_000)))[0].Code);
    }

    [Fact]
    public void No_file_has_more_faults_than_a_person_reads() =>
        Assert.Equal(100, Faults("version: 1\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"k{i}: 1\n"))).Length);

    [Fact]
    public void A_rule_replaces_the_inherited_one_of_its_id_in_its_place()
    {
        Policy inherited = Policy.WellTrained;
        Policy policy = Policy.Parse($"version: 1\nextends: well-trained\nrules:\n  - {{ id: {inherited.Rules[0].Id}, metric: D, max: 0.5 }}\n  - {{ id: own, metric: D, max: 1 }}\n");
        Assert.Equal([.. inherited.Rules.Select(rule => rule.Id), "own"], policy.Rules.Select(rule => rule.Id));
        Assert.Equal("D", policy.Rules[0].Metric);
        Assert.Equal(4, policy.Rules[0].Line);
        Assert.Equal(inherited.Rules.Skip(1), policy.Rules.Skip(1).SkipLast(1));
    }

    [Fact]
    public void An_inherited_rule_is_switched_off_by_its_id_alone()
    {
        Policy policy = Policy.Parse($"version: 1\nextends: [well-trained, no-regression]\nrules:\n  - {{ id: {Policy.WellTrained.Rules[0].Id}, severity: off }}\n");
        Assert.Equal(Severity.Off, policy.Rules[0].Severity);
        Assert.Equal(Policy.WellTrained.Rules.Concat(Policy.NoRegression.Rules).Select(rule => rule.Id).Distinct(), policy.Rules.Select(rule => rule.Id));
    }

    [Fact]
    public void A_policy_that_judges_nothing_must_say_so_and_then_warns()
    {
        Policy policy = Policy.Parse("version: 1\nextends: none\nrules: []\n");
        Verdict verdict = policy.Judge(Reports.Of(policy, Reports.Layer("fc1")));
        Assert.True(verdict.Passed);
        Assert.Equal(PolicyViolationCodes.NoRules.Id, Assert.Single(verdict.Violations).Code);
    }

    private static ImmutableArray<PolicyFault> Faults(string text) => Assert.Throws<PolicyException>(() => Policy.Parse(text)).Faults;

    [Theory]
    [InlineData("version: 1\nanalysis: { {seed: 1, fit: PL }\nlayers: { include: [\"*\"] }\n")]
    [InlineData("a: { {b: c }\nd: e\n")]
    [InlineData("a: { b: [x]\nc:\n  m: 2.0\n  ")]
    public void A_brace_that_is_never_closed_is_invalid_yaml(string text)
    {
        PolicyException fault = Assert.Throws<PolicyException>(() => Policy.Parse(text));
        Assert.Equal(PolicyFileCodes.InvalidYaml, fault.Code);
        Assert.Contains("a brace", fault.Message, StringComparison.Ordinal);
    }
}
