using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Spectra;

namespace WeightWatcher.Metrics;

/// <summary>
/// The columns by their mended definitions: free of scale where the field means them to be, without sentinels, and never a value for what has no
/// meaning. docs/differences.md says where they differ from the Python tool and why.
/// </summary>
internal static class StrictMetrics
{
    /// <summary>An eigenvalue below this share of the mean eigenvalue counts as nearly zero.</summary>
    private const double WeakShare = 1e-6;

    /// <summary>Eigenvalues of a permutation below these shares of the largest that its mean and its bulk make are rounding errors of its products (<see cref="ProductPrecision"/>).</summary>
    private const double DoubleProductShare = 1e-13, SingleProductShare = 1e-6;

    /// <summary>Whether what is measured of the squares of the singular values can be measured.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="spectra">Its spectrum.</param>
    /// <param name="options">What to measure: of the inverse every singular value counts.</param>
    public static bool IsInRange(Layer layer, LayerSpectra spectra, AnalysisOptions options) =>
        SquareRange.Holds(spectra.SingularValues, s => options.Inverse ? 0 : Tolerance(layer, s));

    /// <summary>Sets the columns that need singular values and no squares of them, where these and their tolerance are numbers with all digits.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="spectra">Its spectrum.</param>
    /// <param name="row">Receives the columns.</param>
    public static void MeasureOutOfRange(Layer layer, LayerSpectra spectra, MetricRow row)
    {
        if (spectra.SingularValues.All(s => s[^1] == 0 || (double.IsFinite(s[^1]) && double.IsNormal(Tolerance(layer, s)))))
            MeasureSingularValues(layer, spectra, row);
    }

    /// <summary>Measures a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="spectra">Its spectrum, or that of its inverse.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="row">Receives the columns.</param>
    /// <returns>The status and the warning of the row.</returns>
    public static (string Status, string Warning) Measure(Layer layer, LayerSpectra spectra, AnalysisOptions options, MetricRow row)
    {
        double[] evals = spectra.Eigenvalues;
        double floor = Floor(layer, spectra, options);
        Outcome<double> fit = TailFit.Measure(
            evals,
            options,
            PowerLawOptions.Strict(floor),
            aroundPeak => TruncatedPowerLawOptions.Strict(floor, aroundPeak),
            FingerOptions.Strict(floor),
            (reason, kind) => kind == OutcomeKind.Failed ? Outcome.Failed<PowerLawFit>(reason) : Outcome.NotApplicable<PowerLawFit>(reason),
            row);
        if (options.ClausetP)
            row.Set("clauset_p", TailFit.ClausetP(evals, layer, options, PowerLawOptions.Strict(floor)));
        row.Set("hill_alpha", HillEstimator.UpperHalf(evals, floor));

        int rank = MeasureSingularValues(layer, spectra, row);
        row.Set("norm", NormMetrics.Norm(evals));
        row.Set("log_norm", NormMetrics.LogNorm(evals));
        row.Set("spectral_norm", evals[^1]);
        row.Set("log_spectral_norm", NormMetrics.LogSpectralNorm(evals));
        row.Set("lambda_max", evals[^1]);
        row.Set("alpha_weighted", fit.Then(alpha => NormMetrics.AlphaWeighted(evals, alpha)));
        row.Set("log_alpha_norm", fit.Then(alpha => NormMetrics.LogAlphaNorm(evals, alpha)));
        row.Set("stable_rank", NormMetrics.StableRank(evals));
        row.Set("weak_rank_loss", SpectralRank.WeakRankLoss(evals, WeakShare * NormMetrics.Norm(evals) / evals.Length));
        row.Set("entropy", MatrixEntropy.Normalized(evals, rank));
        row.Set("matrix_entropy", MatrixEntropy.Published(evals));
        if (options.DetX)
            row.Set(DetX.Strict(evals, DetXCount.WithoutCrossing), ("detX_num", d => d.Num), ("detX_val", d => d.RescaledValue), ("detX_val_unrescaled", d => d.Value));
        if (options.MpFit)
            MeasureBulk(layer, evals, floor, "", options, row);
        if (!spectra.Permuted.IsEmpty)
            MeasureRandomized(layer, spectra, options, row);
        RandomizedMetrics.MeasureGaussian(spectra, row);

        string warning = !fit.IsSuccess ? "" : fit.Value < 2 ? "over-trained" : fit.Value > 6 ? "under-trained" : "";
        return (fit.Kind switch { OutcomeKind.Success => "success", OutcomeKind.NotApplicable => "not_applicable", _ => "failed" }, warning);
    }

