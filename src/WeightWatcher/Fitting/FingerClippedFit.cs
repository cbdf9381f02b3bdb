namespace WeightWatcher.Fitting;

/// <summary>How large eigenvalues that spoil a power law ("fingers") are looked for.</summary>
internal sealed record FingerOptions
{
    /// <summary>The options of each single fit.</summary>
    public required PowerLawOptions PowerLaw { get; init; }

    /// <summary>Fits are tried with fewer than this many eigenvalues removed (exclusive).</summary>
    public int MaxFingers { get; init; } = 10;

    /// <summary>By how much alpha must fall to accept a removal (exclusive).</summary>
    public double Threshold { get; init; } = 1.0;

    /// <summary>The first number of eigenvalues that is removed: 2 in the Python tool, which never tries one.</summary>
    public required int FirstRemoval { get; init; }

    /// <summary>What is reported is the number removed less this: 1 in the Python tool.</summary>
    public required int ReportedLess { get; init; }

    /// <summary>
    /// Whether <see cref="MaxFingers"/> is replaced by 10 when it is smaller than half the number of eigenvalues, as the Python tool does.
    /// </summary>
    public required bool ResetSmallMaximum { get; init; }

    /// <summary>Number for number with the Python tool 0.7.5 (<c>fix_fingers='clip_xmax'</c>).</summary>
    public static FingerOptions Compatible { get; } = new()
    {
        PowerLaw = PowerLawOptions.Compatible,
        FirstRemoval = 2,
        ReportedLess = 1,
        ResetSmallMaximum = true,
    };

    /// <summary>Tries one removal first, honours the maximum, and reports how many eigenvalues were removed.</summary>
    /// <param name="smallestEigenvalue">As for <see cref="PowerLawOptions.Strict"/>.</param>
    public static FingerOptions Strict(double smallestEigenvalue) => new()
    {
        PowerLaw = PowerLawOptions.Strict(smallestEigenvalue),
        FirstRemoval = 1,
        ReportedLess = 0,
        ResetSmallMaximum = false,
    };
}

/// <summary>
/// A power-law fit after the removal of the few largest eigenvalues, when that lowers alpha by more than a threshold; else the fit to all.
/// </summary>
internal sealed record FingerClippedFit
{
    /// <summary>The accepted fit; its <see cref="PowerLawFit.NumPlSpikes"/> counts over all eigenvalues, the removed ones included.</summary>
    public required PowerLawFit Fit { get; init; }

    /// <summary>Alpha of the fit to all eigenvalues.</summary>
    public required double RawAlpha { get; init; }

    /// <summary>The number of fingers that is reported; 0 when nothing was removed.</summary>
    public required int NumFingers { get; init; }

    /// <summary>Below this exponent no further removal is tried.</summary>
    private const double SmallestAlpha = 2.0;

    /// <summary>Fits the spectrum.</summary>
    /// <param name="eigenvalues">The eigenvalues, ascending, not negative.</param>
    /// <param name="options">How fingers are looked for.</param>
    /// <returns>The fit; without a value where the fit to all eigenvalues has none, or where too few are left after a removal.</returns>
    public static Outcome<FingerClippedFit> Run(ReadOnlySpan<double> eigenvalues, FingerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Outcome<PowerLawFit> rawOutcome = PowerLawFit.Fit(eigenvalues, options.PowerLaw);
        if (!rawOutcome.TryGetValue(out PowerLawFit? raw))
            return rawOutcome.Select<FingerClippedFit>(_ => throw new InvalidOperationException());

        int maximum = options.ResetSmallMaximum && options.MaxFingers < eigenvalues.Length / 2.0 ? 10 : options.MaxFingers;
        for (int removed = options.FirstRemoval; removed < maximum; removed++)
        {
            ReadOnlySpan<double> rest = eigenvalues[..^Math.Min(removed, eigenvalues.Length)];
            Outcome<PowerLawFit> outcome = PowerLawFit.Fit(rest, options.PowerLaw);
            if (!outcome.TryGetValue(out PowerLawFit? fit))
                return Outcome.Failed<FingerClippedFit>($"after removal of the {removed} largest, {outcome.Reason}");
            if (fit.Alpha + options.Threshold < raw.Alpha)
            {
                return Outcome.Success(new FingerClippedFit
                {
                    Fit = fit with { NumPlSpikes = Spectrum.CountAtLeast(eigenvalues, fit.XMin) },
                    RawAlpha = raw.Alpha,
                    NumFingers = removed - options.ReportedLess,
                });
            }

            if (fit.Alpha <= SmallestAlpha)
                break;
        }

        return Outcome.Success(new FingerClippedFit { Fit = raw, RawAlpha = raw.Alpha, NumFingers = 0 });
    }
}
