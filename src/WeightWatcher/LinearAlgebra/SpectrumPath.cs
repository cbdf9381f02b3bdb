namespace WeightWatcher.LinearAlgebra;

/// <summary>The way from a matrix to its singular values.</summary>
internal enum SpectrumPath
{
    /// <summary>
    /// <see cref="Gram"/> when lambda_min > 1e-8 lambda_max, else <see cref="Direct"/>. At that limit the error of the Gram path, about 1e-14 lambda_max,
    /// is 1e-6 of lambda_min; below it squaring loses what sv_min, matrix_rank and rank_loss are read from.
    /// </summary>
    Automatic,

    /// <summary>The square roots of the eigenvalues of W'W: singular values below about 1e-7 s_max are rounding errors.</summary>
    Gram,

    /// <summary>Bidiagonalisation of W itself: errors of about 1e-15 s_max everywhere.</summary>
    Direct,
}
