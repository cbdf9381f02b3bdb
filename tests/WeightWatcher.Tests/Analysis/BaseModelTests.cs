using WeightWatcher.Artifacts;
using WeightWatcher.Metrics;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Analysis;

/// <summary>A model set against the one that it was trained from.</summary>
public sealed class BaseModelTests : IDisposable
{
    private static readonly AnalysisOptions Options = AnalysisOptions.Default with { Randomize = Randomization.Off, MpFit = false, DetX = false };

    private readonly TestModel _models = new();
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Layers_of_a_checkpoint_are_what_was_added_to_the_base_model()
    {
        float[] before = TestModel.Gaussian(40 * 30, 1), added = TestModel.Trained(40, 30, 2);
        float[] after = [.. before.Zip(added, (b, a) => b + a)];
        float[] difference = [.. after.Zip(before, (a, b) => (float)((double)a - b))];
        string origin = _models.Write(("a.weight", [40, 30], before), ("kept.weight", [40, 30], before), ("gone.weight", [40, 30], before), ("grown.weight", [40, 20], before[..800]), ("a.bias", [40], before[..40]));
        ModelReport report = ModelAnalyzer.Analyze(
            _models.Write(("a.weight", [40, 30], after), ("kept.weight", [40, 30], before), ("new.weight", [40, 30], after), ("grown.weight", [40, 30], after), ("a.bias", [40], before[..40])),
            Options with { BaseModelPath = origin },
            TestContext.Current.CancellationToken);
        LayerReport alone = _models.Layer(Options, [40, 30], difference);
        Assert.Equal(["a", "kept"], report.Layers.Select(l => l.Name));
        Assert.Equal(alone.WeightHash, report.Layers[0].WeightHash);
        Assert.Equal(alone.Metrics.Select(m => m.Value), report.Layers[0].Metrics.Select(m => m.Value));
        Assert.Equal(("not_applicable", LayerFault.None), (report.Layers[1].Status, report.Layers[1].Fault));
        Assert.Equal(MeasurementStatus.NotApplicable, report.Layers[1]["alpha"].Status);
        Assert.Equal(
            [
                "a.bias: one-dimensional", "new.weight: the base model has no tensor 'new.weight'", "grown.weight: the base model's 'grown.weight' has the shape [40, 20]",
                "gone.weight: in the base model only",
            ],
            report.Skipped.Select(s => $"{s.Name}: {s.Reason}"));
        Assert.Equal(2400.0 / 4840, report.Summary.Single(s => s.Key == "coverage").Value.Value);
        Assert.Equal(2, report.Artifact.Files.Length);
        Assert.Contains("2 weights matched", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    /// <summary>What two trainings added to the same weights has nothing in common here, though the weights themselves are all but the same.</summary>
    [Fact]
    public void Changes_are_those_of_what_was_added()
    {
        float[] before = TestModel.Gaussian(40 * 30, 1), first = TestModel.Trained(40, 30, 2), second = TestModel.Trained(40, 30, 3);
        string Added(float[] added) => _models.Write(("a.weight", [40, 30], [.. before.Zip(added, (b, a) => (100 * b) + a)]));
        string origin = _models.Write(("a.weight", [40, 30], [.. before.Select(b => 100 * b)]));
        Policy policy = Policy.Load(_folder.Write("p.yml", "version: 1\nanalysis: { randomize: off }\nrules:\n  - { id: near, metric: delta_relative, max: 0.5 }\n"u8.ToArray()));
        GateResult result = ModelGate.Run(new GateRequest { ArtifactPath = Added(first), BaselinePath = Added(second), Policy = policy, BaseModelPath = origin }, TestContext.Current.CancellationToken);
        double distance = Math.Sqrt(first.Zip(second, (a, b) => Math.Pow(a - b, 2)).Sum() / second.Sum(b => (double)b * b));
        Assert.Equal(distance, result.Report.Layers[0]["delta_relative"].Value, 0.01 * distance);
        Assert.False(result.Verdict.Passed);
    }

    [Fact]
    public void A_base_model_of_other_names_is_an_error()
    {
        string origin = _models.Write(("module.a.weight", [40, 30], TestModel.Gaussian(1200, 1)));
        string artifact = _models.Write(("a.weight", [40, 30], TestModel.Gaussian(1200, 2)));
        ArtifactException refusal = Assert.Throws<ArtifactException>(() => ModelAnalyzer.Analyze(artifact, Options with { BaseModelPath = origin }, TestContext.Current.CancellationToken));
        Assert.Equal(("WWG2027", artifact), (refusal.Code.Id, refusal.Path));
        Assert.Contains("'module.a.weight'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_model_that_is_missing_is_an_error_by_its_own_name()
    {
        string artifact = _models.Write(("a.weight", [40, 30], TestModel.Gaussian(1200, 2)));
        string origin = _folder.File("gone.safetensors");
        ArtifactException refusal = Assert.Throws<ArtifactException>(() => ModelAnalyzer.Analyze(artifact, Options with { BaseModelPath = origin }, TestContext.Current.CancellationToken));
        Assert.Equal(("WWG2001", origin), (refusal.Code.Id, refusal.Path));
    }

    [Fact]
    public void An_adapter_gives_each_weight_its_change_and_their_sum()
    {
        const int Rank = 8;
        float[] before = TestModel.Trained(40, 30, 1), down = TestModel.Gaussian(Rank * 30, 3, 0.1), up = TestModel.Gaussian(40 * Rank, 4, 0.1);
        string origin = _models.Write(("m.q_proj.weight", [40, 30], before), ("m.other.weight", [40, 30], before));
        ModelReport report = Analyze(origin, ("base_model.model.m.q_proj.lora_A.weight", [Rank, 30], down), ("base_model.model.m.q_proj.lora_B.weight", [40, Rank], up));
        Assert.Equal(["m.q_proj", "m.q_proj.lora_BA", "m.q_proj.lora_merged"], report.Layers.Select(l => l.Name));
        double[] product = Product(down, up, 40, 30, Rank, 2);
        float[] merged = [.. product.Zip(before, (p, b) => (float)(b + p))];
        Assert.Equal(_models.Layer(Options, [40, 30], before).WeightHash, report.Layers[0].WeightHash);
        Assert.Equal(_models.Layer(Options, [40, 30], [.. product.Select(p => (float)p)]).WeightHash, report.Layers[1].WeightHash);
        Assert.Equal(_models.Layer(Options, [40, 30], merged).WeightHash, report.Layers[2].WeightHash);
        // The spectrum is that of the whole matrix; its rank is the adapter's, below min_evals, which no fit needs to know.
        Assert.Equal(30, report.Layers[1]["num_evals"].Value);
        Assert.Equal(Rank, report.Layers[1]["matrix_rank"].Value);
        Assert.Equal(30 - Rank, report.Layers[1]["rank_loss"].Value);
    }

    [Fact]
    public void An_adapter_without_a_base_model_gives_its_products()
    {
        ModelReport report = Analyze(null, ("base_model.model.m.q_proj.lora_A.weight", [8, 30], TestModel.Gaussian(240, 3)), ("base_model.model.m.q_proj.lora_B.weight", [40, 8], TestModel.Gaussian(320, 4)));
        Assert.Equal(("m.q_proj.lora_BA", 8), (Assert.Single(report.Layers).Name, report.Layers[0]["matrix_rank"].Value));
        Assert.Equal(1.0, report.Summary.Single(s => s.Key == "coverage").Value.Value);
    }

    [Fact]
    public void An_adapter_that_was_never_trained_is_all_zero()
    {
        ModelReport report = Analyze(null, ("m.lora_A.weight", [8, 30], TestModel.Gaussian(240, 3)), ("m.lora_B.weight", [40, 8], new float[320]));
        Assert.Equal(LayerFault.AllZero, Assert.Single(report.Layers).Fault);
    }

    [Fact]
    public void The_lengths_of_a_decomposed_adapter_are_those_of_the_merged_rows()
    {
        float[] before = TestModel.Trained(40, 30, 1), down = TestModel.Gaussian(240, 3, 0.1), up = TestModel.Gaussian(320, 4, 0.1), lengths = [.. Enumerable.Range(1, 40).Select(i => i / 10f)];
        string origin = _models.Write(("m.weight", [40, 30], before));
        ModelReport report = Analyze(origin, ("m.lora_A.weight", [8, 30], down), ("m.lora_B.weight", [40, 8], up), ("m.lora_magnitude_vector.weight", [40], lengths));
        double squares = lengths.Sum(l => (double)l * l);
        Assert.Equal(squares, report.Layers[2]["norm"].Value, 1e-5 * squares);
    }

    [Fact]
    public void A_policy_names_the_base_model_beside_itself_and_a_request_wins()
    {
        float[] before = TestModel.Trained(40, 30, 1), after = TestModel.Trained(40, 30, 2);
        string artifact = _folder.Write("new.safetensors", SafetensorsWriter.Bytes(("a.weight", [40L, 30], after)));
        _folder.Write("old.safetensors", SafetensorsWriter.Bytes(("a.weight", [40L, 30], before)));
        string other = _folder.Write("other.safetensors", SafetensorsWriter.Bytes(("a.weight", [40L, 30], after)));
        string policyPath = _folder.Write("p.yml", "version: 1\nextends: none\nanalysis:\n  base_model: old.safetensors\nrules:\n- id: r\n  metric: alpha\n  per: layer\n  min: 0\n  when_not_applicable: ignore\n"u8.ToArray());
        Policy policy = Policy.Load(policyPath);
        Assert.Equal(_folder.File("old.safetensors"), policy.Analysis.BaseModelPath);
        GateResult result = ModelGate.Run(new GateRequest { ArtifactPath = artifact, Policy = policy }, TestContext.Current.CancellationToken);
        Assert.True(result.Verdict.Passed);
        Assert.Contains(_folder.File("old.safetensors"), result.InputFiles);
        Assert.NotEqual("not_applicable", result.Report.Layers[0].Status);
        GateResult overridden = ModelGate.Run(new GateRequest { ArtifactPath = artifact, Policy = policy, BaseModelPath = other }, TestContext.Current.CancellationToken);
        Assert.Equal("not_applicable", overridden.Report.Layers[0].Status);
    }

    public void Dispose()
    {
        _models.Dispose();
        _folder.Dispose();
    }

    private ModelReport Analyze(string? origin, params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        _folder.Write("adapter_config.json", """{"peft_type": "LORA", "r": 8, "lora_alpha": 16}"""u8.ToArray());
        string path = _folder.Write("adapter_model.safetensors", SafetensorsWriter.Bytes(tensors));
        return ModelAnalyzer.Analyze(path, Options with { BaseModelPath = origin }, TestContext.Current.CancellationToken);
    }

    private static double[] Product(float[] down, float[] up, int rows, int columns, int rank, double scale)
    {
        double[] product = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < rank; k++)
            {
                for (int j = 0; j < columns; j++)
                    product[(i * columns) + j] += down[(k * columns) + j] * (scale * up[(i * rank) + k]);
            }
        }

        return product;
    }
}
