using WeightWatcher.Distributions;

namespace WeightWatcher.Fitting;

/// <summary>What the robust fit of a Marchenko-Pastur bulk takes for granted.</summary>
internal sealed record RobustBulkOptions
{
    /// <summary>The defaults: the middle half of the bulk, a Tracy-Widom edge of 99 %, one matrix.</summary>
    public static RobustBulkOptions Default { get; } = new();

    /// <summary>The share of the bulk below the values that are matched, in [0, TrimHigh).</summary>
    public double TrimLow { get; init; } = 0.25;

    /// <summary>The share of the bulk up to which values are matched, in (TrimLow, 1].</summary>
    public double TrimHigh { get; init; } = 0.75;

    /// <summary>The probability that random matrices alone have no eigenvalue above the edge, over all slices together.</summary>
    public double EdgeProbability { get; init; } = 0.99;

    /// <summary>How many equally shaped matrices share the spectrum: 1, or the kernel positions of a convolution.</summary>
    public int Slices { get; init; } = 1;

    /// <summary>A bulk whose matched values are at or below this on average is made of rounding errors, and none; in the units of the eigenvalues.</summary>
    public double Floor { get; init; }

    /// <summary>Fewer eigenvalues than this per matrix are not fitted; half of them must be left when the spikes are taken out.</summary>
    public int MinimumEigenvalues { get; init; } = 10;
}

/// <summary>
/// The Marchenko-Pastur bulk of a spectrum that may hold spikes of any size: the variance is the one at which the trimmed mean of the
/// bulk equals the trimmed mean of the Marchenko-Pastur distribution; eigenvalues above the Tracy-Widom edge are then taken out and the rest is
/// fitted again, until no more come out.
/// </summary>
/// <remarks>
/// A trimmed mean over the middle half does not see how large the spikes are, only how many there are, which the iteration mends. With k spikes
/// taken out the rest behaves like the spectrum of an (N - k) x (M - k) matrix (Benaych-Georges and Nadakuditi, Advances in Math. 227, 2011).
/// At Q = 1 nothing is special: quantiles stay finite where the density does not.
/// </remarks>
internal sealed record RobustBulk
{
    /// <summary>The standard deviation of one entry of W without its spikes.</summary>
    public required double Sigma { get; init; }

    /// <summary>
    /// The relative standard error of sigma^2, and so of both edges: 1.9 / sqrt(N M slices) for a fitted variance, a little above the spread of the trimmed mean in simulated
    /// Gaussian matrices of M = 10 to 160 at Q = 1, 2 and 8 (1.53 to 1.84); 0 for a known one.
    /// </summary>
    public required double RelativeVarianceError { get; init; }

    /// <summary>The lower edge of the bulk, sigma^2 (sqrt(N) - sqrt(M))^2, in the units of the eigenvalues of WᵀW.</summary>
    public required double BulkMin { get; init; }

    /// <summary>The upper edge of the bulk, sigma^2 (sqrt(N) + sqrt(M))^2, in the units of the eigenvalues of WᵀW.</summary>
    public required double BulkMax { get; init; }

    /// <summary>The eigenvalue that random matrices of this shape and variance do not exceed, with the probability that the options name.</summary>
    public required double Edge { get; init; }

    /// <summary>The number of eigenvalues above <see cref="Edge"/>.</summary>
    public required int NumSpikes { get; init; }

    /// <summary><see cref="BulkMax"/> over the largest eigenvalue.</summary>
    public required double SoftRank { get; init; }

    /// <summary>The Kolmogorov-Smirnov distance between the eigenvalues that are no spikes and the fitted bulk, in [0, 1]: the goodness of fit.</summary>
    public required double D { get; init; }

    /// <summary>The spread of the trimmed mean over the middle half, times sqrt(N M); a mean of all would have sqrt(2).</summary>
    private const double TrimmedSpread = 1.9;

    /// <summary>Fits the spectrum.</summary>
    /// <param name="eigenvalues">All eigenvalues of WᵀW, of all slices together, ascending, not negative.</param>
    /// <param name="n">N of one matrix, at least M.</param>
    /// <param name="m">M of one matrix.</param>
    /// <param name="options">What the fit takes for granted.</param>
    public static Outcome<RobustBulk> Fit(ReadOnlySpan<double> eigenvalues, int n, int m, RobustBulkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, m);
        if (Spectrum.Fault(eigenvalues) is { } fault)
            return Outcome.Failed<RobustBulk>(fault);
        if (m < options.MinimumEigenvalues || eigenvalues.Length < options.MinimumEigenvalues)
            return Outcome.NotApplicable<RobustBulk>($"a bulk needs at least {options.MinimumEigenvalues} eigenvalues per matrix, and has {m}");

