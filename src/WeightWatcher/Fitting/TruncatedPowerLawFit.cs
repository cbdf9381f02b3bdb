using WeightWatcher.Distributions;

namespace WeightWatcher.Fitting;

/// <summary>What the fit of a truncated power law takes for granted.</summary>
internal sealed record TruncatedPowerLawOptions
{
    /// <summary>The options of the power-law scan that finds xmin.</summary>
    public required PowerLawOptions PowerLaw { get; init; }

    /// <summary>Whether xmin is sought only around the peak of the density: E_TPL.</summary>
    public bool AroundPeak { get; init; }

    /// <summary>Whether the window around the peak has the Python tool's logarithmic lower bound.</summary>
    public bool CompatibleWindow { get; init; }

    /// <summary>The smallest exponent that is sought, at least 0: an exponential.</summary>
    public double SmallestAlpha { get; init; }

    /// <summary>Whether an exponent at <see cref="SmallestAlpha"/> is a result (as in the Python tool) or means that the model does not apply.</summary>
    public bool AcceptSmallestAlpha { get; init; }

    /// <summary>
    /// As the Python tool: exponents from 1 up as in the package powerlaw 1.5 that it calls, and 1 itself accepted; xmin by the tool's own power-law scan.
    /// </summary>
    /// <param name="aroundPeak">E_TPL instead of TPL.</param>
    public static TruncatedPowerLawOptions Compatible(bool aroundPeak = false) => new()
    {
        PowerLaw = PowerLawOptions.Compatible,
        AroundPeak = aroundPeak,
        CompatibleWindow = true,
        SmallestAlpha = 1,
        AcceptSmallestAlpha = true,
    };

    /// <summary>The mended definition: any exponent above 0, where the tail would be a plain exponential.</summary>
    /// <param name="smallestEigenvalue">As for <see cref="PowerLawOptions.Strict"/>.</param>
    /// <param name="aroundPeak">E_TPL instead of TPL.</param>
    public static TruncatedPowerLawOptions Strict(double smallestEigenvalue, bool aroundPeak = false) => new()
    {
        PowerLaw = PowerLawOptions.Strict(smallestEigenvalue),
        AroundPeak = aroundPeak,
    };
}

/// <summary>
/// A power law with exponential cut-off fitted by maximum likelihood to the tail that the power-law scan chose. The distribution is an exponential family
/// in alpha and Lambda, so that the likelihood has one maximum: where the means of ln(x / xmin) and x / xmin - 1 are those of the data.
/// </summary>
internal sealed record TruncatedPowerLawFit
{
    /// <summary>The exponent before the cut-off; at most that of the plain power law.</summary>
    public required double Alpha { get; init; }

    /// <summary>The rate of the cut-off, in units of 1 / lambda; 0 when the plain power law is likelier than any cut-off.</summary>
    public required double Lambda { get; init; }

    /// <summary>The plain power law on the same tail, whose xmin, D and sigma the Python tool reports.</summary>
    public required PowerLawFit PowerLaw { get; init; }

    /// <summary>The Kolmogorov-Smirnov distance of the truncated power law, in [0, 1]: the goodness of fit.</summary>
    public required double D { get; init; }

    /// <summary>
    /// Twice the gain in log-likelihood over the plain power law, at least 0. For independent draws without cut-off it is 0 in half of all cases, else
    /// chi-squared with one degree of freedom (Self and Liang, JASA 82, 1987, case 5).
    /// </summary>
    public required double LikelihoodRatio { get; init; }

    /// <summary>Below this share of 1 / mean(w) a cut-off lies so far out that the data cannot tell it from none.</summary>
    private const double SmallestRate = 1e-13;

    /// <summary>Fits the spectrum.</summary>
    /// <param name="eigenvalues">The eigenvalues, ascending, not negative.</param>
    /// <param name="options">What the fit takes for granted.</param>
    public static Outcome<TruncatedPowerLawFit> Fit(ReadOnlySpan<double> eigenvalues, TruncatedPowerLawOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Spectrum.Fault(eigenvalues) is { } fault)
            return Outcome.Failed<TruncatedPowerLawFit>(fault);
        PowerLawOptions powerLaw = options.PowerLaw;
        ReadOnlySpan<double> data = PowerLawFit.Data(eigenvalues, powerLaw);
        if (options.AroundPeak && !data.IsEmpty)
            powerLaw = powerLaw with { Window = XMinWindow.AroundPeak(data, options.CompatibleWindow) };
        Outcome<PowerLawFit> outcome = PowerLawFit.Fit(eigenvalues, powerLaw);
        if (!outcome.TryGetValue(out PowerLawFit? start))
            return outcome.Select<TruncatedPowerLawFit>(_ => throw new InvalidOperationException());

