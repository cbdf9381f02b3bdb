namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>The product of a strided matrix and a panel of <see cref="Band.Width"/> columns, which needs no packing.</summary>
internal unsafe interface IPanelKernel
{
    /// <summary>Adds A V to Y, <see cref="Band.Width"/> columns wide. The sums over the depth are of the precision of A and V.</summary>
    /// <param name="rows">The rows of A and Y, a multiple of 4, of floats of 8.</param>
    /// <param name="depth">The columns of A and rows of V.</param>
    /// <param name="a">A.</param>
    /// <param name="rowStride">The distance of rows of A.</param>
    /// <param name="columnStride">The distance of columns of A; 1 and the stride of a row-major matrix exchanged give its transpose.</param>
    /// <param name="v">depth x <see cref="Band.Width"/>, contiguous.</param>
    /// <param name="y">rows x <see cref="Band.Width"/>, contiguous.</param>
    /// <typeparam name="T">double or float.</typeparam>
    static abstract void Accumulate<T>(nint rows, nint depth, T* a, nint rowStride, nint columnStride, T* v, double* y)
        where T : unmanaged;

    /// <summary>
    /// Applies one reflection to rows of a panel and prepares the next: with v_i = scale times the entry in <paramref name="column"/>, row i becomes row_i - tau v_i z', v_i takes the
    /// entry's place, and the product of the row with its own entry in column + 1 is added to the sums; in the column itself with the entry as it was, not yet scaled. One double beyond the last row is read where column + 1 is the width.
    /// </summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="panel">The rows, each of <see cref="Band.Width"/> entries, contiguous.</param>
    /// <param name="column">The column of the reflection.</param>
    /// <param name="scale">What makes an entry of the column one of v.</param>
    /// <param name="tau">2 / v'v.</param>
    /// <param name="z">The product of the transposed panel and v, <see cref="Band.Width"/> entries; 0 in columns that stay.</param>
    /// <param name="sums">Receives <see cref="Band.Width"/> sums on top of what it holds.</param>
    static abstract void Reflect(nint rows, double* panel, nint column, double scale, double tau, double* z, double* sums);
}
