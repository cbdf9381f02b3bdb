namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>The innermost product of matrices: a register tile over packed panels (Goto and van de Geijn 2008; Van Zee and van de Geijn 2015).</summary>
internal unsafe interface IMicroKernel
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
    static abstract void Accumulate(nint depth, double* a, double* b, double* c, nint stride);
}
