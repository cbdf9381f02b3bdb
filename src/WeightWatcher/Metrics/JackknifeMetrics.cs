using System.Collections.Immutable;
using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Metrics;

/// <summary>
/// The standard errors of metrics, from the spectra without each of several groups of rows. Eigenvalues repel, so that formulas for independent samples are wrong in both
/// directions; docs/uncertainty.md has the simulation that this is held to.
/// </summary>
internal static class JackknifeMetrics
{
    /// <summary>The columns that <see cref="Measure"/> sets whenever a layer was analysed.</summary>
    public static ImmutableArray<string> Columns { get; } =
        ["alpha_se", "hill_alpha_se", "log_norm_se", "log_spectral_norm_se", "stable_rank_se", "entropy_se"];

    /// <summary>The columns that it sets when the layer was permuted.</summary>
    public static ImmutableArray<string> RandomizedColumns { get; } = ["rand_distance_se", "rand_distance_effect_se"];

    /// <summary>
    /// Starts whose distance D exceeds the smallest by this share at most count as nearly as good. Fitted on the simulations of docs/uncertainty.md: with 0.7 the stated error of alpha is
    /// 1.3 to 2.8 times the true one, with 1 up to 3.5 times, without this 1.17 to 2.65 times.
    /// </summary>
    private const double NearlyAsGood = 0.7;

    /// <summary>Eigenvalues of a difference of Gram matrices below this share of the largest are rounding errors.</summary>
    private const double GramFloor = 1e-13;

    /// <summary>Sets the errors.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="spectra">Its spectra.</param>
    /// <param name="groups">Its spectra without each group; empty when there are none.</param>
    /// <param name="options">Which fit gives alpha.</param>
    /// <param name="row">Receives the columns; its values are already there.</param>
    public static void Measure(Layer layer, LayerSpectra spectra, ImmutableArray<double[]> groups, AnalysisOptions options, MetricRow row)
    {
        if (groups.IsEmpty)
        {
            Outcome<double> none = Outcome.NotApplicable<double>(
                options.Inverse ? "errors are not stated of an inverse" : options.Combine != LayerCombination.None ? "errors are not stated of combined layers" : layer.M > JackknifeSpectra.MostColumns ? "the layer is too large to measure it cheaply" : "too few rows to leave groups of them out");
            foreach (string column in spectra.Permuted.IsEmpty ? Columns : [.. Columns, .. RandomizedColumns])
                row.Set(column, none);
            return;
        }

        double floor = Math.Max(StoredFloor(layer, spectra), GramFloor * spectra.Eigenvalues[^1]);
        // These options choose other eigenvalues in each group, so that what they give is not one estimator with an error.
        row.Set("alpha_se", options.XMax > 0 || options.FixFingers != FingerFix.Off
            ? Outcome.NotApplicable<double>("errors are not stated of a fit with 'xmax' or 'fix_fingers'")
            : AlphaError(spectra.Eigenvalues, groups, options, floor));
        row.Set("hill_alpha_se", Jackknife.StandardError(groups, g => HillEstimator.UpperHalf(g, floor)));
        row.Set("log_norm_se", Jackknife.StandardError(groups, NormMetricsOf(NormMetrics.LogNorm)));
        row.Set("log_spectral_norm_se", Jackknife.StandardError(groups, NormMetricsOf(NormMetrics.LogSpectralNorm)));
        row.Set("stable_rank_se", Jackknife.StandardError(groups, NormMetricsOf(NormMetrics.StableRank)));
        row.Set("entropy_se", Jackknife.StandardError(groups, g => MatrixEntropy.Normalized(g, Spectrum.CountAbove(g, floor))));
        if (!spectra.Permuted.IsEmpty)
            MeasureDistance(spectra, groups, row);
    }

    private static void MeasureDistance(LayerSpectra spectra, ImmutableArray<double[]> groups, MetricRow row)
    {
        // Without rows the spectrum has another shape, and so has the random one. What all groups have in common is taken out, so that each
        // group's spectrum can be held against the random spectrum of the whole layer.
        double[] evals = spectra.Eigenvalues, mean = new double[evals.Length];
        foreach (double[] group in groups)
        {
            for (int i = 0; i < mean.Length; i++)
                mean[i] += group[i] / groups.Length;
        }

        double[] random = spectra.Permuted[0];
        double floor = GramFloor * evals[^1];
        double[] centred = new double[evals.Length];
        Outcome<(double Distance, double Largest)>[] held = new Outcome<(double, double)>[groups.Length];
        for (int k = 0; k < held.Length; k++)
        {
            Centre(groups[k], mean, evals, floor, centred);
            double largest = centred[^1];
            held[k] = JensenShannon.IndexAligned(centred, random).Select(rd => (rd, largest));
        }

        Outcome<double> distance = Jackknife.StandardError(held, h => h.Select(x => x.Distance));

        // The permutations are few, so that their own spread is part of the error.
        Outcome<double> draws = SpreadOfDraws(spectra);
        row.Set("rand_distance_se", distance.Then(jackknife => draws.Select(spread => double.Hypot(jackknife, spread))));

        Outcome<double> expected = row["rand_distance_null"];
        double randomLargest = RandomizedMetrics.MedianLargest(spectra.Permuted);
        Outcome<double> effect = expected.Then(e => Jackknife.StandardError(
            held, h => h.Select(x => Math.CopySign(RandDistanceNull.Effect(x.Distance, e), x.Largest - randomLargest))));
        row.Set("rand_distance_effect_se", effect.Then(jackknife => draws.Select(spread => double.Hypot(jackknife, spread))));
    }

