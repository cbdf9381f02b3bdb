namespace WeightWatcher.Tests.Policies;

/// <summary>What the built-in policies say of models whose training is known.</summary>
public sealed class BuiltInPolicyTests
{
    [Theory]
    [InlineData("well-trained.safetensors")]
    [InlineData("epoch-20.safetensors")]
    [InlineData("convolutional.safetensors")]
    public void A_trained_model_passes_without_a_warning(string file)
    {
        Verdict verdict = Policy.WellTrained.Judge(Analyze(file));
        Assert.DoesNotContain(verdict.Violations, violation => violation.Severity >= Severity.Warning);
    }

    [Theory]
    [InlineData("initial.safetensors", "trained-layers")]
    [InlineData("diverged.safetensors", null)]
    public void A_model_that_learned_nothing_fails(string file, string? rule)
    {
        Verdict verdict = Policy.WellTrained.Judge(Analyze(file));
        Assert.False(verdict.Passed);
        Assert.Contains(verdict.Violations, violation => violation.Severity == Severity.Error && violation.Rule == rule);
    }

    [Fact]
    public void An_over_trained_model_is_warned_about()
    {
        Verdict verdict = Policy.WellTrained.Judge(Analyze("over-trained.safetensors"));
        Assert.Equal(["fc1", "fc2"], verdict.Violations.Where(violation => violation.Rule == "over-trained").Select(violation => violation.Layer).Order());
        Assert.All(verdict.Violations, violation => Assert.NotEqual(Severity.Error, violation.Severity));
    }

    [Theory]
    [InlineData("epoch-20.safetensors", "epoch-01.safetensors", true)]
    [InlineData("epoch-20.safetensors", "well-trained.safetensors", true)]
    [InlineData("well-trained.safetensors", "epoch-20.safetensors", true)]
    [InlineData("epoch-01.safetensors", "epoch-20.safetensors", false)]
    [InlineData("initial.safetensors", "epoch-01.safetensors", false)]
    public void Later_and_other_trainings_pass_against_their_baseline_and_earlier_ones_fail(string candidate, string baseline, bool passed) =>
        Assert.Equal(passed, Policy.NoRegression.Judge(Analyze(candidate), Analyze(baseline)).Passed);

    [Fact]
    public void The_first_checkpoint_of_a_real_training_fails_and_the_best_one_passes()
    {
        string run = Reference.Require("models", "ultraface", "training-run-RFB");
        Assert.False(Policy.WellTrained.Judge(ModelAnalyzer.Analyze(Single(run, "RFB-Epoch-0-*"), Policy.WellTrained.Analysis)).Passed);
        Assert.True(Policy.WellTrained.Judge(ModelAnalyzer.Analyze(Single(run, "RFB-Epoch-280-*"), Policy.WellTrained.Analysis)).Passed);
    }

    [Theory]
    [InlineData("resnet-cifar10", "*.th")]
    [InlineData("stories260K", "stories260K-f32.safetensors")]
    [InlineData("silero-vad", "silero_vad_16k.safetensors")]
    [InlineData("ggml-mnist", "mnist_model.state_dict")]
    [InlineData("pretrain-gnns", "chem_gcn_contextpred.pth")]
    public void Good_models_of_other_people_pass(string folder, string pattern) =>
        Assert.True(Policy.WellTrained.Judge(ModelAnalyzer.Analyze(Single(Reference.Require("models", folder), pattern), Policy.WellTrained.Analysis)).Passed);

    private static string Single(string folder, string pattern) => Assert.Single(Directory.GetFiles(folder, pattern));

    private static ModelReport Analyze(string file) =>
        ModelAnalyzer.Analyze(Path.Combine(Reference.RepositoryRoot, "examples", "models", file), AnalysisOptions.Default, TestContext.Current.CancellationToken);

    /// <summary>A policy that extends both has the rules of both: a rule of the one must not take the place of another one's.</summary>
    [Theory]
    [InlineData("[well-trained, no-regression]")]
    [InlineData("[no-regression, well-trained]")]
    public void A_policy_that_extends_both_has_the_rules_of_both(string both)
    {
        string[] Of(Policy policy) => [.. policy.Rules.Select(rule => $"{rule.Id} {rule.Metric} {rule.Min} {rule.Max} {rule.MaxIncrease} {rule.MaxDecrease} {string.Join(',', rule.When)}").Order(StringComparer.Ordinal)];
        Assert.Equal(Of(Policy.WellTrained).Union(Of(Policy.NoRegression)).Order(StringComparer.Ordinal), Of(Policy.Parse($"version: 1\nextends: {both}\n")));
    }
}
