using WeightWatcher.Metrics;
using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Diagnosis;

public sealed class StillAtInitialisationTests
{
    private static readonly AnalysisOptions Plain = AnalysisOptions.Default with { Randomize = Randomization.Off, MpFit = false, DetX = false };

    private static readonly long[][] Shapes =
    [
        [10, 10], [12, 10], [30, 10], [16, 16], [20, 64], [32, 32], [64, 10], [64, 64], [100, 50], [128, 64], [200, 20], [256, 128], [300, 100], [512, 64], [512, 512],
        [784, 300], [1024, 256], [1024, 1024], [2048, 512], [4096, 1024], [16, 16, 3, 3], [64, 3, 7, 7], [128, 64, 3, 3],
    ];

    /// <summary>Larger matrices are drawn for two kinds only: their size makes them easier to tell, and the tests slower.</summary>
    private const long MostForAllKinds = 70_000;

    public static TheoryData<string> Kinds => [.. Initialisations.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_drawn_layer_is_told_whatever_its_shape(string kind)
    {
        bool normal = kind is "he-normal" or "glorot-normal" or "normal-0.02";
        using TestModel model = new();
        (string Name, long[] Shape, float[] Values)[] tensors =
        [
            .. Shapes.Where(s => kind is "he-normal" or "torch-uniform" || Count(s) < MostForAllKinds).Select((s, i) => (string.Join('x', s), s, Initialisations.Draw(kind, s, 7 + i))),
        ];
        foreach (LayerReport layer in model.Analyze(Plain, tensors).Layers)
        {
            // A few hundred normal numbers look like many a small trained layer; that is not decided.
            Measurement initial = layer["still_at_init"];
            if (normal && Count([.. layer.Shape]) < 1024)
            {
                Assert.True(initial.Status == MeasurementStatus.NotApplicable, layer.Name);
                Assert.True(layer["init_p_value"].Value > 0.05, layer.Name);
            }
            else
            {
                Assert.True(initial is { IsMeasured: true, Value: 1 }, $"{layer.Name}: {layer["init_p_value"]}");
                Assert.Contains(kind == "keras-he-normal" ? "truncated normal" : kind.Split('-').First(part => part is "normal" or "uniform" or "orthogonal"), layer.InitKind, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_layer_with_one_learned_direction_is_not_at_its_initialisation()
    {
        float[] weights = Initialisations.Draw("he-normal", [128, 64], 3);
        float[] left = TestModel.Gaussian(128, 4), right = TestModel.Gaussian(64, 5);
        for (int i = 0; i < weights.Length; i++)
            weights[i] += 0.05f * left[i / 64] * right[i % 64];
        using TestModel model = new();
        Assert.Equal(0, model.Layer(Plain, [128, 64], weights)["still_at_init"].Value);
    }

    [Fact]
    public void The_scale_of_a_normal_initialisation_must_be_a_usual_one()
    {
        float[] weights = Initialisations.Draw("he-normal", [128, 64], 3);
        using TestModel model = new();
        Assert.Equal("he normal", model.Layer(Plain, [128, 64], weights).InitKind);
        Assert.Equal(0, model.Layer(Plain, [128, 64], [.. weights.Select(x => x * 1.3f)])["still_at_init"].Value);
    }

    [Fact]
    public void Compatible_semantics_see_the_same_initialisation_in_a_convolution()
    {
        float[] weights = Initialisations.Draw("glorot-normal", [64, 32, 3, 3], 3);
        using TestModel model = new();
        LayerReport strict = model.Layer(Plain, [64, 32, 3, 3], weights), compatible = model.Layer(Plain with { Semantics = Semantics.Compatible }, [64, 32, 3, 3], weights);
        Assert.Equal("glorot normal", strict.InitKind);
        Assert.Equal("glorot normal", compatible.InitKind);
        Assert.Equal(strict["glorot_gain"].Value, compatible["glorot_gain"].Value, 6);
    }

    [Fact]
    public void Rounding_to_half_precision_hides_no_initialisation()
    {
        using TestModel model = new();
        foreach (string kind in Initialisations.Kinds)
        {
            float[] weights = Initialisations.Draw(kind, [256, 128], 11), rounded = [.. weights.Select(x => (float)(Half)x)];
            Assert.Equal(1, model.Layer(Plain, [256, 128], rounded)["still_at_init"].Value);
        }
    }

    public static TheoryData<string> Models =>
    [
        .. Reference.Files("models", "*").Where(f => Path.GetExtension(f) is ".onnx" or ".pth" or ".th" or ".h5" or ".hdf5" or ".jit" or ".keras" or ".gguf").Select(f => Path.GetRelativePath(Reference.Require("models"), f)),
    ];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Models))]
    public void No_layer_of_a_trained_model_is_called_untrained(string path)
    {
        ModelReport report = ModelAnalyzer.Analyze(Reference.Require("models", path), Plain, TestContext.Current.CancellationToken);
        Assert.Empty(report.Layers.Where(l => l["still_at_init"] is { IsMeasured: true, Value: 1 }).Select(l => $"{l.Name} {l.InitKind} {l["init_p_value"].Value}"));
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);
}
