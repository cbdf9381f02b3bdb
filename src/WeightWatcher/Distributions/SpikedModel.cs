namespace WeightWatcher.Distributions;

/// <summary>
/// The eigenvalue of WᵀW that one large entry of W raises out of the bulk: the rest of the entry's row and of its column, of which the squared lengths are known, and beyond them a random N x M matrix
/// with independent entries of mean zero and one variance (the spiked model: Baik, Ben Arous and Peche 2005; Benaych-Georges and Nadakuditi 2012).
/// </summary>
/// <remarks>
/// Schur's complement of the entry w gives the singular value s as a root of <c>(s - R s m(s^2)) (s - C s n(s^2)) = w^2</c>, with R and C the squared lengths of the rest of the row and of the column, m and n the
/// normalised traces of the resolvents of WᵀW and of WWᵀ without that row and column. With R = M v and C = N v it is <c>s^2 = (w^2 + M v) (w^2 + N v) / w^2</c>.
/// </remarks>
/// <param name="n">N, the rows; at least M.</param>
/// <param name="m">M, the columns; 1 or more.</param>
/// <param name="variance">v, the variance of the other entries; positive.</param>
internal readonly struct SpikedModel(int n, int m, double variance)
{
    /// <summary>A root is found to this share of its value.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>How much larger than in the closed form an eigenvalue is first supposed to be.</summary>
    private const double Above = 1.02;

    private const int MostSteps = 100;

    private readonly double _above = m * variance, _taller = (n - m) * variance, _share = (double)m / n;

    /// <summary><see cref="Resolvent"/> at the edge, where its root vanishes.</summary>
    private readonly double _atEdge = 1 / (variance * (m + Math.Sqrt((double)n * m)));

    /// <summary>The upper edge of the bulk, v (sqrt N + sqrt M)^2.</summary>
    public double Edge { get; } = variance * (Math.Sqrt(n) + Math.Sqrt(m)) * (Math.Sqrt(n) + Math.Sqrt(m));

    /// <summary>The normalised trace of (lambda - WᵀW)^-1 of a random matrix, lambda at <see cref="Edge"/> or above: the Stieltjes transform of the Marchenko-Pastur law, with the sign turned.</summary>
    public double Resolvent(double lambda)
    {
        double b = lambda - _taller;
        return 2 / (b + Math.Sqrt(Math.Max(0, (b * b) - (4 * _above * lambda))));
    }

    /// <summary>The eigenvalue that an entry raises, or null when it stays within the bulk.</summary>
    /// <remarks>False position from the two values between which it lies; the end that stays counts half (the Illinois method: Dowell and Jarratt 1971).</remarks>
    /// <param name="square">The square of the entry; positive.</param>
    /// <param name="row">The sum of the squares of the other entries of its row.</param>
    /// <param name="column">The sum of the squares of the other entries of its column.</param>
    public double? Eigenvalue(double square, double row, double column)
    {
        double low = Edge, below = Square(low, _atEdge, row, column) - square;
        if (below >= 0)
            return null;

        // Rows and columns of the expected length give the closed form, others something near it.
        double root = Math.Max(low, (square + row) * (square + column) / square) * Above, high = root, above = Square(high, row, column) - square;
        while (above < 0)
        {
            (low, below) = (high, above);
            high *= 1.25;
            above = Square(high, row, column) - square;
        }

        for (int step = 0; step < MostSteps; step++)
        {
            double next = high - (above * (high - low) / (above - below));
            if (!(next > low && next < high))
                next = low + ((high - low) / 2);
            bool isNear = Math.Abs(next - root) <= Tolerance * next;
            root = next;
            if (isNear)
                break;
            double at = Square(root, row, column) - square;
            if (at < 0)
            {
                (low, below) = (root, at);
                above /= 2;
            }
            else
            {
                (high, above) = (root, at);
                below /= 2;
            }
        }

        return root;
    }

    /// <summary>The square of the entry that raises an eigenvalue of this size: it grows with lambda. Negative where row or column alone raise a larger one.</summary>
    private double Square(double lambda, double row, double column) => Square(lambda, Resolvent(lambda), row, column);

    private double Square(double lambda, double resolvent, double row, double column)
    {
        double other = (_share * resolvent) + ((1 - _share) / lambda);
        double ofRow = 1 - (row * resolvent), ofColumn = 1 - (column * other);
        return ofRow > 0 && ofColumn > 0 ? lambda * ofRow * ofColumn : -lambda;
    }
}