        ReadOnlySpan<double> tail = data[^start.TailCount..];
        double meanV = 0, meanW = 0;
        foreach (double value in tail)
        {
            meanV += Math.Log(value / start.XMin) / tail.Length;
            meanW += ((value / start.XMin) - 1) / tail.Length;
        }

        if (!(meanV > 0))
            return Outcome.NotApplicable<TruncatedPowerLawFit>("the eigenvalues of the tail are equal");
        (double alpha, double t) = Maximize(meanV, meanW, options.SmallestAlpha);
        if (alpha <= options.SmallestAlpha && !options.AcceptSmallestAlpha)
            return Outcome.NotApplicable<TruncatedPowerLawFit>("the likelihood is largest at the smallest exponent: the tail is no heavier than an exponential");

        TruncatedPowerLaw law = new(alpha, t / start.XMin, start.XMin);
        double gain = LogLikelihood(alpha, t, meanV, meanW) - LogLikelihood(1 + (1 / meanV), 0, meanV, meanW);
        return Outcome.Success(new TruncatedPowerLawFit
        {
            Alpha = alpha,
            Lambda = law.Lambda,
            PowerLaw = start,
            D = Distance(tail, law),
            LikelihoodRatio = Math.Max(0, 2 * tail.Length * gain),
        });
    }

    /// <summary>The exponent and t = Lambda xmin at which the likelihood is largest.</summary>
    private static (double Alpha, double T) Maximize(double meanV, double meanW, double smallestAlpha)
    {
        // Along the ridge of best exponents the slope in t falls from above to below zero, and is below zero at t = 1 / mean(w).
        double high = 1 / meanW, low = high, plain = 1 + (1 / meanV);
        if (TruncatedPowerLaw.MomentsOf(plain, 0).MeanW <= meanW)
            return (plain, 0);
        double Slope(double logT)
        {
            double t = Math.Exp(logT);
            return TruncatedPowerLaw.MomentsOf(BestAlpha(t, meanV, smallestAlpha), t).MeanW - meanW;
        }

        while (Slope(Math.Log(low)) <= 0)
        {
            low /= 10;
            if (low < high * SmallestRate)
                return (plain, 0);
        }

        double root = low == high ? Math.Log(high) : FallingRoot.Find(Slope, Math.Log(low), Math.Log(Math.Min(high, low * 10)), 1e-11);
        double best = Math.Exp(root);
        return (BestAlpha(best, meanV, smallestAlpha), best);
    }

    /// <summary>The likeliest exponent for a given t: that at which the mean of v is the data's; it falls as the exponent grows.</summary>
    private static double BestAlpha(double t, double meanV, double smallestAlpha)
    {
        double high = 1 + (1 / meanV);
        if (TruncatedPowerLaw.MomentsOf(smallestAlpha, t).MeanV <= meanV)
            return smallestAlpha;
        double Excess(double alpha) => TruncatedPowerLaw.MomentsOf(alpha, t).MeanV - meanV;
        return FallingRoot.Find(Excess, smallestAlpha, high, 1e-12 * high);
    }

    private static double LogLikelihood(double alpha, double t, double meanV, double meanW)
        => -Math.Log(TruncatedPowerLaw.MomentsOf(alpha, t).Normalizer) - ((alpha - 1) * meanV) - (t * meanW);

    private static double Distance(ReadOnlySpan<double> tail, TruncatedPowerLaw law)
    {
        double largest = 0;
        for (int i = 0; i < tail.Length; i++)
        {
            double fitted = law.Cdf(tail[i]);
            largest = Math.Max(largest, Math.Max(Math.Abs(fitted - ((double)i / tail.Length)), Math.Abs(fitted - ((i + 1.0) / tail.Length))));
        }

        return largest;
    }
}
