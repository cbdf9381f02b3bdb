using System.Text.Json;
using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

/// <summary>Every column of the reference values that a spectrum alone decides, in compatible semantics.</summary>
public class GoldenTests
{
    private readonly GoldenModel _model = GoldenModel.Load();

    [Fact]
    public void The_layers_are_those_of_the_reference()
    {
        foreach ((GoldenLayer layer, _) in _model.Rows("describe"))
            Assert.Equal(layer.ExpectedFirstEntries, layer.FirstEntries);
    }

    [Theory]
    [InlineData("analyze_default_detX_mpfit")]
    [InlineData("analyze_clip_xmax")]
    [InlineData("analyze_xmax_1")]
    [InlineData("analyze_pool_false_min1")]
    [InlineData("analyze_conv2d_norm_False")]
    public void Norms_and_ranks_agree_in(string table)
    {
        foreach ((GoldenLayer layer, JsonElement row) in _model.Rows(table))
        {
            double[] eigenvalues = EigenvaluesOf(table, layer, row);
            double alpha = GoldenModel.Number(row, "alpha");
            int n = row.GetProperty("N").GetInt32();
            double largest = Math.Sqrt(eigenvalues[^1]);
            int rank = SpectralRank.Rank(eigenvalues, SpectralRank.CompatibleTolerance(n, largest));

            Close(row, "norm", NormMetrics.Norm(eigenvalues));
            Close(row, "log_norm", NormMetrics.CompatibleLogNorm(eigenvalues));
            Close(row, "spectral_norm", NormMetrics.SpectralNorm(eigenvalues).Value);
            Close(row, "lambda_max", eigenvalues[^1]);
            Close(row, "log_spectral_norm", NormMetrics.CompatibleLogSpectralNorm(eigenvalues));
            Close(row, "alpha_weighted", NormMetrics.AlphaWeighted(eigenvalues, alpha).Value);
            Close(row, "log_alpha_norm", NormMetrics.CompatibleLogAlphaNorm(eigenvalues, alpha));
            Close(row, "log_alpha_norm", NormMetrics.LogAlphaNorm(eigenvalues, alpha).Value);
            Close(row, "stable_rank", NormMetrics.CompatibleStableRank(eigenvalues));
            Assert.Equal(row.GetProperty("matrix_rank").GetInt32(), rank);
            Close(row, "entropy", MatrixEntropy.Compatible(eigenvalues, rank));
            Assert.Equal(row.GetProperty("weak_rank_loss").GetInt32(), SpectralRank.WeakRankLoss(eigenvalues, SpectralRank.CompatibleWeakTolerance));
            Assert.Equal(row.GetProperty("num_evals").GetInt32(), eigenvalues.Length);
        }
    }

    [Fact]
    public void Extremes_and_rank_loss_over_slices_agree()
    {
        foreach ((GoldenLayer layer, JsonElement row) in _model.Rows("analyze_default_detX_mpfit"))
        {
            double[][] slices = layer.SingularValues();
            SliceExtremes extremes = SliceExtremes.Of(slices.Select(slice => (slice.Min(), slice.Max())));
            Close(row, "sv_max", extremes.SvMax);
            Close(row, "sv_min", extremes.CompatibleSvMin);

            int n = row.GetProperty("N").GetInt32();
            int loss = slices.Sum(slice => slice.Length - SpectralRank.Rank(
                GoldenLayer.Squares(slice), SpectralRank.CompatibleTolerance(n, slice.Max())));
            Assert.Equal(row.GetProperty("rank_loss").GetInt32(), loss);
        }
    }

    [Theory]
    [InlineData("analyze_default_detX_mpfit", 0)]
    [InlineData("analyze_xmax_1", 1)]
    [InlineData("analyze_pool_false_min1", 0)]
    [InlineData("analyze_conv2d_norm_False", 0)]
    public void Power_law_fits_agree_in(string table, int dropLargest)
    {
        foreach ((GoldenLayer layer, JsonElement row) in _model.Rows(table))
        {
            PowerLawFit fit = PowerLawFit.Fit(EigenvaluesOf(table, layer, row), PowerLawOptions.Compatible with { DropLargest = dropLargest }).Value;
            CheckFit(row, fit);
        }
    }

    [Fact]
    public void Fits_without_fingers_agree()
    {
        foreach ((GoldenLayer layer, JsonElement row) in _model.Rows("analyze_clip_xmax"))
        {
            FingerClippedFit fit = FingerClippedFit.Run(layer.Pooled(), FingerOptions.Compatible).Value;
            CheckFit(row, fit.Fit);
            Close(row, "raw_alpha", fit.RawAlpha);
            Assert.Equal(row.GetProperty("num_fingers").GetInt32(), fit.NumFingers);
        }
    }

