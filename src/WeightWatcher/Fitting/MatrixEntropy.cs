namespace WeightWatcher.Fitting;

/// <summary>Entropies of a spectrum, p_i = lambda_i / sum of lambda. Each definition has a name of its own.</summary>
internal static class MatrixEntropy
{
    private const double CompatibleEpsilon = 1e-10;

    /// <summary>
    /// The Python tool's matrix entropy, number for number: p_i = lambda_i / sum + 1e-10, <c>-sum p ln p / ln(rank + 1e-10)</c>. In [0, 1] for
    /// a rank above 1; several hundred for rank 1 and NaN for rank 0, because it then divides by nearly nothing.
    /// </summary>
    /// <param name="eigenvalues">Ascending, not negative.</param>
    /// <param name="rank">The numerical rank.</param>
    public static double Compatible(ReadOnlySpan<double> eigenvalues, int rank)
    {
        double sum = Spectrum.Sum(eigenvalues), entropy = 0;
        foreach (double value in eigenvalues)
        {
            double p = (value / sum) + CompatibleEpsilon;
            entropy -= p * Math.Log(p);
        }

        return entropy / Math.Log(rank + CompatibleEpsilon);
    }

    /// <summary>
    /// The published matrix entropy, <c>-sum p ln p</c> in nats, with 0 ln 0 = 0: in [0, ln n].
    /// </summary>
    public static Outcome<double> Published(ReadOnlySpan<double> eigenvalues)
    {
        double sum = Spectrum.Sum(eigenvalues);
        if (!(sum > 0))
            return Outcome.NotApplicable<double>("all eigenvalues are zero");
        double entropy = 0;
        foreach (double value in eigenvalues)
        {
            double p = value / sum;
            if (p > 0)
                entropy -= p * Math.Log(p);
        }

        return Outcome.Finite(Math.Max(0, entropy), "the entropy");
    }

    /// <summary>The published entropy over its largest possible value at this rank, ln(rank): in [0, 1].</summary>
    public static Outcome<double> Normalized(ReadOnlySpan<double> eigenvalues, int rank)
        => rank < 2
            ? Outcome.NotApplicable<double>("the rank is below 2")
            : Published(eigenvalues).Select(entropy => Math.Min(1, entropy / Math.Log(rank)));
}
