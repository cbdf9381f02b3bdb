using WeightWatcher.Metrics;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Each difference that docs/differences.md names, as a test of both semantics.</summary>
public sealed class StrictSemanticsTests : IDisposable
{
    private static readonly AnalysisOptions Strict = AnalysisOptions.Default;
    private static readonly AnalysisOptions Compatible = Strict with { Semantics = Semantics.Compatible };
    private readonly TestModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Alpha_does_not_depend_on_the_scale_of_the_weights()
    {
        float[] weights = GoldenModel.Values(64 * 40, 1, false);
        float[] small = [.. weights.Select(w => MathF.ScaleB(w, -14))];
        long[] shape = [64, 40];
        Assert.Equal(_model.Layer(Strict, shape, weights)["alpha"].Value, _model.Layer(Strict, shape, small)["alpha"].Value, 1e-10);
        Assert.NotEqual("success", _model.Layer(Compatible, shape, small).Status);
    }

    [Fact]
    public void A_fit_that_failed_is_never_called_over_trained()
    {
        float[] identity = new float[20 * 20];
        for (int i = 0; i < 20; i++)
            identity[i * 21] = 1e-4f;
        LayerReport strict = _model.Layer(Strict, [20, 20], identity);
        LayerReport compatible = _model.Layer(Compatible, [20, 20], identity);
        Assert.Equal(("not_applicable", ""), (strict.Status, strict.Warning));
        Assert.Equal(MeasurementStatus.NotApplicable, strict["alpha"].Status);
        Assert.Equal(("failed", "over-trained"), (compatible.Status, compatible.Warning));
        Assert.Equal(MeasurementStatus.Failed, compatible["alpha"].Status);
    }

    [Fact]
    public void N_is_never_below_M()
    {
        LayerReport strict = _model.Layer(Strict, [12, 16, 2, 2], GoldenModel.Values(768, 5, false));
        LayerReport compatible = _model.Layer(Compatible, [12, 16, 2, 2], GoldenModel.Values(768, 5, false));
        Assert.Equal((16.0, 12.0, 48.0), (strict["N"].Value, strict["M"].Value, strict["num_evals"].Value));
        Assert.Equal((12.0, 16.0, 48.0), (compatible["N"].Value, compatible["M"].Value, compatible["num_evals"].Value));
    }

    [Fact]
    public void The_spectrum_of_a_convolution_is_not_halved()
    {
        float[] kernel = GoldenModel.Values(16 * 12 * 9, 4, false);
        double strict = _model.Layer(Strict, [16, 12, 3, 3], kernel)["norm"].Value, compatible = _model.Layer(Compatible, [16, 12, 3, 3], kernel)["norm"].Value;
        Assert.Equal(kernel.Sum(w => (double)w * w), strict, 1e-9 * strict);
        Assert.Equal(strict / 2, compatible, 1e-6 * strict); // the factor is applied in single precision
    }

    [Fact]
    public void The_smallest_singular_value_is_the_smallest_of_all_slices()
    {
        float[] kernel = GoldenModel.Values(16 * 12 * 9, 4, false);
        LayerReport pooled = _model.Layer(Strict, [16, 12, 3, 3], kernel);
        ModelReport slices = _model.Analyze(Strict with { Pool = false }, ("w", [16, 12, 3, 3], kernel));
        Assert.Equal(slices.Layers.Min(l => l["sv_min"].Value), pooled["sv_min"].Value, 1e-12);
        Assert.Equal(slices.Layers.Max(l => l["sv_min"].Value), _model.Layer(Compatible, [16, 12, 3, 3], kernel)["sv_min"].Value * Math.Sqrt(2), 1e-6); // the factor is applied in single precision
    }

    [Fact]
    public void Rank_is_counted_at_the_precision_of_the_stored_weights()
    {
        // A matrix of rank 5, rounded to single precision: rounding noise fills the other directions.
        float[] left = TestModel.Gaussian(60 * 5, 1), right = TestModel.Gaussian(5 * 40, 2);
        float[] product = [.. Enumerable.Range(0, 2400).Select(k => (float)Enumerable.Range(0, 5).Sum(r => (double)left[(k / 40 * 5) + r] * right[(r * 40) + (k % 40)]))];
        Assert.Equal((5.0, 35.0), (_model.Layer(Strict, [60, 40], product)["matrix_rank"].Value, _model.Layer(Strict, [60, 40], product)["rank_loss"].Value));
        Assert.Equal(0.0, _model.Layer(Compatible, [60, 40], product)["rank_loss"].Value);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(7)]
    public void Rounding_to_few_bits_hides_neither_rank_nor_tail(int bits)
    {
        // Half precision keeps 10 bits behind the point, bfloat16 7. Rounded to them and stored as such, a layer keeps its rank and its exponent.
        float[] weights = TestModel.Trained(512, 256, 5);
        ushort[] stored = [.. weights.Select(w => bits == 10 ? BitConverter.HalfToUInt16Bits((Half)w) : (ushort)((BitConverter.SingleToUInt32Bits(w) + 0x8000) >> 16))];
        using TemporaryFolder folder = new();
        string path = folder.Write(
            "rounded.safetensors",
            SafetensorsWriter.Bytes(("w", bits == 10 ? "F16" : "BF16", new long[] { 512, 256 }, System.Runtime.InteropServices.MemoryMarshal.AsBytes(stored.AsSpan()).ToArray())));
        LayerReport rounded = Assert.Single(ModelAnalyzer.Analyze(path, Strict, TestContext.Current.CancellationToken).Layers);
        LayerReport full = _model.Layer(Strict, [512, 256], weights);
        Assert.Equal(256.0, rounded["matrix_rank"].Value);
        Assert.Equal(full["alpha"].Value, rounded["alpha"].Value, 0.05);
    }

