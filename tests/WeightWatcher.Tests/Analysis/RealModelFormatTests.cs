using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Analysis;

/// <summary>The same weights in two formats give the same report, randomized columns included.</summary>
public sealed class RealModelFormatTests
{
    private static readonly AnalysisOptions Options = AnalysisOptions.Default with { Randomize = Randomization.Both };

    [Theory]
    [InlineData("stories260K/stories260K-zip.pt")]
    [InlineData("stories260K/stories260K-legacy.pt")]
    [InlineData("stories260K/stories260K-proto4.pt")]
    [InlineData("stories260K/stories260K-proto5.pt")]
    [InlineData("stories260K/stories260K.npz")]
    [InlineData("stories260K/stories260K-fortran.npz")]
    public void Formats_of_one_model_give_one_report(string other)
    {
        Dictionary<string, LayerReport> expected = Analyze("stories260K/stories260K-f32.safetensors").Layers.ToDictionary(l => l.Name);
        ModelReport actual = Analyze(other);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Layers.Select(l => l.Name).Order(StringComparer.Ordinal));
        Assert.All(actual.Layers, layer => AssertSame(expected[layer.Name], layer));
    }

    [Fact]
    public void Every_file_of_the_reference_models_is_read()
    {
        string[] files = [.. Reference.Files("models", "*").Where(f => Path.GetFileName(f) is not ("LICENSE" or "README.md"))];
        Assert.SkipWhen(files.Length == 0, "the reference folder has no models");
        foreach (string file in files)
            Assert.NotEmpty(ModelAnalyzer.ListLayers(file, AnalysisOptions.Default with { MinEvals = 1 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_PyTorch_checkpoint_and_its_ONNX_export_give_one_report()
    {
        Dictionary<string, LayerReport> expected = Analyze("ultraface/version-RFB-320.pth").Layers.ToDictionary(l => l.Name);
        ModelReport actual = Analyze("ultraface/version-RFB-320.onnx");
        Assert.Equal(expected.Count, actual.Layers.Length);
        Assert.All(actual.Layers, layer => AssertSame(expected[layer.Name], layer));
    }

    [Fact]
    public void A_TorchScript_model_and_its_ONNX_export_hold_the_same_recurrent_matrices()
    {
        ILookup<string, LayerReport> script = Analyze("silero-vad/silero_vad.jit").Layers.ToLookup(l => l.WeightHash);
        LayerReport[] exported = [.. Analyze("silero-vad/silero_vad.onnx").Layers.Where(l => l.LayerType == "recurrent")];
        Assert.Equal(4, exported.Length);
        Assert.All(exported, layer => AssertSame(script[layer.WeightHash].First(), layer));
    }

    [Theory]
    [InlineData("silero-vad/silero_vad.jit", "silero-vad/silero_vad.onnx", 16)]
    [InlineData("stories260K/stories260K-f32.safetensors", "stories260K/stories260K-f32.gguf", 36)]
    public void Two_formats_of_one_model_hold_the_same_matrices(string first, string second, int layers)
    {
        AnalysisOptions options = Options with { Randomize = Randomization.Off, MpFit = false, DetX = false, MinEvals = 1 };
        string[][] hashes = [.. ((string[])[first, second]).Select(model => ModelAnalyzer.Analyze(Reference.Require(["models", .. model.Split('/')]), options, TestContext.Current.CancellationToken)
            .Layers.Select(l => l.WeightHash).Order(StringComparer.Ordinal).ToArray())];
        Assert.Equal(layers, hashes[0].Length);
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Theory]
    [InlineData(Semantics.Strict)]
    [InlineData(Semantics.Compatible)]
    public void Along_a_training_run_the_rand_distance_rises_and_alpha_falls(Semantics semantics)
    {
        string[] checkpoints = [.. Reference.Files("models/ultraface/training-run-RFB", "*.pth").OrderBy(Epoch)];
        Assert.SkipWhen(checkpoints.Length == 0, "the reference folder has no training run");
        AnalysisOptions options = AnalysisOptions.Default with { Semantics = semantics, MpFit = false, DetX = false };
        double[][] means =
        [
            .. checkpoints.Where(c => Epoch(c) is 0 or 280).Select(c => ModelAnalyzer.Analyze(c, options, TestContext.Current.CancellationToken))
                .Select(r => new[] { r.Layers.Average(l => l["rand_distance"].Value), r.Layers.Where(l => l["alpha"].IsMeasured).Average(l => l["alpha"].Value) }),
        ];
        Assert.True(means[1][0] > 2 * means[0][0], $"rand_distance {means[0][0]} to {means[1][0]}");
        Assert.True(means[1][1] < means[0][1] - 1, $"alpha {means[0][1]} to {means[1][1]}");
    }

    private static int Epoch(string path) => int.Parse(Path.GetFileName(path).Split('-')[2], System.Globalization.CultureInfo.InvariantCulture);

    private static ModelReport Analyze(string model) =>
        ModelAnalyzer.Analyze(Reference.Require(["models", .. model.Split('/')]), Options, TestContext.Current.CancellationToken);

    private static void AssertSame(LayerReport expected, LayerReport actual)
    {
        Assert.Equal((expected.WeightHash, expected.Status, expected.Warning), (actual.WeightHash, actual.Status, actual.Warning));
        Assert.Equal(expected.Metrics.Select(m => m.Key), actual.Metrics.Select(m => m.Key));
        foreach ((string metric, Measurement value) in expected.Metrics)
        {
            Assert.Equal((value.Status, value.Reason), (actual[metric].Status, actual[metric].Reason));
            if (value.IsMeasured)
                Assert.Equal(value.Value, actual[metric].Value, 1e-12 * Math.Max(1, Math.Abs(value.Value)));
        }
    }
}
