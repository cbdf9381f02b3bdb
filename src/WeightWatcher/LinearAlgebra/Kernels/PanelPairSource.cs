namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>The transpose of two panels side by side, each rows x <see cref="Band.Width"/> and contiguous, times a factor; always packed in its whole depth.</summary>
/// <typeparam name="T">What they are packed as: double or float.</typeparam>
internal readonly unsafe struct PanelPairSource<T>(double* first, double* second, double factor) : IPanelSource<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, T* panels)
    {
        if (k0 != 0 || depth != 2 * Band.Width)
            throw new ArgumentOutOfRangeException(nameof(depth));
        for (nint left = 0; left < count; left += width, panels += depth * width)
        {
            nint present = Math.Min(width, count - left), row = (i0 + left) * Band.Width;
            PanelSource.PackOne(first + row, factor, present, width, panels);
            PanelSource.PackOne(second + row, factor, present, width, panels + (Band.Width * width));
        }
    }
}
