using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>4 x 8 doubles, or 4 x 16 floats, in 8 of 16 registers of 256 bits.</summary>
internal readonly unsafe struct PanelKernel256 : IPanelKernel
{
    private const int TileRows = 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate<T>(nint rows, nint depth, T* a, nint rowStride, nint columnStride, T* v, double* y)
        where T : unmanaged
    {
        for (nint i = 0; i < rows; i += TileRows)
        {
            for (nint j = 0; j < Band.Width; j += 2 * Vector256<T>.Count)
            {
                T* a0 = a + (i * rowStride), a1 = a0 + rowStride, a2 = a1 + rowStride, a3 = a2 + rowStride, panel = v + j;
                double* target = y + (i * Band.Width) + j;
                Vector256<T> y00 = default, y01 = default;
                Vector256<T> y10 = default, y11 = default;
                Vector256<T> y20 = default, y21 = default;
                Vector256<T> y30 = default, y31 = default;
                for (nint k = 0; k < depth; k++)
                {
                    Vector256<T> v0 = Vector256.Load(panel), v1 = Vector256.Load(panel + Vector256<T>.Count);
                    Vector256<T> factor = Vector256.Create(*a0);
                    y00 = Products.Add(factor, v0, y00);
                    y01 = Products.Add(factor, v1, y01);
                    a0 += columnStride;
                    factor = Vector256.Create(*a1);
                    y10 = Products.Add(factor, v0, y10);
                    y11 = Products.Add(factor, v1, y11);
                    a1 += columnStride;
                    factor = Vector256.Create(*a2);
                    y20 = Products.Add(factor, v0, y20);
                    y21 = Products.Add(factor, v1, y21);
                    a2 += columnStride;
                    factor = Vector256.Create(*a3);
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
        Vector256<double> s0 = Vector256.Load(sums), s1 = Vector256.Load(sums + 4), s2 = Vector256.Load(sums + 8), s3 = Vector256.Load(sums + 12), s4 = Vector256.Load(sums + 16), s5 = Vector256.Load(sums + 20), s6 = Vector256.Load(sums + 24), s7 = Vector256.Load(sums + 28);
        for (nint i = 0; i < rows; i++, panel += Band.Width)
        {
            double entry = panel[column] * scale;
            Vector256<double> factor = Vector256.Create(-tau * entry);
            Vector256<double> r0 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(z), Vector256.Load(panel));
            r0.Store(panel);
            Vector256<double> r1 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(z + 4), Vector256.Load(panel + 4));
            r1.Store(panel + 4);
            Vector256<double> r2 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(z + 8), Vector256.Load(panel + 8));
            r2.Store(panel + 8);
            Vector256<double> r3 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(z + 12), Vector256.Load(panel + 12));
            r3.Store(panel + 12);
            Vector256<double> r4 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(z + 16), Vector256.Load(panel + 16));
            r4.Store(panel + 16);
            Vector256<double> r5 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(z + 20), Vector256.Load(panel + 20));
            r5.Store(panel + 20);
            Vector256<double> r6 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(z + 24), Vector256.Load(panel + 24));
            r6.Store(panel + 24);
            Vector256<double> r7 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(z + 28), Vector256.Load(panel + 28));
            r7.Store(panel + 28);
            panel[column] = entry;
            factor = Vector256.Create(panel[column + 1]);
            s0 = Vector256.MultiplyAddEstimate(factor, r0, s0);
            s1 = Vector256.MultiplyAddEstimate(factor, r1, s1);
            s2 = Vector256.MultiplyAddEstimate(factor, r2, s2);
            s3 = Vector256.MultiplyAddEstimate(factor, r3, s3);
            s4 = Vector256.MultiplyAddEstimate(factor, r4, s4);
            s5 = Vector256.MultiplyAddEstimate(factor, r5, s5);
            s6 = Vector256.MultiplyAddEstimate(factor, r6, s6);
            s7 = Vector256.MultiplyAddEstimate(factor, r7, s7);
        }

        s0.Store(sums);
        s1.Store(sums + 4);
        s2.Store(sums + 8);
        s3.Store(sums + 12);
        s4.Store(sums + 16);
        s5.Store(sums + 20);
        s6.Store(sums + 24);
        s7.Store(sums + 28);
    }
}