    [Fact]
    public void DetX_names_say_which_scale_a_value_has()
    {
        float[] weights = TestModel.Trained(60, 40, 3);
        LayerReport strict = _model.Layer(Strict, [60, 40], weights), compatible = _model.Layer(Compatible, [60, 40], weights);
        double mean = strict["norm"].Value / 40;
        Assert.Equal(strict["detX_val"].Value * mean, strict["detX_val_unrescaled"].Value, 1e-9 * mean);
        Assert.Equal(compatible["detX_val_unrescaled"].Value * mean, compatible["detX_val"].Value, 1e-9 * mean);
        Assert.Equal(compatible["detX_num"].Value, strict["detX_num"].Value + 1);
    }

    [Fact]
    public void Layers_that_the_Python_tool_does_not_see_are_analysed()
    {
        (string, long[], float[])[] tensors =
        [
            ("lstm.weight_ih_l0", [80, 20], TestModel.Gaussian(1600, 1)),
            ("attention.in_proj_weight", [60, 20], TestModel.Gaussian(1200, 2)),
            ("conv.weight", [24, 16, 5], TestModel.Gaussian(24 * 16 * 5, 3)),
            ("embed_tokens.weight", [100, 20], TestModel.Gaussian(2000, 4)),
            ("norm.weight", [20], TestModel.Gaussian(20, 5)),
        ];
        Assert.Equal(["recurrent", "attention", "attention", "attention", "conv1d", "embedding"], _model.Analyze(Strict, tensors).Layers.Select(l => l.LayerType));
        ModelReport compatible = _model.Analyze(Compatible, tensors);
        Assert.Equal(["dense", "dense", "dense"], compatible.Layers.Select(l => l.LayerType));
        Assert.Equal(["conv.weight", "norm.weight"], compatible.Skipped.Select(s => s.Name));
    }

    [Fact]
    public void A_huge_direction_does_not_widen_the_bulk()
    {
        float[] noise = TestModel.Gaussian(300 * 150, 11), left = TestModel.Gaussian(300, 12), right = TestModel.Gaussian(150, 13);
        float[] spiked = [.. noise.Select((w, i) => w + (20 * left[i / 150] * right[i % 150]))];
        double bulk = _model.Layer(Strict, [300, 150], noise)["bulk_max"].Value;
        LayerReport strict = _model.Layer(Strict, [300, 150], spiked);
        Assert.Equal(bulk, strict["bulk_max"].Value, 0.05 * bulk);
        Assert.Equal(1.0, strict["num_spikes"].Value);
        Assert.True(_model.Layer(Compatible, [300, 150], spiked)["bulk_max"].Value > 2 * bulk);
    }

    [Theory]
    [InlineData(FitKind.TPL)]
    [InlineData(FitKind.E_TPL)]
    public void The_tail_can_have_a_cut_off(FitKind kind)
    {
        float[] weights = TestModel.Trained(120, 90, 3);
        foreach (AnalysisOptions options in (AnalysisOptions[])[Strict, Compatible])
        {
            LayerReport plain = _model.Layer(options, [120, 90], weights), cut = _model.Layer(options with { Fit = kind }, [120, 90], weights);
            Assert.Equal(MeasurementStatus.NotApplicable, plain["Lambda"].Status);
            Assert.True(cut["Lambda"].Value >= 0);
            if (kind == FitKind.TPL)
                Assert.Equal(plain["xmin"].Value, cut["xmin"].Value);
        }
    }

    [Fact]
    public void Fits_need_a_tail_of_ten_eigenvalues()
    {
        for (int seed = 0; seed < 20; seed++)
            Assert.True(_model.Layer(Strict, [40, 24], TestModel.Gaussian(960, seed))["num_pl_spikes"].Value >= 10);
    }
}
