namespace WeightWatcher.Fitting;

/// <summary>Numerical rank: how many singular values stand out of rounding error.</summary>
internal static class SpectralRank
{
    /// <summary>The tolerance of the Python tool in its weak rank: eigenvalues below 1e-6 (exclusive) are counted as lost.</summary>
    public const double CompatibleWeakTolerance = 1e-6;

    /// <summary>
    /// The largest singular value that is rounding error of the stored weights. Rounding errors of the entries are nearly independent, with a standard
    /// deviation of at most eps / sqrt(12) of the entries' root mean square, so their matrix is a random one whose norm is that times sqrt(N) + sqrt(M). Never
    /// below <c>max(N, M) eps64 s_max</c>, the rounding error of the computation itself.
    /// </summary>
    /// <param name="rows">Either dimension of the matrix.</param>
    /// <param name="columns">The other dimension.</param>
    /// <param name="storedEpsilon">The distance from 1 to the next number of the stored element type, for example 2^-23 for float32.</param>
    /// <param name="singularValues">All singular values of the matrix, ascending.</param>
    public static double Tolerance(int rows, int columns, double storedEpsilon, ReadOnlySpan<double> singularValues)
    {
        if (singularValues.IsEmpty || singularValues[^1] == 0)
            return 0;
        double largest = singularValues[^1], squares = 0;
        foreach (double value in singularValues)
            squares += value / largest * (value / largest);
        double rootMeanSquare = largest * Math.Sqrt(squares / ((double)rows * columns));
        double stored = (Math.Sqrt(rows) + Math.Sqrt(columns)) * rootMeanSquare * storedEpsilon / Math.Sqrt(12);
        return Math.Max(stored, CompatibleTolerance(Math.Max(rows, columns), largest));
    }

    /// <summary>The tolerance of the Python tool: <c>N eps64 s_max</c>, N the larger dimension.</summary>
    /// <param name="n">N as the tool reports it.</param>
    /// <param name="largestSingularValue">s_max.</param>
    public static double CompatibleTolerance(int n, double largestSingularValue) => largestSingularValue * n * Epsilon64;

    /// <summary>The distance from 1 to the next float64.</summary>
    public const double Epsilon64 = 2.220446049250313e-16;

    /// <summary>The number of singular values above <paramref name="tolerance"/> (exclusive).</summary>
    /// <param name="eigenvalues">The squares of the singular values, ascending.</param>
    /// <param name="tolerance">In units of a singular value.</param>
    public static int Rank(ReadOnlySpan<double> eigenvalues, double tolerance)
    {
        int rank = 0;
        while (rank < eigenvalues.Length && Math.Sqrt(eigenvalues[^(rank + 1)]) > tolerance)
            rank++;
        return rank;
    }

    /// <summary>The number of eigenvalues below <paramref name="tolerance"/> (exclusive): <c>weak_rank_loss</c>.</summary>
    public static int WeakRankLoss(ReadOnlySpan<double> eigenvalues, double tolerance)
    {
        int count = 0;
        while (count < eigenvalues.Length && eigenvalues[count] < tolerance)
            count++;
        return count;
    }
}
