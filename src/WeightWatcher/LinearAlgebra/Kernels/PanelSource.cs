using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>The transpose of a panel, rows x <see cref="Band.Width"/> and contiguous, times a factor.</summary>
internal readonly unsafe struct PanelSource(double* entries, double factor) : IPanelSource
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, double* panel)
    {
        for (nint i = 0; i < width; i++)
        {
            double* from = entries + ((i0 + i) * Band.Width) + k0, to = panel + i;
            for (nint k = 0; k < depth; k++)
                to[k * width] = i < count ? factor * from[k] : 0;
        }
    }
}