    /// <summary>The standard error of rand_distance that its few permutations leave; of one, that of the drawn places of large entries, or 0 without any.</summary>
    internal static Outcome<double> SpreadOfDraws(LayerSpectra spectra)
    {
        List<double> distances = [];
        foreach (double[] replica in spectra.Permuted)
        {
            Outcome<double> distance = JensenShannon.IndexAligned(spectra.Eigenvalues, replica);
            if (!distance.IsSuccess)
                return distance;
            distances.Add(distance.Value);
        }

        if (distances.Count > 1)
            return Outcome.Success(Deviation(distances) / Math.Sqrt(distances.Count));
        return Outcome.Success(spectra.Slices is [{ Spiked: { } spiked }] ? Deviation([.. WithDraws(spectra, spiked, distances[0])]) : 0);
    }

    /// <summary>The distances from the layer to its one permutation with the largest eigenvalues of further ones in the place of its own.</summary>
    private static IEnumerable<double> WithDraws(LayerSpectra spectra, SpikedDraws spiked, double distance)
    {
        int count = spiked.Largest[0].Length;
        double sum = spectra.Permuted[0].Sum(), scale = sum / spectra.Eigenvalues.Sum();
        double[] scaled = [.. spectra.Eigenvalues.TakeLast(count).Reverse().Select(v => v * scale)], own = [.. spectra.Permuted[0].TakeLast(count).Reverse()];
        double others = (distance * distance) - JensenShannon.Part(scaled, own, sum);
        return spiked.Largest.Select(draw => Math.Sqrt(Math.Max(0, others + JensenShannon.Part(scaled, draw, sum))));
    }

    private static double Deviation(List<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }

    private static void Centre(double[] group, double[] mean, double[] whole, double floor, double[] centred)
    {
        bool ascends = true;
        for (int i = 0; i < centred.Length; i++)
        {
            centred[i] = mean[i] > floor ? group[i] * (whole[i] / mean[i]) : whole[i];
            ascends &= i == 0 || centred[i] >= centred[i - 1];
        }

        if (!ascends)
            Array.Sort(centred);
    }

    private static double StoredFloor(Layer layer, LayerSpectra spectra)
    {
        double tolerance = spectra.SingularValues.Max(s => SpectralRank.Tolerance(layer.N, layer.M, layer.Tensor.StoredEpsilon, s));
        return tolerance * tolerance;
    }

    // Where the best start of a tail is far ahead in every group, and another one is nearly as good, the next draw may well choose the other: leaving groups out alone does not see that.
    private static Outcome<double> AlphaError(double[] evals, ImmutableArray<double[]> groups, AnalysisOptions options, double floor)
    {
        Outcome<double> jackknife = Jackknife.StandardError(groups, g => Alpha(g, options, floor));
        if (options.Fit != FitKind.PL)
            return jackknife;
        PowerLawOptions powerLaw = options.Semantics == Semantics.Compatible ? PowerLawOptions.Compatible : PowerLawOptions.Strict(floor);
        return jackknife.Then(error => PowerLawFit.SpreadOfStarts(evals, powerLaw, NearlyAsGood).Select(spread => Math.Max(error, spread)));
    }

    private static Outcome<double> Alpha(double[] evals, AnalysisOptions options, double floor)
    {
        bool compatible = options.Semantics == Semantics.Compatible;
        PowerLawOptions powerLaw = compatible ? PowerLawOptions.Compatible : PowerLawOptions.Strict(floor);
        if (options.Fit == FitKind.PL)
            return PowerLawFit.Fit(evals, powerLaw).Select(f => f.Alpha);
        bool aroundPeak = options.Fit == FitKind.E_TPL;
        TruncatedPowerLawOptions truncated = compatible ? TruncatedPowerLawOptions.Compatible(aroundPeak) : TruncatedPowerLawOptions.Strict(floor, aroundPeak);
        return TruncatedPowerLawFit.Fit(evals, truncated).Select(f => f.Alpha);
    }

    private delegate Outcome<double> OfEigenvalues(ReadOnlySpan<double> eigenvalues);

    private static Func<double[], Outcome<double>> NormMetricsOf(OfEigenvalues metric) => evals => metric(evals);
}
