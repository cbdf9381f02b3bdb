using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Metrics;

/// <summary>
/// The columns as the Python tool 0.7.5 computes them, its quirks included; docs/differences.md lists those. Only the sentinel -1 is not kept: what
/// failed is said to have failed.
/// </summary>
internal static class CompatibleMetrics
{
    /// <summary>The replicas that are pooled for the randomized Marchenko-Pastur fit when a layer has fewer than 100 eigenvalues.</summary>
    private const int PooledReplicas = 5;

    /// <summary>The exponent that stands for a failed fit in the norms that use it.</summary>
    private const double FailedAlpha = -1;

    /// <summary>
    /// What weights are multiplied by, in single precision, before anything is measured: convolutions by sqrt(slices / 2), where pooled slices count as one.
    /// </summary>
    public static double Scale(Layer layer, AnalysisOptions options) =>
        layer.Type == LayerType.Conv2D && options.Conv2DNorm ? Math.Sqrt((layer.SliceId is null ? 1 : layer.KernelSize) / 2.0) : 1;

    /// <summary>Measures a layer.</summary>
    /// <returns>The status and the warning of the row.</returns>
    public static (string Status, string Warning) Measure(Layer layer, LayerSpectra spectra, AnalysisOptions options, MetricRow row)
    {
        double[] evals = spectra.Eigenvalues;
        Outcome<double> fit = TailFit.Measure(
            evals, options, PowerLawOptions.Compatible, TruncatedPowerLawOptions.Compatible, FingerOptions.Compatible, (reason, _) => Outcome.Failed<PowerLawFit>(reason), row);
        double alpha = fit.IsSuccess ? fit.Value : FailedAlpha;
        if (options.ClausetP)
            row.Set("clauset_p", TailFit.ClausetP(evals, layer, options, PowerLawOptions.Compatible));

        SliceExtremes extremes = SliceExtremes.Of(spectra.SingularValues.Select(s => (s[0], s[^1])));
        int rank = SpectralRank.Rank(evals, SpectralRank.CompatibleTolerance(layer.N, Math.Sqrt(evals[^1])));
        row.Set("norm", NormMetrics.Norm(evals));
        row.Set("log_norm", NormMetrics.CompatibleLogNorm(evals));
        row.Set("spectral_norm", evals[^1]);
        row.Set("log_spectral_norm", NormMetrics.CompatibleLogSpectralNorm(evals));
        row.Set("lambda_max", evals[^1]);
        row.Set("alpha_weighted", alpha * NormMetrics.CompatibleLogSpectralNorm(evals));
        row.Set("log_alpha_norm", NormMetrics.CompatibleLogAlphaNorm(evals, alpha));
        row.Set("stable_rank", NormMetrics.CompatibleStableRank(evals));
        row.Set("matrix_rank", rank);
        row.Set("rank_share", (double)rank / evals.Length);
        row.Set("entropy", MatrixEntropy.Compatible(evals, rank));
        row.Set("matrix_entropy", MatrixEntropy.Published(evals));
        row.Set("hill_alpha", HillEstimator.UpperHalf(evals, PowerLawOptions.Compatible.Floor));
        row.Set("sv_max", extremes.SvMax);
        row.Set("sv_min", extremes.CompatibleSvMin);
        row.Set("rank_loss", spectra.SingularValues.Sum(s => s.Length - CountAbove(s, SpectralRank.CompatibleTolerance(layer.N, s[^1]))));
        row.Set("weak_rank_loss", SpectralRank.WeakRankLoss(evals, SpectralRank.CompatibleWeakTolerance));
        double q = (double)layer.N / layer.M;
        if (options.DetX)
        {
            DetX detX = DetX.Compatible(evals);
            row.Set("detX_num", detX.Num);
            row.Set("detX_val", detX.Value);
            row.Set("detX_val_unrescaled", detX.RescaledValue);
        }

        if (options.MpFit)
            MeasureBulk(MarchenkoPasturFit.Fit(evals, q, layer.M, MarchenkoPasturOptions.Compatible), "", row);
        if (!spectra.Permuted.IsEmpty)
        {
            double[] first = spectra.Permuted[0];
            double[] pool = evals.Length < 100 ? [.. spectra.Permuted.Take(PooledReplicas).SelectMany(r => r).Order()] : first;
            RandomizedMetrics.MeasureDistance(spectra, row);
            row.Set("max_rand_eval", pool[^1]);
            row.Set("ww_softrank", first[^1] / evals[^1]);
            row.Set("ww_maxdist", evals[^1] - first[^1]);
            MeasureBulk(MarchenkoPasturFit.Fit(pool, q, layer.M, MarchenkoPasturOptions.Compatible), "rand_", row);
        }

        RandomizedMetrics.MeasureGaussian(spectra, row);
        return (fit.IsSuccess ? "success" : "failed", alpha < 2 ? "over-trained" : alpha > 6 ? "under-trained" : "");
    }

    private static void MeasureBulk(Outcome<MarchenkoPasturFit> fit, string prefix, MetricRow row) => row.Set(
        fit,
        ($"{prefix}W_scale", f => f.WScale),
        ($"{prefix}sigma_mp", f => f.Sigma),
        ($"{prefix}bulk_max", f => f.BulkMax),
        ($"{prefix}bulk_min", f => f.BulkMin),
        ($"{prefix}mp_softrank", f => f.SoftRank),
        ($"{prefix}num_spikes", f => f.NumSpikes));

    private static int CountAbove(double[] singularValues, double tolerance) => singularValues.Count(s => s > tolerance);
}
