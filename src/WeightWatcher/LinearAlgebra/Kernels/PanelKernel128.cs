using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>4 x 4 doubles in 8 registers of 128 bits.</summary>
internal readonly unsafe struct PanelKernel128 : IPanelKernel
{
    private const int TileRows = 4, TileColumns = 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(nint rows, nint depth, double* a, nint rowStride, nint columnStride, double* v, double* y)
    {
        for (nint i = 0; i < rows; i += TileRows)
        {
            for (nint j = 0; j < Band.Width; j += TileColumns)
            {
                double* a0 = a + (i * rowStride), a1 = a0 + rowStride, a2 = a1 + rowStride, a3 = a2 + rowStride;
                double* panel = v + j, target = y + (i * Band.Width) + j;
                Vector128<double> y00 = default, y01 = default;
                Vector128<double> y10 = default, y11 = default;
                Vector128<double> y20 = default, y21 = default;
                Vector128<double> y30 = default, y31 = default;
                for (nint k = 0; k < depth; k++)
                {
                    Vector128<double> v0 = Vector128.Load(panel), v1 = Vector128.Load(panel + 2);
                    Vector128<double> factor = Vector128.Create(*a0);
                    y00 = Vector128.MultiplyAddEstimate(factor, v0, y00);
                    y01 = Vector128.MultiplyAddEstimate(factor, v1, y01);
                    a0 += columnStride;
                    factor = Vector128.Create(*a1);
                    y10 = Vector128.MultiplyAddEstimate(factor, v0, y10);
                    y11 = Vector128.MultiplyAddEstimate(factor, v1, y11);
                    a1 += columnStride;
                    factor = Vector128.Create(*a2);
                    y20 = Vector128.MultiplyAddEstimate(factor, v0, y20);
                    y21 = Vector128.MultiplyAddEstimate(factor, v1, y21);
                    a2 += columnStride;
                    factor = Vector128.Create(*a3);
                    y30 = Vector128.MultiplyAddEstimate(factor, v0, y30);
                    y31 = Vector128.MultiplyAddEstimate(factor, v1, y31);
                    a3 += columnStride;
                    panel += Band.Width;
                }

                (Vector128.Load(target) + y00).Store(target);
                (Vector128.Load(target + 2) + y01).Store(target + 2);
                target += Band.Width;
                (Vector128.Load(target) + y10).Store(target);
                (Vector128.Load(target + 2) + y11).Store(target + 2);
                target += Band.Width;
                (Vector128.Load(target) + y20).Store(target);
                (Vector128.Load(target + 2) + y21).Store(target + 2);
                target += Band.Width;
                (Vector128.Load(target) + y30).Store(target);
                (Vector128.Load(target + 2) + y31).Store(target + 2);
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