    /// <summary>Sets how far rounding the weights would move alpha.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="spectra">Its spectrum.</param>
    /// <param name="largest">The largest magnitude of its weights.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="row">Receives the column; alpha is already there.</param>
    public static void MeasureRounding(Layer layer, LayerSpectra spectra, double largest, AnalysisOptions options, MetricRow row)
    {
        double floor = Floor(layer, spectra, options);
        row.Set("alpha_rounding", options.Inverse ? Outcome.NotApplicable<double>("of the inverse") : AlphaRounding.Of(layer, spectra, largest, row["alpha"], Alpha, options.Seed));

        Outcome<double> Alpha(double[] eigenvalues) => TailFit.Alpha(
            eigenvalues, options, PowerLawOptions.Strict(floor), aroundPeak => TruncatedPowerLawOptions.Strict(floor, aroundPeak), FingerOptions.Strict(floor));
    }

    private static double Floor(Layer layer, LayerSpectra spectra, AnalysisOptions options)
    {
        double tolerance = spectra.SingularValues.Max(s => Tolerance(layer, s));
        return options.Inverse ? 0 : tolerance * tolerance;
    }

    private static void MeasureRandomized(Layer layer, LayerSpectra spectra, AnalysisOptions options, MetricRow row)
    {
        double[] evals = spectra.Eigenvalues;
        RandomizedMetrics.MeasureDistance(spectra, row);
        double randomLargest = RandomizedMetrics.MedianLargest(spectra.Permuted);
        row.Set("max_rand_eval", randomLargest);
        row.Set("ww_softrank", randomLargest / evals[^1]);
        row.Set("ww_maxdist", evals[^1] - randomLargest);
        if (options.MpFit)
            MeasureBulk(layer, spectra.Permuted[0], Math.Max(Floor(layer, spectra, options), ProductFloor(spectra)), "rand_", options, row);
    }

    /// <summary>The largest eigenvalue of a permutation that is a rounding error of its products: these err by a share of the lengths of columns, which a single huge entry makes large in its own column alone.</summary>
    private static double ProductFloor(LayerSpectra spectra)
    {
        double share = spectra.PermutedPrecision == ProductPrecision.Single ? SingleProductShare : DoubleProductShare;
        (int n, int m) = spectra.SliceShape;
        return share * n * spectra.Slices.Max(s => (m * s.Entries.Mean * s.Entries.Mean) + (4 * s.Entries.Sigma * s.Entries.Sigma));
    }

    private static void MeasureBulk(Layer layer, double[] evals, double floor, string prefix, AnalysisOptions options, MetricRow row)
    {
        // sigma_mp is in units of the standard deviation that all entries together have, so that 1 means: all of the norm is bulk.
        double meanEigenvalue = NormMetrics.Norm(evals) / evals.Length;
        double sigma = Math.Sqrt(meanEigenvalue / layer.N);
        row.Set($"{prefix}W_scale", 1 / Math.Sqrt(meanEigenvalue));
        Outcome<RobustBulk> bulk = options.Inverse
            ? Outcome.NotApplicable<RobustBulk>("the Marchenko-Pastur law does not describe the spectrum of an inverse")
            : RobustBulk.Fit(evals, layer.N, layer.M, RobustBulkOptions.Default with { Slices = layer.Slices.Length, Floor = floor });
        if (prefix.Length == 0)
            row.Set("bulk_max_se", bulk.Select(f => f.BulkMax * f.RelativeVarianceError));
        row.Set(
            bulk,
            ($"{prefix}sigma_mp", f => f.Sigma / sigma),
            ($"{prefix}bulk_max", f => f.BulkMax),
            ($"{prefix}bulk_min", f => f.BulkMin),
            ($"{prefix}mp_softrank", f => f.SoftRank),
            ($"{prefix}num_spikes", f => f.NumSpikes));
    }

    /// <summary>Sets the columns that need singular values alone.</summary>
    /// <returns>The rank.</returns>
    private static int MeasureSingularValues(Layer layer, LayerSpectra spectra, MetricRow row)
    {
        SliceExtremes extremes = SliceExtremes.Of(spectra.SingularValues.Select(s => (s[0], s[^1])));
        int count = spectra.Eigenvalues.Length, rankLoss = spectra.SingularValues.Sum(s => RankLoss(s, layer));
        row.Set("sv_max", extremes.SvMax);
        row.Set("sv_min", extremes.SvMin);
        row.Set("matrix_rank", count - rankLoss);
        row.Set("rank_loss", rankLoss);
        row.Set("rank_share", (double)(count - rankLoss) / count);
        return count - rankLoss;
    }

    private static int RankLoss(double[] singularValues, Layer layer)
    {
        double tolerance = Tolerance(layer, singularValues);
        return singularValues.Count(s => !(s > tolerance));
    }

    private static double Tolerance(Layer layer, double[] singularValues) => SpectralRank.Tolerance(layer.N, layer.M, layer.Tensor.StoredEpsilon, singularValues);
}
