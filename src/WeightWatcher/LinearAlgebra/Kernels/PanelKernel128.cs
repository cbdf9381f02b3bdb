using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>4 x 4 doubles, or 4 x 8 floats, in 8 registers of 128 bits.</summary>
internal readonly unsafe struct PanelKernel128 : IPanelKernel
{
    private const int TileRows = 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate<T>(nint rows, nint depth, T* a, nint rowStride, nint columnStride, T* v, double* y)
        where T : unmanaged
    {
        for (nint i = 0; i < rows; i += TileRows)
        {
            for (nint j = 0; j < Band.Width; j += 2 * Vector128<T>.Count)
            {
                T* a0 = a + (i * rowStride), a1 = a0 + rowStride, a2 = a1 + rowStride, a3 = a2 + rowStride, panel = v + j;
                double* target = y + (i * Band.Width) + j;
                Vector128<T> y00 = default, y01 = default;
                Vector128<T> y10 = default, y11 = default;
                Vector128<T> y20 = default, y21 = default;
                Vector128<T> y30 = default, y31 = default;
                for (nint k = 0; k < depth; k++)
                {
                    Vector128<T> v0 = Vector128.Load(panel), v1 = Vector128.Load(panel + Vector128<T>.Count);
                    Vector128<T> factor = Vector128.Create(*a0);
                    y00 = Products.Add(factor, v0, y00);
                    y01 = Products.Add(factor, v1, y01);
                    a0 += columnStride;
                    factor = Vector128.Create(*a1);
                    y10 = Products.Add(factor, v0, y10);
                    y11 = Products.Add(factor, v1, y11);
                    a1 += columnStride;
                    factor = Vector128.Create(*a2);
                    y20 = Products.Add(factor, v0, y20);
                    y21 = Products.Add(factor, v1, y21);
                    a2 += columnStride;
                    factor = Vector128.Create(*a3);
                    y30 = Products.Add(factor, v0, y30);
                    y31 = Products.Add(factor, v1, y31);
                    a3 += columnStride;
                    panel += Band.Width;
                }

                Products.AddTo(target, y00, y01);
                Products.AddTo(target + Band.Width, y10, y11);
                Products.AddTo(target + (2 * Band.Width), y20, y21);
                Products.AddTo(target + (3 * Band.Width), y30, y31);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reflect(nint rows, double* panel, nint column, double scale, double tau, double* z, double* sums)
    {
        for (nint i = 0; i < rows; i++, panel += Band.Width)
        {
            double entry = panel[column] * scale;
            Vector128<double> factor = Vector128.Create(-tau * entry);
            for (nint j = 0; j < Band.Width; j += 2)
                Vector128.MultiplyAddEstimate(factor, Vector128.Load(z + j), Vector128.Load(panel + j)).Store(panel + j);
            factor = Vector128.Create(panel[column + 1]);
            for (nint j = 0; j < Band.Width; j += 2)
                Vector128.MultiplyAddEstimate(factor, Vector128.Load(panel + j), Vector128.Load(sums + j)).Store(sums + j);
            panel[column] = entry;
        }
    }
}
