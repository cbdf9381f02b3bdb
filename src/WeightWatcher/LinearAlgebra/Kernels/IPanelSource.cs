namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>A K x m matrix (row k, column i) that can be copied into the panels of <see cref="IMicroKernel{T}"/>.</summary>
/// <typeparam name="T">What panels are made of: double or float.</typeparam>
internal unsafe interface IPanelSource<T>
    where T : unmanaged
{
    /// <summary>Copies rows k0 to k0 + depth - 1 and columns i0 to i0 + count - 1 into one panel after another.</summary>
    /// <param name="k0">The first row.</param>
    /// <param name="depth">The number of rows.</param>
    /// <param name="i0">The first column.</param>
    /// <param name="count">The number of columns, 1 or more.</param>
    /// <param name="width">The width of a panel; columns of the last one beyond <paramref name="count"/> become 0.</param>
    /// <param name="panels">Receives the panels, each depth x width numbers, contiguous.</param>
    void Pack(nint k0, nint depth, nint i0, nint count, nint width, T* panels);
}
