using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>The transpose of a panel, rows x <see cref="Band.Width"/> and contiguous, times a factor; always packed in its whole depth.</summary>
internal readonly unsafe struct PanelSource(double* entries, double factor) : IPanelSource<double>
{
    /// <inheritdoc/>
    public void Pack(nint k0, nint depth, nint i0, nint count, nint width, double* panels)
    {
        if (k0 != 0 || depth != Band.Width)
            throw new ArgumentOutOfRangeException(nameof(depth));
        for (nint left = 0; left < count; left += width, panels += depth * width)
            PackOne(entries + ((i0 + left) * Band.Width), factor, Math.Min(width, count - left), width, panels);
    }

    /// <summary>Copies one panel.</summary>
    /// <param name="rows">The first of the rows to become columns.</param>
    /// <param name="factor">What they are multiplied by.</param>
    /// <param name="present">How many there are.</param>
    /// <param name="width">The width of the panel; columns beyond become 0.</param>
    /// <param name="panel">Receives <see cref="Band.Width"/> x width numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackOne<T>(double* rows, double factor, nint present, nint width, T* panel)
        where T : unmanaged
    {
        Vector256<double> factor4 = Vector256.Create(factor);
        nint whole = present & ~3;
        for (nint k = 0; k < Band.Width; k++, panel += width)
        {
            double* from = rows + k;
            nint i = 0;
            for (; i < whole; i += 4, from += 4 * Band.Width)
                Store(Vector256.Create(from[0], from[Band.Width], from[2 * Band.Width], from[3 * Band.Width]) * factor4, panel + i);
            for (; i < width; i++, from += Band.Width)
            {
                double entry = i < present ? factor * *from : 0;
                panel[i] = typeof(T) == typeof(double) ? Unsafe.BitCast<double, T>(entry) : Unsafe.BitCast<float, T>((float)entry);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector256<double> four, T* panel)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
            four.Store((double*)panel);
        else
            Vector128.Narrow(four.GetLower(), four.GetUpper()).Store((float*)panel);
    }
}
