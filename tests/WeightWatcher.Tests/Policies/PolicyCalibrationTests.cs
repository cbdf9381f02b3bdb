namespace WeightWatcher.Tests.Policies;

public sealed class PolicyCalibrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("well-trained.safetensors")]
    [InlineData("well-trained.safetensors", "epoch-20.safetensors", "convolutional.safetensors")]
    public void Good_models_keep_the_policy_that_they_made(params string[] files)
    {
        ModelReport[] models = [.. files.Select(Analyze)];
        Policy policy = Load(PolicyCalibration.Write(models));
        Assert.All(models, model => Assert.DoesNotContain(policy.Judge(model).Violations, v => v.Severity >= Severity.Warning));
    }

    [Fact]
    public void An_earlier_epoch_and_an_untrained_model_break_it()
    {
        Policy policy = Load(PolicyCalibration.Write([Analyze("well-trained.safetensors"), Analyze("epoch-20.safetensors")]));
        Assert.Contains(policy.Judge(Analyze("epoch-01.safetensors")).Violations, v => v.Rule == "calibrated-structure" && v.Severity == Severity.Error);
        Assert.Contains(policy.Judge(Analyze("initial.safetensors")).Violations, v => v.Rule == "calibrated-structure");
    }

    [Fact]
    public void No_model_and_models_of_different_analyses_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PolicyCalibration.Write([]));
        ModelReport model = Analyze("well-trained.safetensors");
        Assert.Throws<ArgumentException>(() => PolicyCalibration.Write([model, model with { Options = model.Options with { Seed = 7 } }]));
    }

    [Fact]
    public void A_rule_that_a_good_model_breaks_is_switched_off_and_a_faulty_model_is_refused()
    {
        ModelReport untrained = Analyze("initial.safetensors");
        string[] broken = [.. Policy.WellTrained.Judge(untrained).Violations.Where(v => v.Severity == Severity.Error).Select(v => v.Rule!).Distinct()];
        Assert.NotEmpty(broken);
        Policy policy = Load(PolicyCalibration.Write([untrained]));
        Assert.All(broken, id => Assert.Equal(Severity.Off, policy.Rules.Single(r => r.Id == id).Severity));
        Assert.True(policy.Judge(untrained).Passed);

        ModelReport faulty = untrained with { Layers = [untrained.Layers[0] with { Fault = LayerFault.NonFinite, FaultDetail = "weight [0, 0] is NaN" }, .. untrained.Layers.Skip(1)] };
        Assert.Contains("weight [0, 0] is NaN", Assert.Throws<ArgumentException>(() => PolicyCalibration.Write([faulty])).Message, StringComparison.Ordinal);
    }

    private Policy Load(string yaml)
    {
        string path = Path.Combine(_folder, "weightwatcher.yml");
        File.WriteAllText(path, yaml);
        return Policy.Load(path);
    }

    private static ModelReport Analyze(string file) =>
        ModelAnalyzer.Analyze(Path.Combine(Reference.RepositoryRoot, "examples", "models", file), AnalysisOptions.Default, TestContext.Current.CancellationToken);
}