    [Fact]
    public void The_tail_of_product_one_agrees()
    {
        foreach ((GoldenLayer layer, JsonElement row) in _model.Rows("analyze_default_detX_mpfit"))
        {
            DetX detX = DetX.Compatible(layer.Pooled());
            Assert.Equal(row.GetProperty("detX_num").GetInt32(), detX.Num);
            Close(row, "detX_val", detX.Value);
            Close(row, "detX_val_unrescaled", detX.RescaledValue);
        }
    }

    [Fact]
    public void Marchenko_Pastur_fits_agree()
    {
        foreach ((GoldenLayer layer, JsonElement row) in _model.Rows("analyze_default_detX_mpfit"))
        {
            double q = GoldenModel.Number(row, "Q");
            MarchenkoPasturFit fit = MarchenkoPasturFit.Fit(layer.Pooled(), q, row.GetProperty("M").GetInt32(), MarchenkoPasturOptions.Compatible).Value;
            Close(row, "sigma_mp", fit.Sigma, 1e-6);
            Close(row, "W_scale", fit.WScale);
            Close(row, "bulk_max", fit.BulkMax, 1e-6);
            Close(row, "bulk_min", fit.BulkMin, 1e-6);
            Close(row, "mp_softrank", fit.SoftRank, 1e-6);
            Assert.Equal(row.GetProperty("num_spikes").GetInt32(), fit.NumSpikes);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_density_fit_of_uniform_numbers_agrees(int q)
    {
        double[] values = [.. new LinearCongruentialSamples(14).Units(200).Order()];
        double mean = values.Average();
        (double sigma, double error) = MarchenkoPasturFit.FitSigma([.. values.Select(value => value / mean)], q, MarchenkoPasturOptions.Compatible)!.Value;
        JsonElement expected = _model.Root.GetProperty($"mpfit_uniform200_seed14_Q{q}");
        Close(expected[0], sigma, 1e-6, "sigma");
        Close(expected[1], error, 1e-6, "error");
    }

    [Fact]
    public void The_Pareto_sample_agrees()
    {
        double[] sample = [.. new LinearCongruentialSamples(13).Units(500).Select(u => Math.Pow(1 - u, -1 / 1.5)).Order()];
        JsonElement expected = _model.Root.GetProperty("wwfit_pareto500_seed13");
        PowerLawFit fit = PowerLawFit.Fit(sample, PowerLawOptions.Compatible).Value;
        Close(expected, "alpha", fit.Alpha);
        Close(expected, "sigma", fit.Sigma);
        Close(expected, "D", fit.D);
        Close(expected, "xmin", fit.XMin);
        Assert.Equal(expected.GetProperty("n").GetInt32(), fit.TailCount);

        JsonElement detX = _model.Root.GetProperty("detX_pareto500_seed13");
        DetX actual = DetX.Compatible(sample);
        Assert.Equal(detX[0].GetInt32(), actual.Num);
        Assert.Equal(detX[1].GetInt32(), actual.Index);
    }

    [Fact]
    public void Index_aligned_distances_agree()
    {
        double[] first = [.. new LinearCongruentialSamples(11).Units(30).Order()], second = [.. new LinearCongruentialSamples(12).Units(30).Order()];
        Close(_model.Root.GetProperty("jsd_sorted_lcg30_seed11_12"), JensenShannon.IndexAligned(first, second).Value, 1e-12, "distance");
        Close(_model.Root.GetProperty("jsd_disjoint"), JensenShannon.IndexAligned([1, 0], [0, 1]).Value, 1e-12, "distance");
    }

    private static double[] EigenvaluesOf(string table, GoldenLayer layer, JsonElement row) => table switch
    {
        "analyze_pool_false_min1" => layer.Slice(row.GetProperty("slice_id").GetInt32()),
        "analyze_conv2d_norm_False" => layer.Pooled(normalize: false),
        _ => layer.Pooled(),
    };

    private static void CheckFit(JsonElement row, PowerLawFit fit)
    {
        Close(row, "alpha", fit.Alpha);
        Close(row, "sigma", fit.Sigma);
        Close(row, "D", fit.D);
        Close(row, "xmin", fit.XMin);
        Close(row, "xmax", fit.XMax);
        Assert.Equal(row.GetProperty("num_pl_spikes").GetInt32(), fit.NumPlSpikes);
    }

    private static void Close(JsonElement row, string column, double actual, double relative = 1e-9)
        => Close(row.GetProperty(column), actual, relative, column);

    private static void Close(JsonElement expected, double actual, double relative, string what)
    {
        double value = GoldenModel.Number(expected);
        Assert.True(value.Equals(actual) || Math.Abs(actual - value) <= relative * Math.Abs(value), $"{what}: {value:R} was expected, {actual:R} found.");
    }
}
