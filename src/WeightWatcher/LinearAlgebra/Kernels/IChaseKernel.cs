namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>
/// What the chasing of bulges does to blocks of <see cref="Band.Width"/> x <see cref="Band.Width"/>, row-major with any stride. A kernel may read and rewrite the entries beside a block
/// back to its alignment and up to a whole vector, so that loads and stores do not straddle cache lines: the vectors have zeros there.
/// </summary>
internal unsafe interface IChaseKernel
{
    /// <summary>The columns to which loads are aligned, in doubles, a power of two.</summary>
    static abstract int Alignment { get; }

    /// <summary>y = E v.</summary>
    /// <param name="block">E.</param>
    /// <param name="stride">The distance of its rows, a multiple of <see cref="Alignment"/>.</param>
    /// <param name="offset">The columns from an aligned address to the block and from one to each vector, less than <see cref="Alignment"/>.</param>
    /// <param name="v">Zero for <see cref="Alignment"/> entries on both sides.</param>
    /// <param name="y">Receives <see cref="Band.Width"/> entries.</param>
    static abstract void Multiply(double* block, nint stride, nint offset, double* v, double* y);

    /// <summary>z = E'u; writes zeros beside it.</summary>
    static abstract void MultiplyTransposed(double* block, nint stride, nint offset, double* u, double* z);

    /// <summary>E -= p v' + q w'; v and w are zero on both sides. The block at a distance of <paramref name="next"/>, which is worked on next, may be fetched.</summary>
    static abstract void Subtract(double* block, nint stride, nint offset, double* p, double* v, double* q, double* w, nint next);
}
