namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>
/// Division-free Sturm sequences of <see cref="SturmLanes.Count"/> shifts at a time. The leading principal minors p_k = (d_k - x) p_(k-1) - e_(k-1)^2 p_(k-2) change sign once for each
/// eigenvalue below x (Wilkinson 1965, chapter 5, section 36). They are multiplied by a power of two every eight steps, so that they neither overflow nor underflow:
/// the caller scales the matrix to norm 1 and keeps every e^2 above <see cref="SturmLanes.SmallestSquare"/>, with which eight steps shrink by at most 1e-300.
/// </summary>
internal unsafe interface ISturmKernel
{
    /// <summary>The sequence of a symmetric tridiagonal matrix.</summary>
    /// <param name="diagonal">n entries d_k.</param>
    /// <param name="squares">n entries: at k the square of what couples k - 1 and k; the first is not used but finite.</param>
    /// <param name="n">The order, 1 or more.</param>
    /// <param name="lanes">The shifts; receives the counts of eigenvalues below them, 0 to n, and the values of the characteristic polynomial up to sign.</param>
    static abstract void Tridiagonal(double* diagonal, double* squares, nint n, SturmLanes* lanes);

    /// <summary>
    /// The sequence of the Golub-Kahan form of an upper bidiagonal matrix: the symmetric tridiagonal matrix of order 2 M with zero diagonal that couples d_1, e_1, d_2, ..., d_M
    /// (Golub and Kahan 1965). There the minors are r_k = x r_(k-1) - f_k r_(k-2) up to sign, and each sign kept is an eigenvalue below x.
    /// </summary>
    /// <param name="squares">2 M entries f: the first is not used but finite, then the squares of d_1, e_1, d_2, ..., d_M.</param>
    /// <param name="columns">M, 1 or more.</param>
    /// <param name="lanes">The shifts, positive; receives the counts of singular values below them, 0 to M, and the values of the characteristic polynomial up to sign.</param>
    static abstract void GolubKahan(double* squares, nint columns, SturmLanes* lanes);
}
