using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Metrics;

/// <summary>The columns of the tail fit that the options choose: alpha (and Lambda) of the chosen model, D, sigma and xmin of the power law.</summary>
internal static class TailFit
{
    /// <summary>Fits the tail and sets its columns.</summary>
    /// <param name="evals">The eigenvalues, ascending.</param>
    /// <param name="options">The model of the tail, and which eigenvalues are left out.</param>
    /// <param name="powerLaw">The options of the power law.</param>
    /// <param name="truncated">The options of the truncated power law, given whether xmin is sought around the peak.</param>
    /// <param name="fingers">How large eigenvalues that spoil the fit are looked for, when the options ask for it.</param>
    /// <param name="failure">What an outcome without a fit is reported as.</param>
    /// <param name="row">Receives the columns.</param>
    /// <returns>alpha, when there is one.</returns>
    public static Outcome<double> Measure(
        double[] evals,
        AnalysisOptions options,
        PowerLawOptions powerLaw,
        Func<bool, TruncatedPowerLawOptions> truncated,
        FingerOptions fingers,
        Func<string, OutcomeKind, Outcome<PowerLawFit>> failure,
        MetricRow row)
    {
        (Outcome<PowerLawFit> fit, Outcome<double> alpha, double? cutOff) = Fit(evals, options, powerLaw, truncated, fingers, row);
        Outcome<PowerLawFit> reported = fit.IsSuccess ? fit : failure(fit.Reason, fit.Kind);
        row.Set("alpha", alpha.IsSuccess ? alpha : reported.Select(f => f.Alpha));
        row.Set(
            reported,
            ("D", f => f.D),
            ("sigma", f => f.Sigma),
            ("xmin", f => f.XMin),
            ("xmax", f => f.XMax),
            ("num_pl_spikes", f => f.NumPlSpikes));
        row.Set(
            reported.Then(f => TailComparison.Of(Tail(evals, f), f.Alpha, cutOff)),
            ("vuong_exponential", c => c.Exponential),
            ("vuong_lognormal", c => c.Lognormal),
            ("power_law_tenable", c => c.IsPowerLawTenable ? 1 : 0));
        return alpha;
    }

    /// <summary>alpha alone, without what is measured of its tail.</summary>
    /// <inheritdoc cref="Measure"/>
    public static Outcome<double> Alpha(
        double[] evals, AnalysisOptions options, PowerLawOptions powerLaw, Func<bool, TruncatedPowerLawOptions> truncated, FingerOptions fingers) =>
        Fit(evals, options, powerLaw, truncated, fingers, null).Alpha;

    /// <summary>The p-value of the power law as if eigenvalues were independent, seeded by the layer's shape.</summary>
    public static Outcome<double> ClausetP(double[] evals, Layer layer, AnalysisOptions options, PowerLawOptions powerLaw)
    {
        if (options.Fit != FitKind.PL || options.XMax > 0 || options.FixFingers != FingerFix.Off)
            return Outcome.NotApplicable<double>("the test is one of the plain power law");
        RandomSource random = new(options.Seed, RandomPurpose.Bootstrap, layer.N, layer.M, layer.SliceId ?? 0, 0);
        return PowerLawFit.Fit(evals, powerLaw).Then(fit => PowerLawBootstrap.PValue(evals, powerLaw, fit, () => random.NextUnit()));
    }

    private static (Outcome<PowerLawFit> Fit, Outcome<double> Alpha, double? CutOff) Fit(
        double[] evals, AnalysisOptions options, PowerLawOptions powerLaw, Func<bool, TruncatedPowerLawOptions> truncated, FingerOptions fingers, MetricRow? row)
    {
        Outcome<PowerLawFit> fit;
        Outcome<double> alpha;
        double? cutOff = null;
        powerLaw = powerLaw with { DropLargest = options.XMax, Window = options.FixFingers == FingerFix.XMinPeak ? Window(evals, powerLaw, options) : null };
        if (options.Fit == FitKind.PL && options.FixFingers == FingerFix.ClipXMax)
        {
            Outcome<FingerClippedFit> clipped = FingerClippedFit.Run(evals, fingers with { MaxFingers = options.MaxFingers, Threshold = options.FingerThresh });
            row?.Set(clipped, ("raw_alpha", f => f.RawAlpha), ("num_fingers", f => f.NumFingers));
            fit = clipped.Select(f => f.Fit);
            alpha = fit.Select(f => f.Alpha);
        }
        else if (options.Fit == FitKind.PL)
        {
            fit = PowerLawFit.Fit(evals, powerLaw);
            alpha = fit.Select(f => f.Alpha);
        }
        else
        {
            Outcome<TruncatedPowerLawFit> both = TruncatedPowerLawFit.Fit(
                evals, truncated(options.Fit == FitKind.E_TPL || options.FixFingers == FingerFix.XMinPeak) with { PowerLaw = powerLaw with { Window = null } });
            fit = both.Select(f => f.PowerLaw);
            alpha = both.Select(f => f.Alpha);
            row?.Set("Lambda", both.Select(f => f.Lambda));
            row?.Set("cutoff_gain", both.Select(f => f.LikelihoodRatio));
            cutOff = both.IsSuccess ? both.Value.LikelihoodRatio : null;
        }

        return (fit, alpha, cutOff);
    }

    // The eigenvalues that the law was fitted to; those above its upper limit were left out.
    private static ReadOnlySpan<double> Tail(double[] evals, PowerLawFit fit)
    {
        int end = evals.Length;
        while (end > fit.TailCount && evals[end - 1] > fit.XMax)
            end--;
        return evals.AsSpan(end - fit.TailCount, fit.TailCount);
    }

    private static XMinWindow? Window(double[] evals, PowerLawOptions powerLaw, AnalysisOptions options)
    {
        ReadOnlySpan<double> data = Spectrum.Fault(evals) is null ? Spectrum.Above(evals, powerLaw.Floor) : [];
        return data.IsEmpty ? null : XMinWindow.AroundPeak(data, options.Semantics == Semantics.Compatible);
    }
}
