using System.Buffers;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Fitting;

/// <summary>What a power-law fit takes for granted.</summary>
/// <remarks>Use <see cref="Compatible"/> or <see cref="Strict"/> and change single fields with <c>with</c>.</remarks>
internal sealed record PowerLawOptions
{
    /// <summary>Only eigenvalues above this enter the fit (exclusive).</summary>
    public required double Floor { get; init; }

    /// <summary>The smallest number of eigenvalues a tail may have; at least 2.</summary>
    public required int MinimumTail { get; init; }

    /// <summary>Which limits the Kolmogorov-Smirnov distance compares.</summary>
    public required KolmogorovSmirnovSides Sides { get; init; }

    /// <summary>
    /// Whether a tail must start at the first of eigenvalues that are equal but for the rounding of their computation, and span more than that and than the eigenvalues' own resolution,
    /// <c>2 sqrt(Floor * lambda_max)</c>, which is what an error of sqrt(Floor) in a singular value does to lambda_max.
    /// </summary>
    public required bool RequireDistinctTail { get; init; }

    /// <summary>Where xmin may lie, or null for anywhere.</summary>
    public XMinWindow? Window { get; init; }

    /// <summary>How many of the largest eigenvalues are left out of the fit and of <c>num_pl_spikes</c> (the tool's integer <c>xmax</c>).</summary>
    public int DropLargest { get; init; }

    /// <summary>
    /// What happens when <see cref="DropLargest"/> exceeds half the eigenvalues: true, the number is taken for an eigenvalue and the fit
    /// ends at the nearest one (what the Python tool does); false, the fit does not apply.
    /// </summary>
    public bool DropLargestFallsBackToValue { get; init; }

    /// <summary>Number for number with the Python tool 0.7.5: absolute floor 1e-5, left limits, tails of two.</summary>
    public static PowerLawOptions Compatible { get; } = new()
    {
        Floor = 1e-5,
        MinimumTail = 2,
        Sides = KolmogorovSmirnovSides.LeftLimits,
        RequireDistinctTail = false,
        DropLargestFallsBackToValue = true,
    };

    /// <summary>The mended definition: independent of scale, Kolmogorov-Smirnov statistic, tails of ten or more.</summary>
    /// <param name="smallestEigenvalue">
    /// The largest eigenvalue that is rounding error: by default (sqrt(max(N, M)) eps s_max)^2 with the epsilon of the stored element type,
    /// see <see cref="SpectralRank.Tolerance"/>.
    /// </param>
    public static PowerLawOptions Strict(double smallestEigenvalue) => new()
    {
        Floor = smallestEigenvalue,
        MinimumTail = 10,
        Sides = KolmogorovSmirnovSides.Both,
        RequireDistinctTail = true,
    };
}

/// <summary>
/// A power law p(lambda) = (alpha - 1) / xmin * (lambda / xmin)^-alpha for lambda >= xmin, fitted to the upper part of a spectrum.
/// The exponent is the maximum-likelihood one for each xmin; xmin is the eigenvalue whose tail has the smallest Kolmogorov-Smirnov
/// distance, the first of equals (Clauset, Shalizi, Newman, SIAM Review 51, 2009, equation 3.1 and section 3.3).
/// </summary>
internal sealed record PowerLawFit
{
    /// <summary>The exponent; above 1.</summary>
    public required double Alpha { get; init; }

    /// <summary>(alpha - 1) / sqrt(n_tail): the standard error of alpha for independent draws. Eigenvalues repel, so the true spread differs.</summary>
    public required double Sigma { get; init; }

    /// <summary>The Kolmogorov-Smirnov distance of the chosen tail, in [0, 1].</summary>
    public required double D { get; init; }

    /// <summary>The smallest eigenvalue of the tail (inclusive).</summary>
    public required double XMin { get; init; }

    /// <summary>The largest eigenvalue that entered the fit (inclusive).</summary>
    public required double XMax { get; init; }

    /// <summary>The number of eigenvalues in the tail that entered the fit.</summary>
    public required int TailCount { get; init; }

    /// <summary>The number of eigenvalues, those below the floor included, that are at least <see cref="XMin"/>.</summary>
    public required int NumPlSpikes { get; init; }

