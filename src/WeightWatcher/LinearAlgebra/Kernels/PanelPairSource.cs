using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>The transpose of two panels side by side, each rows x <see cref="Band.Width"/> and contiguous, times a factor; always packed in its whole depth.</summary>
internal readonly unsafe struct PanelPairSource(double* left, double* right, double factor) : IPanelSource
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, double* panel)
    {
        if (k0 != 0 || depth != 2 * Band.Width)
            throw new ArgumentOutOfRangeException(nameof(depth));
        new PanelSource(left, factor).Pack(0, Band.Width, i0, count, width, panel);
        new PanelSource(right, factor).Pack(0, Band.Width, i0, count, width, panel + (Band.Width * width));
    }
}
