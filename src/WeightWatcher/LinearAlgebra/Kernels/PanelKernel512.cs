using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>4 x 32 doubles, or 8 x 32 floats, in 16 of 32 registers of 512 bits.</summary>
internal readonly unsafe struct PanelKernel512 : IPanelKernel
{
    /// <inheritdoc/>
    public static void Accumulate<T>(nint rows, nint depth, T* a, nint rowStride, nint columnStride, T* v, double* y)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
            Doubles(rows, depth, (double*)a, rowStride, columnStride, (double*)v, y);
        else
            Singles(rows, depth, (float*)a, rowStride, columnStride, (float*)v, y);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reflect(nint rows, double* panel, nint column, double scale, double tau, double* z, double* sums)
    {
        Vector512<double> s0 = Vector512.Load(sums), s1 = Vector512.Load(sums + 8), s2 = Vector512.Load(sums + 16), s3 = Vector512.Load(sums + 24);
        Vector512<double> z0 = Vector512.Load(z), z1 = Vector512.Load(z + 8), z2 = Vector512.Load(z + 16), z3 = Vector512.Load(z + 24);
        for (nint i = 0; i < rows; i++, panel += Band.Width)
        {
            double entry = panel[column] * scale;
            Vector512<double> factor = Vector512.Create(-tau * entry);
            Vector512<double> r0 = Vector512.MultiplyAddEstimate(factor, z0, Vector512.Load(panel));
            r0.Store(panel);
            Vector512<double> r1 = Vector512.MultiplyAddEstimate(factor, z1, Vector512.Load(panel + 8));
            r1.Store(panel + 8);
            Vector512<double> r2 = Vector512.MultiplyAddEstimate(factor, z2, Vector512.Load(panel + 16));
            r2.Store(panel + 16);
            Vector512<double> r3 = Vector512.MultiplyAddEstimate(factor, z3, Vector512.Load(panel + 24));
            r3.Store(panel + 24);
            panel[column] = entry;
            factor = Vector512.Create(panel[column + 1]);
            s0 = Vector512.MultiplyAddEstimate(factor, r0, s0);
            s1 = Vector512.MultiplyAddEstimate(factor, r1, s1);
            s2 = Vector512.MultiplyAddEstimate(factor, r2, s2);
            s3 = Vector512.MultiplyAddEstimate(factor, r3, s3);
        }

        s0.Store(sums);
        s1.Store(sums + 8);
        s2.Store(sums + 16);
        s3.Store(sums + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Doubles(nint rows, nint depth, double* a, nint rowStride, nint columnStride, double* v, double* y)
    {
        for (nint i = 0; i < rows; i += 4)
        {
            double* a0 = a + (i * rowStride), a1 = a0 + rowStride, a2 = a1 + rowStride, a3 = a2 + rowStride, panel = v, target = y + (i * Band.Width);
            Vector512<double> y00 = default, y01 = default, y02 = default, y03 = default;
            Vector512<double> y10 = default, y11 = default, y12 = default, y13 = default;
            Vector512<double> y20 = default, y21 = default, y22 = default, y23 = default;
            Vector512<double> y30 = default, y31 = default, y32 = default, y33 = default;
            for (nint k = 0; k < depth; k++)
            {
                Vector512<double> v0 = Vector512.Load(panel), v1 = Vector512.Load(panel + 8), v2 = Vector512.Load(panel + 16), v3 = Vector512.Load(panel + 24);
                Vector512<double> factor = Vector512.Create(*a0);
                y00 = Vector512.MultiplyAddEstimate(factor, v0, y00);
                y01 = Vector512.MultiplyAddEstimate(factor, v1, y01);
                y02 = Vector512.MultiplyAddEstimate(factor, v2, y02);
                y03 = Vector512.MultiplyAddEstimate(factor, v3, y03);
                a0 += columnStride;
                factor = Vector512.Create(*a1);
                y10 = Vector512.MultiplyAddEstimate(factor, v0, y10);
                y11 = Vector512.MultiplyAddEstimate(factor, v1, y11);
                y12 = Vector512.MultiplyAddEstimate(factor, v2, y12);
                y13 = Vector512.MultiplyAddEstimate(factor, v3, y13);
                a1 += columnStride;
                factor = Vector512.Create(*a2);
                y20 = Vector512.MultiplyAddEstimate(factor, v0, y20);
                y21 = Vector512.MultiplyAddEstimate(factor, v1, y21);
                y22 = Vector512.MultiplyAddEstimate(factor, v2, y22);
                y23 = Vector512.MultiplyAddEstimate(factor, v3, y23);
                a2 += columnStride;
                factor = Vector512.Create(*a3);
                y30 = Vector512.MultiplyAddEstimate(factor, v0, y30);
                y31 = Vector512.MultiplyAddEstimate(factor, v1, y31);
                y32 = Vector512.MultiplyAddEstimate(factor, v2, y32);
                y33 = Vector512.MultiplyAddEstimate(factor, v3, y33);
                a3 += columnStride;
                panel += Band.Width;
            }

            Products.AddTo(target, y00, y01);
            Products.AddTo(target + 16, y02, y03);
            Products.AddTo(target + Band.Width, y10, y11);
            Products.AddTo(target + Band.Width + 16, y12, y13);
            Products.AddTo(target + (2 * Band.Width), y20, y21);
            Products.AddTo(target + (2 * Band.Width) + 16, y22, y23);
            Products.AddTo(target + (3 * Band.Width), y30, y31);
            Products.AddTo(target + (3 * Band.Width) + 16, y32, y33);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Singles(nint rows, nint depth, float* a, nint rowStride, nint columnStride, float* v, double* y)
    {
        for (nint i = 0; i < rows; i += 8)
        {
            float* a0 = a + (i * rowStride), a1 = a0 + rowStride, a2 = a1 + rowStride, a3 = a2 + rowStride, a4 = a3 + rowStride, a5 = a4 + rowStride, a6 = a5 + rowStride, a7 = a6 + rowStride;
            float* panel = v;
            double* target = y + (i * Band.Width);
            Vector512<float> y00 = default, y01 = default;
            Vector512<float> y10 = default, y11 = default;
            Vector512<float> y20 = default, y21 = default;
            Vector512<float> y30 = default, y31 = default;
            Vector512<float> y40 = default, y41 = default;
            Vector512<float> y50 = default, y51 = default;
            Vector512<float> y60 = default, y61 = default;
            Vector512<float> y70 = default, y71 = default;
            for (nint k = 0, at = 0; k < depth; k++, at += columnStride)
            {
                Vector512<float> v0 = Vector512.Load(panel), v1 = Vector512.Load(panel + 16);
                Vector512<float> factor = Vector512.Create(a0[at]);
                y00 = Vector512.MultiplyAddEstimate(factor, v0, y00);
                y01 = Vector512.MultiplyAddEstimate(factor, v1, y01);
                factor = Vector512.Create(a1[at]);
                y10 = Vector512.MultiplyAddEstimate(factor, v0, y10);
                y11 = Vector512.MultiplyAddEstimate(factor, v1, y11);
                factor = Vector512.Create(a2[at]);
                y20 = Vector512.MultiplyAddEstimate(factor, v0, y20);
                y21 = Vector512.MultiplyAddEstimate(factor, v1, y21);
                factor = Vector512.Create(a3[at]);
                y30 = Vector512.MultiplyAddEstimate(factor, v0, y30);
                y31 = Vector512.MultiplyAddEstimate(factor, v1, y31);
                factor = Vector512.Create(a4[at]);
                y40 = Vector512.MultiplyAddEstimate(factor, v0, y40);
                y41 = Vector512.MultiplyAddEstimate(factor, v1, y41);
                factor = Vector512.Create(a5[at]);
                y50 = Vector512.MultiplyAddEstimate(factor, v0, y50);
                y51 = Vector512.MultiplyAddEstimate(factor, v1, y51);
                factor = Vector512.Create(a6[at]);
                y60 = Vector512.MultiplyAddEstimate(factor, v0, y60);
                y61 = Vector512.MultiplyAddEstimate(factor, v1, y61);
                factor = Vector512.Create(a7[at]);
                y70 = Vector512.MultiplyAddEstimate(factor, v0, y70);
                y71 = Vector512.MultiplyAddEstimate(factor, v1, y71);
                panel += Band.Width;
            }

            Products.AddTo(target, y00, y01);
            Products.AddTo(target + Band.Width, y10, y11);
            Products.AddTo(target + (2 * Band.Width), y20, y21);
            Products.AddTo(target + (3 * Band.Width), y30, y31);
            Products.AddTo(target + (4 * Band.Width), y40, y41);
            Products.AddTo(target + (5 * Band.Width), y50, y51);
            Products.AddTo(target + (6 * Band.Width), y60, y61);
            Products.AddTo(target + (7 * Band.Width), y70, y71);
        }
    }
}