    /// <summary>
    /// Eigenvalues that should be equal are computed with differences of about 1e-14 lambda_max (<see cref="GramEigenvalues"/>): ten times that counts as equal, which distances between the
    /// eigenvalues of real layers exceed by far. The rounding of the stored weights is no measure here: that of half precision is as wide as the distances of neighbours.
    /// </summary>
    private const double RoundingShare = 1e-13;

    /// <summary>Fits the spectrum.</summary>
    /// <param name="eigenvalues">The eigenvalues, ascending, not negative.</param>
    /// <param name="options">What the fit takes for granted.</param>
    /// <returns>The fit; not applicable with too few or too equal eigenvalues; failed when one is NaN or infinite.</returns>
    public static Outcome<PowerLawFit> Fit(ReadOnlySpan<double> eigenvalues, PowerLawOptions options) => Search(eigenvalues, options, null).Select(found => found.Fit);

    /// <summary>
    /// How far alpha would lie off had the search for xmin stopped at another tail that fits nearly as well: the root mean square distance from alpha of the exponents of all tails whose D is at most
    /// 1 + <paramref name="share"/> times the smallest.
    /// </summary>
    /// <param name="eigenvalues">The eigenvalues, ascending, not negative.</param>
    /// <param name="options">As for <see cref="Fit"/>.</param>
    /// <param name="share">By what share D may exceed the smallest; 0 or more.</param>
    public static Outcome<double> SpreadOfStarts(ReadOnlySpan<double> eigenvalues, PowerLawOptions options, double share) =>
        Search(eigenvalues, options, share).Select(found => found.Spread);

    /// <summary>The goodness of fit of every possible tail: what a plot of D over xmin shows.</summary>
    /// <param name="eigenvalues">The eigenvalues, ascending, not negative.</param>
    /// <param name="options">As for <see cref="Fit"/>; the minimum tail is not applied.</param>
    /// <returns>One point for each start of a tail, ascending in xmin; empty when there are fewer than two eigenvalues to fit.</returns>
    public static PowerLawCurvePoint[] Curve(ReadOnlySpan<double> eigenvalues, PowerLawOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ReadOnlySpan<double> data = Spectrum.Fault(eigenvalues) is null ? Data(eigenvalues, options) : [];
        if (data.Length < 2)
            return [];
        double[] logs = new double[data.Length], alphas = new double[data.Length - 1], distances = new double[data.Length - 1];
        PowerLawScan.Create(data, options.Sides, logs, alphas).Curve(distances);
        PowerLawCurvePoint[] points = new PowerLawCurvePoint[distances.Length];
        for (int i = 0; i < points.Length; i++)
            points[i] = new PowerLawCurvePoint(data[i], alphas[i], distances[i], data.Length - i);
        return points;
    }

    /// <summary>The eigenvalues that enter the fit: above the floor, without the largest ones that were to be dropped.</summary>
    internal static ReadOnlySpan<double> Data(ReadOnlySpan<double> eigenvalues, PowerLawOptions options)
    {
        ReadOnlySpan<double> data = Spectrum.Above(Counted(eigenvalues, options), options.Floor);
        if (options.DropLargest <= eigenvalues.Length / 2.0 || data.IsEmpty)
            return data;
        int nearest = 0;
        for (int i = 1; i < data.Length; i++)
        {
            if (Math.Abs(data[i] - options.DropLargest) < Math.Abs(data[nearest] - options.DropLargest))
                nearest = i;
        }

        return data[..(nearest + 1)];
    }

