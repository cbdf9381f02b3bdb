namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>
/// The innermost product of matrices: a register tile over packed panels (Goto and van de Geijn 2008; Van Zee and van de Geijn 2015). Each entry of the tile is summed in the order of k, so that kernels that
/// multiply and add at once give the same bits, whatever their size.
/// </summary>
/// <typeparam name="T">Double, or float: then products and sums over one panel are of single precision, and what is added to the tile is not.</typeparam>
internal unsafe interface IMicroKernel<T>
    where T : unmanaged
{
    /// <summary>The rows of the tile.</summary>
    static abstract int Rows { get; }

    /// <summary>The columns of the tile.</summary>
    static abstract int Columns { get; }

    /// <summary>Adds the sum over k of a_k b_k' to the tile.</summary>
    /// <param name="depth">The number of k.</param>
    /// <param name="a">depth x <see cref="Rows"/>, contiguous.</param>
    /// <param name="b">depth x <see cref="Columns"/>, contiguous.</param>
    /// <param name="c"><see cref="Rows"/> x <see cref="Columns"/>, row-major.</param>
    /// <param name="stride">The distance of rows of <paramref name="c"/>.</param>
    static abstract void Accumulate(nint depth, T* a, T* b, double* c, nint stride);
}
