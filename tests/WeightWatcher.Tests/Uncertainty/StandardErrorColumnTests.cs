using WeightWatcher.Policies;
using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Uncertainty;

public sealed class StandardErrorColumnTests : IDisposable
{
    private readonly TestModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(80, 80)]
    [InlineData(120, 40)]
    public void A_matrix_and_its_transpose_have_the_same_errors(int rows, int columns)
    {
        float[] w = TestModel.Trained(rows, columns, 3);
        LayerReport plain = _model.Layer(AnalysisOptions.Default, [rows, columns], w);
        LayerReport turned = _model.Layer(AnalysisOptions.Default, [columns, rows], TestModel.Transpose(w, rows, columns));
        foreach (string column in (string[])["alpha_se", "stable_rank_se", "rand_distance_se", "rand_distance_effect_se"])
            Assert.Equal(plain[column].Value, turned[column].Value, 1e-9 * plain[column].Value);
    }

    [Fact]
    public void Errors_of_what_has_no_scale_do_not_change_with_the_scale()
    {
        float[] w = TestModel.Trained(90, 60, 4);
        LayerReport plain = _model.Layer(AnalysisOptions.Default, [90, 60], w);
        LayerReport scaled = _model.Layer(AnalysisOptions.Default, [90, 60], [.. w.Select(x => x * 64)]);
        foreach (string column in (string[])["alpha_se", "hill_alpha_se", "log_norm_se", "stable_rank_se", "entropy_se", "rand_distance_se"])
            Assert.Equal(plain[column].Value, scaled[column].Value, 1e-9 * plain[column].Value);
    }

    [Fact]
    public void Of_the_logarithm_of_the_squared_norm_it_is_that_of_a_sum_over_rows()
    {
        // The squared norm is a sum over independent rows of 400 squared normal numbers: its relative error is sqrt(2 / (N M)).
        const int Draws = 40, N = 800, M = 20;
        double squares = 0;
        for (int seed = 0; seed < Draws; seed++)
        {
            double error = _model.Layer(AnalysisOptions.Default with { Seed = (ulong)seed }, [N, M], TestModel.Gaussian(N * M, seed))["log_norm_se"].Value;
            squares += error * error / Draws;
        }

        double expected = Math.Sqrt(2.0 / (N * M)) / Math.Log(10);
        Assert.Equal(1, Math.Sqrt(squares) / expected, 0.2);
    }

    [Fact]
    public void A_rule_finds_the_error_of_each_metric_that_has_one()
    {
        LayerReport layer = _model.Layer(AnalysisOptions.Default, [120, 60], TestModel.Trained(120, 60, 6));
        Assert.Equal(layer["alpha_se"].Value, StandardErrors.Of(layer, "alpha"));
        Assert.Equal(Math.Log(10) * layer["norm"].Value * layer["log_norm_se"].Value, StandardErrors.Of(layer, "norm"));
        Assert.Equal(layer["rand_distance_se"].Value / layer["rand_distance_null"].Value, StandardErrors.Of(layer, "rand_distance_ratio"));
        Assert.Null(StandardErrors.Of(layer, "matrix_rank"));
    }

    [Fact]
    public void More_comparisons_ask_for_larger_changes()
    {
        Assert.Equal(2, StandardErrors.FactorFor(1), 0.05);
        Assert.Equal(2.81, StandardErrors.FactorFor(10), 0.01);
        Assert.Equal(3.76, StandardErrors.FactorFor(300), 0.01);
    }

    [Fact]
    public void A_layer_of_few_rows_has_no_error_and_says_why()
    {
        LayerReport layer = _model.Layer(AnalysisOptions.Default with { MinEvals = 4 }, [7, 6], TestModel.Gaussian(42, 1));
        Assert.False(layer["alpha_se"].IsMeasured);
        Assert.Contains("too few rows", layer["alpha_se"].Reason);
    }

    [Fact]
    public void An_error_is_never_that_of_another_estimator()
    {
        float[] w = TestModel.Trained(90, 60, 4);
        foreach (AnalysisOptions options in (AnalysisOptions[])[
            AnalysisOptions.Default with { XMax = 2 },
            AnalysisOptions.Default with { FixFingers = FingerFix.ClipXMax },
            AnalysisOptions.Default with { FixFingers = FingerFix.XMinPeak },
            AnalysisOptions.Default with { Inverse = true }])
        {
            LayerReport layer = _model.Layer(options, [90, 60], w);
            Assert.False(layer["alpha_se"].IsMeasured);
            Assert.Contains("errors are not stated of", layer["alpha_se"].Reason);
            Assert.Equal(!options.Inverse, layer["stable_rank_se"].IsMeasured);
        }

        Assert.True(_model.Layer(AnalysisOptions.Default, [90, 60], w)["alpha_se"].IsMeasured);
    }
}
