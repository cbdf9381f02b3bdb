namespace WeightWatcher.Distributions;

/// <summary>
/// The eigenvalue of WᵀW that one large entry of W raises out of the bulk: the rest of the entry's row and of its column, of which the squared lengths are known, and beyond them a random N x M matrix
/// with independent entries of mean zero and one variance (the spiked model: Baik, Ben Arous and Peche 2005; Benaych-Georges and Nadakuditi 2012).
/// </summary>
/// <remarks>
/// Schur's complement of the entry w gives the singular value s as a root of <c>(s - R s m(s^2)) (s - C s n(s^2)) = w^2</c>, with R and C the squared lengths of the rest of the row and of the column, m and n the
/// normalised traces of the resolvents of WᵀW and of WWᵀ without that row and column. In y = 1 / m(s^2) - M v = 1 / n(s^2) - N v the Marchenko-Pastur law is <c>s^2 = (y + M v) (y + N v) / y</c>, with
/// the edge of the bulk at <c>y = v sqrt(N M)</c>, and the equation is quadratic: <c>(y - (R - M v)) (y - (C - N v)) = w^2 y</c>. With R = M v and C = N v it says y = w^2.
/// </remarks>
/// <param name="n">N, the rows; at least M.</param>
/// <param name="m">M, the columns; 1 or more.</param>
/// <param name="variance">v, the variance of the other entries; positive.</param>
internal readonly struct SpikedModel(int n, int m, double variance)
{
    private readonly double _ofRow = m * variance, _ofColumn = n * variance, _atEdge = variance * Math.Sqrt((double)n * m);

    /// <summary>The upper edge of the bulk, v (sqrt N + sqrt M)^2.</summary>
    public double Edge { get; } = variance * (Math.Sqrt(n) + Math.Sqrt(m)) * (Math.Sqrt(n) + Math.Sqrt(m));

    /// <summary>The eigenvalue that an entry raises, or null when it stays within the bulk.</summary>
    /// <param name="square">The square of the entry; positive.</param>
    /// <param name="row">The sum of the squares of the other entries of its row.</param>
    /// <param name="column">The sum of the squares of the other entries of its column.</param>
    public double? Eigenvalue(double square, double row, double column)
    {
        double moreInRow = row - _ofRow, moreInColumn = column - _ofColumn;
        double half = (moreInRow + moreInColumn + square) / 2, discriminant = (half * half) - (moreInRow * moreInColumn);

        // Of the two roots the larger one is the eigenvalue's: the other lies below what row and column alone raise.
        double y = half + Math.Sqrt(discriminant);
        return y > _atEdge ? (y + _ofRow) * (y + _ofColumn) / y : null;
    }
}
