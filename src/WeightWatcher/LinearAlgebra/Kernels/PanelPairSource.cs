using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>The transpose of two panels side by side, each rows x <see cref="Band.Width"/> and contiguous, times a factor.</summary>
internal readonly unsafe struct PanelPairSource(double* left, double* right, double factor) : IPanelSource
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, double* panel)
    {
        if (k0 != 0 || depth != 2 * Band.Width)
            throw new ArgumentOutOfRangeException(nameof(depth));
        for (nint i = 0; i < width; i++)
        {
            double* to = panel + i;
            double* a = left + ((i0 + i) * Band.Width), b = right + ((i0 + i) * Band.Width);
            for (nint k = 0; k < Band.Width; k++)
                to[k * width] = i < count ? factor * a[k] : 0;
            to += Band.Width * width;
            for (nint k = 0; k < Band.Width; k++)
                to[k * width] = i < count ? factor * b[k] : 0;
        }
    }
}
