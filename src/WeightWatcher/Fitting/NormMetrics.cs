namespace WeightWatcher.Fitting;

/// <summary>
/// Norms of a weight matrix from its eigenvalues lambda = s^2 (Martin and Mahoney, JMLR 22, 2021, section 2). Plain formulas first;
/// where one has no meaning, such as the logarithm of zero, the outcome says so. The Python tool's own values at such edges (infinite, NaN) are
/// the <c>Compatible...</c> ones.
/// </summary>
internal static class NormMetrics
{
    private const string AllZero = "all eigenvalues are zero";
    private const string None = "there are no eigenvalues";

    /// <summary><c>norm</c>: the sum of lambda, the squared Frobenius norm.</summary>
    public static double Norm(ReadOnlySpan<double> eigenvalues) => Spectrum.Sum(eigenvalues);

    /// <summary><c>spectral_norm</c> and <c>lambda_max</c>: the largest lambda, the squared spectral norm.</summary>
    public static Outcome<double> SpectralNorm(ReadOnlySpan<double> eigenvalues)
        => eigenvalues.IsEmpty ? Outcome.NotApplicable<double>(None) : Outcome.Success(eigenvalues[^1]);

    /// <summary><c>log_norm</c>: log10 of the sum of lambda.</summary>
    public static Outcome<double> LogNorm(ReadOnlySpan<double> eigenvalues) => Log10(Norm(eigenvalues));

    /// <summary><c>log_spectral_norm</c>: log10 of the largest lambda.</summary>
    public static Outcome<double> LogSpectralNorm(ReadOnlySpan<double> eigenvalues)
        => eigenvalues.IsEmpty ? Outcome.NotApplicable<double>(None) : Log10(eigenvalues[^1]);

    /// <summary><c>alpha_weighted</c>: alpha times log10 of the largest lambda.</summary>
    public static Outcome<double> AlphaWeighted(ReadOnlySpan<double> eigenvalues, double alpha)
        => LogSpectralNorm(eigenvalues).Select(log => alpha * log);

    /// <summary>
    /// <c>log_alpha_norm</c>: log10 of the sum of lambda^alpha, by the largest term and the sum of the ratios to it, which cannot overflow.
    /// </summary>
    public static Outcome<double> LogAlphaNorm(ReadOnlySpan<double> eigenvalues, double alpha)
    {
        if (eigenvalues.IsEmpty || eigenvalues[^1] == 0)
            return Outcome.NotApplicable<double>(eigenvalues.IsEmpty ? None : AllZero);
        double largest = eigenvalues[^1], sum = 0;
        foreach (double value in eigenvalues)
            sum += Math.Pow(value / largest, alpha);
        return Outcome.Finite((alpha * Math.Log10(largest)) + Math.Log10(sum), "log_alpha_norm");
    }

    /// <summary><c>stable_rank</c>: the sum of lambda over the largest, in [1, number of eigenvalues].</summary>
    public static Outcome<double> StableRank(ReadOnlySpan<double> eigenvalues)
        => eigenvalues.IsEmpty || eigenvalues[^1] == 0
            ? Outcome.NotApplicable<double>(eigenvalues.IsEmpty ? None : AllZero)
            : Outcome.Finite(Norm(eigenvalues) / eigenvalues[^1], "stable_rank");

    /// <summary>The Python tool's log_norm: minus infinity for a zero matrix.</summary>
    public static double CompatibleLogNorm(ReadOnlySpan<double> eigenvalues) => Math.Log10(Norm(eigenvalues));

    /// <summary>The Python tool's log_spectral_norm: minus infinity for a zero matrix, NaN without eigenvalues.</summary>
    public static double CompatibleLogSpectralNorm(ReadOnlySpan<double> eigenvalues)
        => eigenvalues.IsEmpty ? double.NaN : Math.Log10(eigenvalues[^1]);

    /// <summary>The Python tool's log_alpha_norm: plain powers, which overflow to infinity and underflow to minus infinity.</summary>
    public static double CompatibleLogAlphaNorm(ReadOnlySpan<double> eigenvalues, double alpha)
    {
        double sum = 0;
        foreach (double value in eigenvalues)
            sum += Math.Pow(value, alpha);
        return Math.Log10(sum);
    }

    /// <summary>The Python tool's stable_rank: NaN for a zero matrix.</summary>
    public static double CompatibleStableRank(ReadOnlySpan<double> eigenvalues)
        => eigenvalues.IsEmpty ? double.NaN : Norm(eigenvalues) / eigenvalues[^1];

    private static Outcome<double> Log10(double value)
        => value == 0 ? Outcome.NotApplicable<double>(AllZero) : Outcome.Finite(Math.Log10(value), "the logarithm");
}
