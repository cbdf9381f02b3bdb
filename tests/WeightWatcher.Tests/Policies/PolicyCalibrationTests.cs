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

    private Policy Load(string yaml)
    {
        string path = Path.Combine(_folder, "weightwatcher.yml");
        File.WriteAllText(path, yaml);
        return Policy.Load(path);
    }

    private static ModelReport Analyze(string file) =>
        ModelAnalyzer.Analyze(Path.Combine(Reference.RepositoryRoot, "examples", "models", file), AnalysisOptions.Default, TestContext.Current.CancellationToken);
}
