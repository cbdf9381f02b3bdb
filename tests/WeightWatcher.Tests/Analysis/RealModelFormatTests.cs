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
    public void A_GGUF_file_gives_the_report_of_the_checkpoint_it_was_converted_from() =>
        AssertSameLayers(Analyze("stories260K/stories260K-f32.safetensors"), Analyze("stories260K/stories260K-f32.gguf"));

    [Theory]
    [InlineData("stories260K/stories260K-bf16.safetensors", "stories260K/stories260K-bf16.pt")]
    [InlineData("stories260K/stories260K-bf16.safetensors", "stories260K/stories260K-bf16.gguf")]
    [InlineData("stories260K/stories260K-bf16.safetensors", "stories260K/stories260K-sharded")]
    public void Half_precision_files_of_one_model_give_one_report(string first, string second) => AssertSameLayers(Analyze(first), Analyze(second));

    [Fact]
    public void A_Keras_model_and_the_ONNX_files_exported_from_it_give_one_report()
    {
        ModelReport keras = Analyze("dtln/model.h5");
        LayerReport[] exported = [.. Analyze("dtln/model_1.onnx").Layers, .. Analyze("dtln/model_2.onnx").Layers];
        Assert.Equal(keras.Layers.Length, exported.Length);

        // Gates in another order are the rows of the matrix in another order; scale_z compares a layer with the others of its file, of which there are two.
        foreach (LayerReport layer in exported)
            AssertSameColumns(Assert.Single(keras.Layers, l => Math.Abs(l["norm"].Value - layer["norm"].Value) < 1e-9 * layer["norm"].Value), layer, 1e-8, "scale_z");
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

    /// <summary>The layers of two files, whatever their names and order: the same weights have the same row.</summary>
    private static void AssertSameLayers(ModelReport expected, ModelReport actual)
    {
        Dictionary<string, LayerReport> rows = expected.Layers.ToDictionary(l => l.WeightHash);
        Assert.Equal(rows.Count, actual.Layers.Length);
        Assert.All(actual.Layers, layer => AssertSame(rows[layer.WeightHash], layer));
    }

    private static void AssertSame(LayerReport expected, LayerReport actual)
    {
        Assert.Equal((expected.WeightHash, expected.Status, expected.Warning), (actual.WeightHash, actual.Status, actual.Warning));
        Assert.Equal(expected.Metrics.Select(m => m.Key), actual.Metrics.Select(m => m.Key));
        AssertSameColumns(expected, actual, 1e-12);
    }

    private static void AssertSameColumns(LayerReport expected, LayerReport actual, double tolerance, params string[] except)
    {
        foreach ((string metric, Measurement value) in expected.Metrics.Where(m => !except.Contains(m.Key)))
        {
            Assert.Equal((metric, value.Status, value.Reason), (metric, actual[metric].Status, actual[metric].Reason));
            if (value.IsMeasured)
                Assert.True(Math.Abs(value.Value - actual[metric].Value) <= tolerance * Math.Max(1, Math.Abs(value.Value)), $"{actual.Name}: {metric} is {actual[metric].Value}, expected {value.Value}");
        }
    }
}
