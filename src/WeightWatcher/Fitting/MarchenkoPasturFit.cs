namespace WeightWatcher.Fitting;

/// <summary>What the density fit of a Marchenko-Pastur bulk takes for granted; the defaults are the Python tool's.</summary>
internal sealed record MarchenkoPasturOptions
{
    /// <summary>Number for number (within 1e-4) with the Python tool 0.7.5.</summary>
    public static MarchenkoPasturOptions Compatible { get; } = new();

    /// <summary>Half the width of the triangular kernel, in units of the mean eigenvalue (of the root mean square singular value when Q = 1).</summary>
    public double Bandwidth { get; init; } = 0.1;

    /// <summary>The number of grid points of the density.</summary>
    public int GridPoints { get; init; } = 1000;

    /// <summary>Grid points with a density of at most this are left out.</summary>
    public double SmallestDensity { get; init; } = 0.01;

    /// <summary>The residual per point where the bulk and the data cannot belong together.</summary>
    public double Penalty { get; init; } = 1000;
}

/// <summary>
/// The Marchenko-Pastur bulk of a spectrum by a least-squares fit of its density to a kernel density estimate, as the Python tool
/// makes it: eigenvalues scaled to mean one, sigma by grid search and simplex. Its flaws are kept: a large spike collapses the bulk into a few
/// grid points; at Q = 1 the support does not scale with sigma; the edge has no quantile. For a sound fit see <see cref="RobustBulk"/>.
/// </summary>
internal sealed record MarchenkoPasturFit
{
    /// <summary><c>sigma_mp</c>: the standard deviation of the bulk, in units where the mean eigenvalue is one.</summary>
    public required double Sigma { get; init; }

    /// <summary><c>W_scale</c>: sqrt(n / sum of lambda); eigenvalues are multiplied by its square.</summary>
    public required double WScale { get; init; }

    /// <summary><c>bulk_min</c>: the lower edge, in the units of the eigenvalues.</summary>
    public required double BulkMin { get; init; }

    /// <summary><c>bulk_max</c>: the upper edge, in the units of the eigenvalues.</summary>
    public required double BulkMax { get; init; }

    /// <summary><c>num_spikes</c>: the number of eigenvalues above the upper edge plus the tool's margin.</summary>
    public required int NumSpikes { get; init; }

    /// <summary><c>mp_softrank</c>: the upper edge over the largest eigenvalue.</summary>
    public required double SoftRank { get; init; }

    /// <summary>The sum of squared differences of the densities at the solution: the goodness of fit, smaller is better.</summary>
    public required double SquaredError { get; init; }

    /// <summary>Fits the spectrum.</summary>
    /// <param name="eigenvalues">Ascending, not negative.</param>
    /// <param name="q">Q as the tool reports it for the layer; positive, and below 1 for some convolutions.</param>
    /// <param name="m">M as the tool reports it for the layer.</param>
    /// <param name="options">What the fit takes for granted.</param>
    public static Outcome<MarchenkoPasturFit> Fit(ReadOnlySpan<double> eigenvalues, double q, int m, MarchenkoPasturOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!(q > 0) || double.IsInfinity(q))
            return Outcome.NotApplicable<MarchenkoPasturFit>("Q is not a positive number");
        if (Spectrum.Fault(eigenvalues) is { } fault)
            return Outcome.Failed<MarchenkoPasturFit>(fault);
        double sum = Spectrum.Sum(eigenvalues);
        if (eigenvalues.IsEmpty || !(sum > 0))
            return Outcome.NotApplicable<MarchenkoPasturFit>("all eigenvalues are zero");

        double scale = Math.Sqrt(eigenvalues.Length) / Math.Sqrt(sum);
        double[] scaled = new double[eigenvalues.Length];
        for (int i = 0; i < scaled.Length; i++)
            scaled[i] = eigenvalues[i] * scale * scale;
        if (FitSigma(scaled, q, options) is not var (sigma, error))
            return Outcome.Failed<MarchenkoPasturFit>("the density estimate has no point above its threshold");

        double reach = 1 / Math.Sqrt(q);
        double upper = Math.Pow(sigma * (1 + reach), 2), lower = Math.Pow(sigma * (1 - reach), 2);
        double margin = Math.Sqrt(reach * Math.Pow(upper, 2.0 / 3) * Math.Pow(m, -2.0 / 3));
        return Outcome.Success(new MarchenkoPasturFit
        {
            Sigma = sigma,
            WScale = scale,
            BulkMin = lower / (scale * scale),
            BulkMax = upper / (scale * scale),
            NumSpikes = Spectrum.CountAbove(scaled, upper + margin),
            SoftRank = upper / scaled[^1],
            SquaredError = error,
        });
    }

    /// <summary>The search for sigma on eigenvalues whose mean is already one.</summary>
    /// <returns>sigma and the sum of squared residuals, or null when no grid point has a density to fit.</returns>
    internal static (double Sigma, double SquaredError)? FitSigma(ReadOnlySpan<double> scaled, double q, MarchenkoPasturOptions options)
    {
        double[] data = scaled.ToArray();
        double unit = Math.Sqrt(data[^1]) / (1 + (1 / Math.Sqrt(q)));
        bool quarterCircle = q == 1;
        if (quarterCircle)
        {
            for (int i = 0; i < data.Length; i++)
                data[i] = Math.Sqrt(data[i]);
        }

        double end = data[^1] + 0.5, step = end / (options.GridPoints - 1);
        double[] density = LinearKernelDensity.OnGrid(data, options.Bandwidth, end, options.GridPoints);
        DensityPoints points = DensityPoints.Keep(density, step, options.SmallestDensity);
        if (points.Count == 0 && !quarterCircle)
            return null;

        double Objective(double sigma) => quarterCircle
            ? points.QuarterCircleError(sigma)
            : points.MarchenkoPasturError(q, sigma, options.Penalty);

        double start = LineSearch.Grid(Objective, 0.05 * unit, 2 * unit, 0.01 * unit);
        (double sigma, double error, _) = LineSearch.NelderMead(Objective, start);
        return (sigma, error);
    }
}