        double[] sums = new double[eigenvalues.Length + 1];
        for (int i = 0; i < eigenvalues.Length; i++)
            sums[i + 1] = sums[i] + eigenvalues[i];

        int spikes = 0;
        while (true)
        {
            double removed = (double)spikes / options.Slices, restN = n - removed, restM = m - removed;
            int rest = eigenvalues.Length - spikes;
            int from = (int)Math.Floor(options.TrimLow * rest), to = (int)Math.Ceiling(options.TrimHigh * rest);
            if (rest < options.MinimumEigenvalues / 2 || to <= from || restM < 1 || restN < 2)
                return Outcome.NotApplicable<RobustBulk>("nearly all eigenvalues are spikes");

            MarchenkoPastur unit = new(restN / restM);
            double expected = unit.TrimmedMean((double)from / rest, (double)to / rest) * restN;
            double mean = (sums[to] - sums[from]) / (to - from), variance = mean / expected;
            if (!(mean > options.Floor) || !(variance > 0) || !double.IsFinite(variance))
                return Outcome.NotApplicable<RobustBulk>("half of the eigenvalues are zero: there is no bulk");

            int above = Spectrum.CountAbove(eigenvalues, EdgeOf(restN, restM, variance, options));
            if (above <= spikes)
                return Outcome.Success(Describe(eigenvalues, n, m, variance, spikes, TrimmedSpread / Math.Sqrt((double)n * m * options.Slices), options));
            spikes = above;
        }
    }

    /// <summary>The edges of a random matrix whose variance is known, and the eigenvalues beyond.</summary>
    /// <param name="eigenvalues">All eigenvalues of WᵀW, of all slices together, ascending, not negative.</param>
    /// <param name="n">N of one matrix, at least M.</param>
    /// <param name="m">M of one matrix.</param>
    /// <param name="variance">The variance of one entry.</param>
    /// <param name="options">Which edge is used, and the number of slices.</param>
    public static Outcome<RobustBulk> OfKnownVariance(ReadOnlySpan<double> eigenvalues, int n, int m, double variance, RobustBulkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, m);
        if (Spectrum.Fault(eigenvalues) is { } fault)
            return Outcome.Failed<RobustBulk>(fault);
        if (eigenvalues.IsEmpty || eigenvalues[^1] == 0 || !(variance > 0) || n < 2)
            return Outcome.NotApplicable<RobustBulk>("there is no variance");
        int spikes = Spectrum.CountAbove(eigenvalues, EdgeOf(n, m, variance, options));
        return Outcome.Success(Describe(eigenvalues, n, m, variance, spikes, 0, options));
    }

    private static double EdgeOf(double n, double m, double variance, RobustBulkOptions options)
        => TracyWidomEdge.Of(n, m, variance).Quantile(Math.Pow(options.EdgeProbability, 1.0 / options.Slices));

    private static RobustBulk Describe(
        ReadOnlySpan<double> eigenvalues, int n, int m, double variance, int spikes, double error, RobustBulkOptions options)
    {
        double rootN = Math.Sqrt(n), rootM = Math.Sqrt(m), upper = variance * (rootN + rootM) * (rootN + rootM);
        return new RobustBulk
        {
            Sigma = Math.Sqrt(variance),
            RelativeVarianceError = error,
            BulkMin = variance * (rootN - rootM) * (rootN - rootM),
            BulkMax = upper,
            Edge = EdgeOf(n, m, variance, options),
            NumSpikes = spikes,
            SoftRank = upper / eigenvalues[^1],
            D = DistanceToBulk(eigenvalues[..^spikes], new MarchenkoPastur((double)n / m, variance * n)),
        };
    }

    private static double DistanceToBulk(ReadOnlySpan<double> bulk, MarchenkoPastur distribution)
    {
        double largest = 0;
        for (int i = 0; i < bulk.Length; i++)
        {
            double fitted = distribution.Cdf(bulk[i]);
            largest = Math.Max(largest, Math.Max(Math.Abs(fitted - ((double)i / bulk.Length)), Math.Abs(fitted - ((i + 1.0) / bulk.Length))));
        }

        return largest;
    }
}
