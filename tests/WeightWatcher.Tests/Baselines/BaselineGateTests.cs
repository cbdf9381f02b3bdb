using WeightWatcher.Baselines;
using WeightWatcher.Caching;
using WeightWatcher.Tests.Analysis;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Baselines;

/// <summary>A baseline file stands for the checkpoint that it was made of.</summary>
public sealed class BaselineGateTests : IDisposable
{
    private const string Rules = "version: 1\nrules:\n  - { id: layers, metric: rand_distance, baseline: { max_decrease: 5% } }\n  - { id: model, metric: stable_rank, per: model, aggregate: median, baseline: { max_increase: 10%, max_decrease: [0.01, 10%] } }\n"
        + "  - { id: alpha, metric: alpha, severity: warning, baseline: { max_increase: 0 } }\n  - { id: count, metric: num_layers, baseline: { max_decrease: 0 } }\n";

    private readonly TestModel _model = new();
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("better")]
    [InlineData("worse")]
    [InlineData("renamed")]
    [InlineData("removed")]
    [InlineData("reshaped")]
    public void The_verdict_against_the_checkpoint_is_that_against_its_baseline_file(string kind)
    {
        foreach (string policy in new[] { Rules, "version: 1\nextends: no-regression\n" })
        {
            string main = _model.Write(("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)), ("fc2.weight", [80, 40], TestModel.Trained(80, 40, 2)), ("fc3.weight", [50, 50], TestModel.Trained(50, 50, 3)));
            string candidate = kind switch
            {
                "better" => _model.Write(("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)), ("fc2.weight", [80, 40], TestModel.Trained(80, 40, 9)), ("fc3.weight", [50, 50], TestModel.Trained(50, 50, 3))),
                "worse" => _model.Write(("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)), ("fc2.weight", [80, 40], TestModel.Gaussian(80 * 40, 2)), ("fc3.weight", [50, 50], TestModel.Gaussian(2500, 3))),
                "renamed" => _model.Write(("a.weight", [100, 60], TestModel.Trained(100, 60, 1)), ("b.weight", [80, 40], TestModel.Gaussian(80 * 40, 2)), ("fc3.weight", [50, 50], TestModel.Trained(50, 50, 3))),
                "removed" => _model.Write(("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)), ("fc3.weight", [50, 50], TestModel.Trained(50, 50, 3))),
                _ => _model.Write(("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)), ("fc2.weight", [80, 41], TestModel.Trained(80, 41, 2)), ("fc3.weight", [50, 50], TestModel.Trained(50, 50, 3))),
            };
            GateRequest request = new() { ArtifactPath = candidate, DisplayPath = "net", Policy = Policy.Load(_folder.Write("p.yml", System.Text.Encoding.UTF8.GetBytes(policy))), BaselinePath = main };
            GateResult checkpoint = ModelGate.Run(request, TestContext.Current.CancellationToken);
            string file = _folder.File("net.wwbaseline.json");
            Baseline.Of(checkpoint.ComparedWith!.Report).Save(file);
            GateResult fromFile = ModelGate.Run(request with { BaselinePath = file }, TestContext.Current.CancellationToken);

            Assert.Equal(checkpoint.Verdict.Violations, fromFile.Verdict.Violations);
            if (kind is "worse" or "removed" or "reshaped")
                Assert.False(fromFile.Verdict.Passed);
            File.Delete(file);
        }
    }

    [Fact]
    public void A_layer_that_did_not_change_is_not_measured_again()
    {
        (string, long[], float[])[] layers = [("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)), ("fc2.weight", [80, 40], TestModel.Trained(80, 40, 2))];
        string main = _model.Write(layers);
        ModelReport report = ModelAnalyzer.Analyze(main, AnalysisOptions.Default, TestContext.Current.CancellationToken);
        // A mark that no measurement gives: where it comes back, the row was taken from the file.
        Baseline marked = Baseline.Of(report with { Layers = [.. report.Layers.Select(layer => layer with { Warning = "marked" })] });
        string file = _folder.File("net.wwbaseline.json");
        marked.Save(file);
        layers[1].Item3[0] += 1;
        Policy policy = Policy.Load(_folder.Write("p.yml", System.Text.Encoding.UTF8.GetBytes(Rules)));
        GateRequest request = new() { ArtifactPath = _model.Write(layers), Policy = policy, BaselinePath = file };
        Assert.Equal(["marked", report.Layers[1].Warning], ModelGate.Run(request, TestContext.Current.CancellationToken).Report.Layers.Select(layer => layer.Warning));

        Policy otherSeed = Policy.Load(_folder.Write("q.yml", System.Text.Encoding.UTF8.GetBytes(Rules + "analysis: { seed: 7 }\n")));
        GateResult other = ModelGate.Run(request with { Policy = otherSeed }, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(other.Report.Layers, layer => layer.Warning == "marked");
        Assert.Equal("WWG4004", Assert.Single(other.Verdict.Violations).Code);
    }

    [Fact]
    public void Rows_of_the_model_serve_for_the_layers_of_the_checkpoint_that_are_the_same()
    {
        string path = _model.Write(("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)));
        ModelReport report = ModelAnalyzer.Analyze(path, AnalysisOptions.Default, TestContext.Current.CancellationToken);
        KnownRows known = new(report.Layers.Select(layer => layer with { Warning = "marked" }));
        Assert.Equal("marked", ModelAnalyzer.Analyze(path, AnalysisOptions.Default, null, null, TestContext.Current.CancellationToken, known: known).Layers[0].Warning);
        // The same weights stored in half the bits are another layer: its rank is counted by the precision of the storage.
        Assert.NotEqual(report.Layers[0].ContentKey, ModelAnalyzer.Analyze(path, AnalysisOptions.Default with { MinEvals = 3 }, TestContext.Current.CancellationToken).Layers[0].ContentKey);
    }

    [Theory]
    [InlineData("gone.safetensors", "gone.safetensors", "gone.safetensors.wwbaseline.json")]
    [InlineData("gone.wwbaseline.json", "gone.wwbaseline.json")]
    [InlineData("folder", "net.safetensors.wwbaseline.json", "net.safetensors", "folder")]
    public void A_baseline_that_is_not_there_lists_every_place_that_was_tried(string spec, params string[] places)
    {
        string path = _folder.File(spec);
        if (spec == "folder")
            Directory.CreateDirectory(path);
        BaselineLookup lookup = BaselineLookup.Of(path, "models/net.safetensors");
        Assert.Null(lookup.Found);
        Assert.Equal(places, lookup.Places.Select(place => Path.GetFileName(place)));
        string model = _model.Write(("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)));
        Violation violation = Assert.Single(ModelGate.Run(new() { ArtifactPath = model, Policy = Policy.NoRegression, BaselinePath = path }, TestContext.Current.CancellationToken).Verdict.Violations);
        Assert.Equal("WWG4002", violation.Code);
        Assert.Contains($"'{path}", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_holds_the_baseline_that_is_named_like_the_model()
    {
        string folder = _folder.File("downloaded");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "net.onnx"), "");
        Assert.Equal(Path.Combine(folder, "net.onnx"), BaselineLookup.Of(folder, "x/net.onnx").Found);
        File.WriteAllText(Path.Combine(folder, "net.onnx.wwbaseline.json"), "");
        Assert.Equal(Path.Combine(folder, "net.onnx.wwbaseline.json"), BaselineLookup.Of(folder, "x/net.onnx").Found);
        Assert.Equal(folder, BaselineLookup.Of(folder, "x/other.onnx").Found);
    }

    /// <summary>Compared with itself a model would pass whatever it is: so when the folder of the model is the baseline and the baseline file was forgotten.</summary>
    [Fact]
    public void A_model_is_not_its_own_baseline()
    {
        string model = _model.Write(("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)));
        BaselineLookup lookup = BaselineLookup.Of(Path.GetDirectoryName(model)!, model);
        Assert.Null(lookup.Found);
        Assert.Equal(model + Baseline.FileSuffix, Assert.Single(lookup.Places));
    }

    /// <summary>A file of numbers cannot say how far weights moved: the layers that did not move would be all that such a rule judges.</summary>
    [Fact]
    public void A_rule_on_the_change_of_weights_needs_a_checkpoint()
    {
        (string, long[], float[])[] layers = [("fc1.weight", [100, 60], TestModel.Trained(100, 60, 1)), ("fc2.weight", [80, 40], TestModel.Trained(80, 40, 2))];
        string main = _model.Write(layers), file = _folder.File("net.wwbaseline.json");
        Baseline.Of(ModelAnalyzer.Analyze(main, AnalysisOptions.Default, TestContext.Current.CancellationToken)).Save(file);
        layers[1].Item3[0] += 1e-3f;
        Policy policy = Policy.Parse("version: 1\nrules:\n  - { id: near, metric: delta_relative, max: 0.5 }\n");
        GateRequest request = new() { ArtifactPath = _model.Write(layers), Policy = policy, BaselinePath = main };
        Assert.True(ModelGate.Run(request, TestContext.Current.CancellationToken).Verdict.Passed);
        Violation violation = Assert.Single(ModelGate.Run(request with { BaselinePath = file }, TestContext.Current.CancellationToken).Verdict.Violations);
        Assert.Equal(("WWG1005", "fc2"), (violation.Code, violation.Layer));
        Assert.Contains("compare with a checkpoint", violation.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }
}