    /// <summary>The fit, and where a share is given, the spread of the starts that are nearly as good.</summary>
    private static Outcome<(PowerLawFit Fit, double Spread)> Search(ReadOnlySpan<double> eigenvalues, PowerLawOptions options, double? share)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Spectrum.Fault(eigenvalues) is { } fault)
            return Outcome.Failed<(PowerLawFit, double)>(fault);
        if (options.DropLargest > eigenvalues.Length / 2.0 && !options.DropLargestFallsBackToValue)
            return Outcome.NotApplicable<(PowerLawFit, double)>("more than half of the eigenvalues would be dropped");

        ReadOnlySpan<double> counted = Counted(eigenvalues, options);
        ReadOnlySpan<double> data = Data(eigenvalues, options);
        if (data.Length < Math.Max(2, options.MinimumTail))
            return Outcome.NotApplicable<(PowerLawFit, double)>($"{data.Length} eigenvalues are too few for a power-law tail of {Math.Max(2, options.MinimumTail)}");

        double[] logs = ArrayPool<double>.Shared.Rent(data.Length), alphas = ArrayPool<double>.Shared.Rent(data.Length);
        try
        {
            PowerLawScan scan = PowerLawScan.Create(data, options.Sides, logs, alphas);
            Func<int, bool>? legal = BoundStarts(data, logs, LastStart(data, options), options);
            (int index, double distance) = scan.Best(legal);
            if (index < 0)
                return Outcome.NotApplicable<(PowerLawFit, double)>(options.Window is null ? "the eigenvalues are equal within their resolution" : "no tail starts within the window");

            int tail = data.Length - index;
            PowerLawFit fit = new()
            {
                Alpha = alphas[index],
                Sigma = (alphas[index] - 1) / Math.Sqrt(tail),
                D = distance,
                XMin = data[index],
                XMax = data[^1],
                TailCount = tail,
                NumPlSpikes = Spectrum.CountAtLeast(counted, data[index]),
            };
            return Outcome.Success((fit, share is { } more ? scan.SpreadWithin(fit.Alpha, distance * (1 + more), legal) : 0));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(logs);
            ArrayPool<double>.Shared.Return(alphas);
        }
    }

    private static ReadOnlySpan<double> Counted(ReadOnlySpan<double> eigenvalues, PowerLawOptions options)
        => options.DropLargest <= eigenvalues.Length / 2.0 ? eigenvalues[..^options.DropLargest] : eigenvalues;

    private static int LastStart(ReadOnlySpan<double> data, PowerLawOptions options)
    {
        int last = data.Length - Math.Max(2, options.MinimumTail);
        if (!options.RequireDistinctTail)
            return last;

        // The product of the two roots: that of the eigenvalues themselves may leave the range of a double.
        double resolution = Math.Max(2 * Math.Sqrt(options.Floor) * Math.Sqrt(data[^1]), RoundingShare * data[^1]);
        while (last >= 0 && data[^1] - data[last] <= resolution)
            last--;
        return last;
    }

    /// <summary>Which tails may be chosen; null when any may.</summary>
    private static Func<int, bool>? BoundStarts(ReadOnlySpan<double> data, double[] logs, int lastStart, PowerLawOptions options)
    {
        bool distinct = options.RequireDistinctTail;
        int from = 0, to = lastStart;
        if (options.Window is { } window)
        {
            while (from < data.Length && data[from] < window.Low)
                from++;
            while (to >= from && data[to] > window.High)
                to--;
        }

        return from == 0 && to == data.Length - 2 && !distinct
            ? null
            : start => start >= from && start <= to && !(distinct && start > 0 && AreTied(logs[start - 1], logs[start]));
    }

    /// <summary>
    /// Whether two neighbours differ by no more than the rounding of their computation: of the eigenvalues of a Gram matrix, and below <see cref="SingularValues.SmallestGramRatio"/>
    /// lambda_max, where these are not used, of singular values.
    /// </summary>
    /// <param name="lower">ln(lambda / lambda_max) of the smaller one.</param>
    /// <param name="upper">The same of the larger one.</param>
    private static bool AreTied(double lower, double upper)
    {
        // Nearly all neighbours are farther apart than a share of 1e-8 lets them be.
        if (upper - lower > 1e-5 && upper > -18)
            return false;
        double share = Math.Exp(upper);
        return (upper - lower) * share <= (share > SingularValues.SmallestGramRatio ? RoundingShare : 2 * RoundingShare * Math.Sqrt(share));
    }
}

/// <summary>One point of the curve of the Kolmogorov-Smirnov distance over the start of the tail.</summary>
/// <param name="XMin">The smallest eigenvalue of the tail.</param>
/// <param name="Alpha">The exponent of the tail; infinite when its eigenvalues are equal.</param>
/// <param name="D">The distance, in [0, 1].</param>
/// <param name="TailCount">The number of eigenvalues in the tail.</param>
internal readonly record struct PowerLawCurvePoint(double XMin, double Alpha, double D, int TailCount);
