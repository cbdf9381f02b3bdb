using WeightWatcher.Fitting;

namespace WeightWatcher.Metrics;

/// <summary>The columns of the tail fit that the options choose: alpha (and Lambda) of the chosen model, D, sigma and xmin of the power law.</summary>
internal static class TailFit
{
    /// <summary>Fits the tail and sets its columns.</summary>
    /// <param name="evals">The eigenvalues, ascending.</param>
    /// <param name="kind">The model of the tail.</param>
    /// <param name="powerLaw">The options of the power law.</param>
    /// <param name="truncated">The options of the truncated power law, given whether xmin is sought around the peak.</param>
    /// <param name="failure">What an outcome without a fit is reported as.</param>
    /// <param name="row">Receives the columns.</param>
    /// <returns>alpha, when there is one.</returns>
    public static Outcome<double> Measure(
        double[] evals,
        FitKind kind,
        PowerLawOptions powerLaw,
        Func<bool, TruncatedPowerLawOptions> truncated,
        Func<string, OutcomeKind, Outcome<PowerLawFit>> failure,
        MetricRow row)
    {
        Outcome<PowerLawFit> fit;
        Outcome<double> alpha;
        if (kind == FitKind.PL)
        {
            fit = PowerLawFit.Fit(evals, powerLaw);
            alpha = fit.Select(f => f.Alpha);
        }
        else
        {
            Outcome<TruncatedPowerLawFit> both = TruncatedPowerLawFit.Fit(evals, truncated(kind == FitKind.E_TPL));
            fit = both.Select(f => f.PowerLaw);
            alpha = both.Select(f => f.Alpha);
            row.Set("Lambda", both.Select(f => f.Lambda));
        }

        Outcome<PowerLawFit> reported = fit.IsSuccess ? fit : failure(fit.Reason, fit.Kind);
        row.Set("alpha", alpha.IsSuccess ? alpha : reported.Select(f => f.Alpha));
        row.Set(
            reported,
            ("D", f => f.D),
            ("sigma", f => f.Sigma),
            ("xmin", f => f.XMin),
            ("xmax", f => f.XMax),
            ("num_pl_spikes", f => f.NumPlSpikes));
        return alpha;
    }
}
