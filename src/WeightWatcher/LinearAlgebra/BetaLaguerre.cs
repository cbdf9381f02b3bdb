namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// Exact random spectra of Gaussian matrices in O(M^2): the eigenvalues of G'G for an N x M matrix G of independent normal entries are those of B'B for a bidiagonal B of
/// independent chi variables (Silverstein 1985; Dumitriu and Edelman 2002, the beta-Laguerre ensemble with beta = 1).
/// </summary>
internal static unsafe class BetaLaguerre
{
    /// <summary>Draws one spectrum.</summary>
    /// <param name="n">N, the longer side, M or more.</param>
    /// <param name="m">M, the shorter side, 1 or more.</param>
    /// <param name="sigma">The standard deviation of an entry, finite and not negative.</param>
    /// <param name="unit">Independent uniform numbers in (0, 1).</param>
    /// <param name="normal">Independent standard normal numbers. Both are called in an order that depends on N and M and on the numbers alone.</param>
    /// <param name="eigenvalues">Receives M eigenvalues of G'G, ascending, not negative, with errors of about 1e-15 lambda_max.</param>
    /// <param name="ct">Asked between groups of values.</param>
    /// <exception cref="ArgumentException">A size or sigma is outside its range.</exception>
    public static SpectrumOutcome Draw(int n, int m, double sigma, Func<double> unit, Func<double> normal, Span<double> eigenvalues, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(m, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, m);
        if (!(sigma >= 0 && double.IsFinite(sigma)))
            throw new ArgumentOutOfRangeException(nameof(sigma), sigma, "The standard deviation must be finite and not negative.");
        if (eigenvalues.Length != m)
            throw new ArgumentException($"A matrix of {m} columns has {m} eigenvalues, the destination holds {eigenvalues.Length}.", nameof(eigenvalues));

        // B has chi_N, chi_(N-1), ..., chi_(N-M+1) on its diagonal and chi_(M-1), ..., chi_1 beside it; BB' has the same eigenvalues as B'B.
        using AlignedBuffer buffer = new(3L * m);
        double* diagonal = buffer.Pointer, offDiagonal = diagonal + m, scratch = offDiagonal + m;
        double beside = 0;
        for (int i = 0; i < m; i++)
        {
            double square = 2 * Gamma(0.5 * (n - i), unit, normal);
            diagonal[i] = square + beside;
            if (i + 1 == m)
                break;
            beside = 2 * Gamma(0.5 * (m - 1 - i), unit, normal);
            offDiagonal[i] = Math.Sqrt(square * beside);
        }

        SpectrumOutcome outcome = SturmBisection.Eigenvalues(diagonal, offDiagonal, eigenvalues, scratch, InstructionPath.Fastest, ct);
        foreach (ref double eigenvalue in eigenvalues)
            eigenvalue *= sigma * sigma;
        return outcome;
    }

    /// <summary>A gamma variable of scale 1 (Marsaglia and Tsang 2000); a shape below 1 is reached from one above.</summary>
    private static double Gamma(double shape, Func<double> unit, Func<double> normal)
    {
        if (shape < 1)
            return Gamma(shape + 1, unit, normal) * Math.Pow(unit(), 1 / shape);
        double d = shape - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = normal(), v = 1 + (c * x);
            if (v <= 0)
                continue;
            v = v * v * v;
            if (Math.Log(unit()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
                return d * v;
        }
    }
}
