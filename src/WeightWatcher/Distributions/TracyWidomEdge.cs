namespace WeightWatcher.Distributions;

/// <summary>
/// Where the largest eigenvalue of WᵀW lies for an N x M matrix W of independent entries with mean zero: centring and scaling of Johnstone,
/// Annals of Statistics 29, 2001, theorem 1.1: mu = sigma^2 (sqrt(N - 1) + sqrt(M))^2 and
/// s = sigma^2 (sqrt(N - 1) + sqrt(M)) (1 / sqrt(N - 1) + 1 / sqrt(M))^(1/3); (lambda_max - mu) / s tends to <see cref="TracyWidom1"/>.
/// </summary>
/// <param name="Center">mu, in the units of an eigenvalue of WᵀW.</param>
/// <param name="Scale">s, in the same units.</param>
internal readonly record struct TracyWidomEdge(double Center, double Scale)
{
    /// <summary>The edge of a random matrix.</summary>
    /// <param name="n">N, at least 2 and at least M.</param>
    /// <param name="m">M, at least 1.</param>
    /// <param name="variance">sigma^2, the variance of one entry.</param>
    public static TracyWidomEdge Of(double n, double m, double variance)
    {
        if (!(n >= m && n >= 2 && m >= 1))
            throw new ArgumentOutOfRangeException(nameof(n), n, "N must be at least M and 2, M at least 1.");
        double rootN = Math.Sqrt(n - 1), rootM = Math.Sqrt(m);
        return new TracyWidomEdge(
            variance * (rootN + rootM) * (rootN + rootM),
            variance * (rootN + rootM) * Math.Cbrt((1 / rootN) + (1 / rootM)));
    }

    /// <summary>The eigenvalue that a share <paramref name="probability"/> of the largest eigenvalues of random matrices does not exceed.</summary>
    public double Quantile(double probability) => Center + (Scale * TracyWidom1.Quantile(probability));

    /// <summary>The eigenvalue in Tracy-Widom units: how many scales it lies above the centre.</summary>
    public double Units(double eigenvalue) => (eigenvalue - Center) / Scale;

    /// <summary>The probability that a random matrix has a larger eigenvalue than this one.</summary>
    public double PValue(double eigenvalue) => TracyWidom1.Survival(Units(eigenvalue));
}
