using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Analysis;

/// <summary>What is wrong with an artifact is told by a code of its own.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly TestModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void A_weight_that_is_not_finite_is_a_fault_with_its_place(float bad, string text)
    {
        float[] weights = TestModel.Trained(30, 20, 1);
        weights[(7 * 20) + 3] = bad;
        LayerReport layer = _model.Layer(AnalysisOptions.Default, [30, 20], weights);
        Assert.Equal((LayerFault.NonFinite, $"weight [7, 3] is {text}", "failed"), (layer.Fault, layer.FaultDetail, layer.Status));
        Assert.Equal(MeasurementStatus.Failed, layer["alpha"].Status);
        Assert.Equal(MeasurementStatus.Failed, layer["rand_distance"].Status);
        Assert.Equal(20.0, layer["num_evals"].Value);
    }

    [Fact]
    public void A_layer_of_zeros_is_a_fault() =>
        Assert.Equal(LayerFault.AllZero, _model.Layer(AnalysisOptions.Default, [30, 20], new float[600]).Fault);

    [Fact]
    public void A_zero_slice_among_others_is_no_fault()
    {
        float[] kernel = TestModel.Gaussian(16 * 12 * 9, 1);
        for (int i = 0; i < kernel.Length; i += 9)
            kernel[i] = 0;
        Assert.Equal(LayerFault.None, _model.Layer(AnalysisOptions.Default, [16, 12, 3, 3], kernel).Fault);
    }

    [Fact]
    public void An_artifact_without_tensors_is_refused() => AssertRefused(ArtifactCodes.NoTensors, []);

    [Fact]
    public void An_artifact_without_a_layer_is_refused() =>
        AssertRefused(ArtifactCodes.NoAnalysableLayer, [("bias", [30], new float[30]), ("tiny", [30, 3], new float[90])]);

    [Fact]
    public void Patterns_that_leave_no_layer_are_refused() =>
        AssertRefused(ArtifactCodes.NoLayerSelected, [("fc.weight", [30, 20], TestModel.Gaussian(600, 1))], AnalysisOptions.Default with { Exclude = ["fc"] });

    [Fact]
    public void Constant_layers_are_measured_without_surprise()
    {
        LayerReport layer = _model.Layer(AnalysisOptions.Default, [30, 20], [.. Enumerable.Repeat(0.25f, 600)]);
        Assert.Equal((1.0, 19.0), (layer["matrix_rank"].Value, layer["rank_loss"].Value));
        Assert.Equal(MeasurementStatus.NotApplicable, layer["alpha"].Status);
    }

    [Theory]
    [InlineData(-40)]
    [InlineData(40)]
    public void Extreme_scales_give_the_same_shape_metrics(int exponent)
    {
        float[] weights = TestModel.Trained(60, 40, 2);
        LayerReport plain = _model.Layer(AnalysisOptions.Default, [60, 40], weights);
        LayerReport scaled = _model.Layer(AnalysisOptions.Default, [60, 40], [.. weights.Select(w => MathF.ScaleB(w, exponent))]);
        foreach (string metric in (string[])["alpha", "D", "stable_rank", "matrix_rank", "entropy", "rand_distance", "rand_distance_ratio", "num_traps", "detX_num", "num_spikes"])
            Assert.Equal(plain[metric].Value, scaled[metric].Value, 1e-9);
    }

    /// <summary>Of double precision, both as large and as small as their squares allow.</summary>
    [Theory]
    [InlineData(300, 60, 40)]
    [InlineData(490, 60, 40)]
    [InlineData(-300, 60, 40)]
    [InlineData(-480, 60, 40)]
    [InlineData(300, 48, 48)]
    [InlineData(-300, 48, 48)]
    public void Scales_of_double_precision_give_the_same_shape_metrics(int exponent, int rows, int columns)
    {
        double[] weights = [.. TestModel.Trained(rows, columns, 2).Select(w => (double)w)];
        AnalysisOptions options = AnalysisOptions.Default with { Randomize = Randomization.Both, Vectors = true };
        LayerReport plain = _model.Layer(options, [rows, columns], weights);
        LayerReport scaled = _model.Layer(options, [rows, columns], [.. weights.Select(w => Math.ScaleB(w, exponent))]);
        Assert.Equal("success", scaled.Status);
        string[] ofScale = ["norm", "spectral_norm", "lambda_max", "xmin", "xmax", "detX_val_unrescaled", "sv_max", "sv_min", "glorot_gain"];
        foreach ((string metric, Measurement value) in plain.Metrics)
        {
            bool isOfScale = ofScale.Contains(metric) || metric.Contains("bulk_m", StringComparison.Ordinal) || metric.Contains("W_scale", StringComparison.Ordinal)
                || metric.Contains("rand_eval", StringComparison.Ordinal) || metric == "ww_maxdist" || metric.StartsWith("log_", StringComparison.Ordinal) || metric == "alpha_weighted";
            if (metric is "init_p_value" or "still_at_init")
                Assert.Contains("fourth power", scaled[metric].Reason);
            else if (!value.IsMeasured)
                Assert.Equal(value, scaled[metric]);
            else if (!isOfScale || metric.Contains("vec", StringComparison.Ordinal) || metric.EndsWith("ratio", StringComparison.Ordinal))
                Assert.Equal(value.Value, scaled[metric].Value, 1e-6 * Math.Max(1, Math.Abs(value.Value)));
        }
    }

    [Theory]
    [InlineData(520)]
    [InlineData(700)]
    [InlineData(1023)]
    [InlineData(-520)]
    [InlineData(-700)]
    [InlineData(-1060)]
    public void Weights_whose_squares_leave_the_range_of_a_double_have_singular_values_alone(int exponent)
    {
        double[] weights = [.. TestModel.Trained(60, 40, 2).Select(w => Math.Clamp((double)w, -1, 1))];
        LayerReport plain = _model.Layer(AnalysisOptions.Default, [60, 40], weights);
        foreach (bool inverse in (bool[])[false, true])
        {
            LayerReport layer = _model.Layer(AnalysisOptions.Default with { Inverse = inverse, Randomize = Randomization.Both }, [60, 40], [.. weights.Select(w => Math.ScaleB(w, exponent))]);
            Assert.Equal(("failed", LayerFault.None), (layer.Status, layer.Fault));
            bool hasSingularValues = Math.Abs(exponent) < 1000;
            foreach ((string metric, Measurement value) in layer.Metrics.Where(m => m.Value.IsMeasured))
            {
                Assert.Contains(metric, (string[])["N", "M", "Q", "num_evals", "rf", "params", "sv_max", "sv_min", "matrix_rank", "rank_loss", "rank_share"]);
                if (metric is "sv_max" or "sv_min")
                    Assert.Equal(Math.ScaleB(plain[metric].Value, exponent), value.Value, 1e-9 * value.Value);
                else
                    Assert.Equal(plain[metric].Value, value.Value);
            }

            Assert.Equal(hasSingularValues, layer["matrix_rank"].IsMeasured);
            foreach (string metric in (string[])["alpha", "norm", "log_norm", "stable_rank", "entropy", "rand_distance", "alpha_se", "dead_rows", "still_at_init"])
                Assert.Equal((MeasurementStatus.Failed, "the square of the weights leaves the range of a double"), (layer[metric].Status, layer[metric].Reason));
        }
    }

    [Fact]
    public void The_analysis_can_be_cancelled()
    {
        string path = _model.Write(("fc.weight", [600, 500], TestModel.Gaussian(300_000, 1)));
        Assert.ThrowsAny<OperationCanceledException>(() => ModelAnalyzer.Analyze(path, AnalysisOptions.Default, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Layers_can_be_listed_without_reading_weights()
    {
        string path = _model.Write(("a.weight", [30, 20], new float[600]), ("b.bias", [30], new float[30]));
        Assert.Equal(["a"], ModelAnalyzer.ListLayers(path, cancellationToken: TestContext.Current.CancellationToken));
    }

    private void AssertRefused(DiagnosticCode code, (string, long[], float[])[] tensors, AnalysisOptions? options = null)
    {
        ArtifactException refused = Assert.Throws<ArtifactException>(() => _model.Analyze(options ?? AnalysisOptions.Default, tensors));
        Assert.Equal(code, refused.Code);
    }
}
