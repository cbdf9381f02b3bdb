namespace WeightWatcher.Fitting;

/// <summary>
/// The p-value of a power law by the semi-parametric bootstrap of Clauset, Shalizi and Newman (SIAM Review 51, 2009, section 4.1): how often samples that are drawn from the fitted law above
/// xmin, and from the eigenvalues themselves below, lie farther from their own fits. It is one for independent samples. Eigenvalues repel each other, so real spectra lie closer to
/// smooth laws than such samples do, and large values come too easily.
/// </summary>
internal static class PowerLawBootstrap
{
    /// <summary>How many samples are drawn: the standard error of p is 0.035 at most.</summary>
    public const int Samples = 200;

    /// <summary>The p-value.</summary>
    /// <param name="eigenvalues">The eigenvalues, ascending, not negative.</param>
    /// <param name="options">With which they were fitted.</param>
    /// <param name="fit">Their fit.</param>
    /// <param name="unit">Draws a uniform number in (0, 1).</param>
    public static Outcome<double> PValue(ReadOnlySpan<double> eigenvalues, PowerLawOptions options, PowerLawFit fit, Func<double> unit)
    {
        ReadOnlySpan<double> data = PowerLawFit.Data(eigenvalues, options);
        int below = data.Length - fit.TailCount;
        double[] sample = new double[data.Length];
        int fitted = 0, farther = 0;
        for (int k = 0; k < Samples; k++)
        {
            for (int i = 0; i < sample.Length; i++)
            {
                bool tail = unit() * data.Length >= below;
                sample[i] = tail ? fit.XMin * Math.Pow(unit(), -1 / (fit.Alpha - 1)) : data[Math.Min(below - 1, (int)(unit() * below))];
            }

            Array.Sort(sample);
            if (!PowerLawFit.Fit(sample, options).TryGetValue(out PowerLawFit? own))
                continue;
            fitted++;
            farther += own.D >= fit.D ? 1 : 0;
        }

        return fitted == 0 ? Outcome.NotApplicable<double>("no sample of the law could be fitted") : Outcome.Success((double)farther / fitted);
    }
}
