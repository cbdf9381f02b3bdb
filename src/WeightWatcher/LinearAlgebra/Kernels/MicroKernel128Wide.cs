using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>8 x 6 doubles in 24 of 32 registers of 128 bits (AdvSimd).</summary>
internal readonly unsafe struct MicroKernel128Wide : IMicroKernel
{
    /// <inheritdoc/>
    public static int Rows => 8;

    /// <inheritdoc/>
    public static int Columns => 6;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(nint depth, double* a, double* b, double* c, nint stride)
    {
        Vector128<double> c00 = default, c01 = default, c02 = default;
        Vector128<double> c10 = default, c11 = default, c12 = default;
        Vector128<double> c20 = default, c21 = default, c22 = default;
        Vector128<double> c30 = default, c31 = default, c32 = default;
        Vector128<double> c40 = default, c41 = default, c42 = default;
        Vector128<double> c50 = default, c51 = default, c52 = default;
        Vector128<double> c60 = default, c61 = default, c62 = default;
        Vector128<double> c70 = default, c71 = default, c72 = default;
        for (nint k = 0; k < depth; k++)
        {
            Vector128<double> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 2), b2 = Vector128.Load(b + 4);
            Vector128<double> a0 = Vector128.Create(a[0]);
            c00 = Vector128.MultiplyAddEstimate(a0, b0, c00);
            c01 = Vector128.MultiplyAddEstimate(a0, b1, c01);
            c02 = Vector128.MultiplyAddEstimate(a0, b2, c02);
            a0 = Vector128.Create(a[1]);
            c10 = Vector128.MultiplyAddEstimate(a0, b0, c10);
            c11 = Vector128.MultiplyAddEstimate(a0, b1, c11);
            c12 = Vector128.MultiplyAddEstimate(a0, b2, c12);
            a0 = Vector128.Create(a[2]);
            c20 = Vector128.MultiplyAddEstimate(a0, b0, c20);
            c21 = Vector128.MultiplyAddEstimate(a0, b1, c21);
            c22 = Vector128.MultiplyAddEstimate(a0, b2, c22);
            a0 = Vector128.Create(a[3]);
            c30 = Vector128.MultiplyAddEstimate(a0, b0, c30);
            c31 = Vector128.MultiplyAddEstimate(a0, b1, c31);
            c32 = Vector128.MultiplyAddEstimate(a0, b2, c32);
            a0 = Vector128.Create(a[4]);
            c40 = Vector128.MultiplyAddEstimate(a0, b0, c40);
            c41 = Vector128.MultiplyAddEstimate(a0, b1, c41);
            c42 = Vector128.MultiplyAddEstimate(a0, b2, c42);
            a0 = Vector128.Create(a[5]);
            c50 = Vector128.MultiplyAddEstimate(a0, b0, c50);
            c51 = Vector128.MultiplyAddEstimate(a0, b1, c51);
            c52 = Vector128.MultiplyAddEstimate(a0, b2, c52);
            a0 = Vector128.Create(a[6]);
            c60 = Vector128.MultiplyAddEstimate(a0, b0, c60);
            c61 = Vector128.MultiplyAddEstimate(a0, b1, c61);
            c62 = Vector128.MultiplyAddEstimate(a0, b2, c62);
            a0 = Vector128.Create(a[7]);
            c70 = Vector128.MultiplyAddEstimate(a0, b0, c70);
            c71 = Vector128.MultiplyAddEstimate(a0, b1, c71);
            c72 = Vector128.MultiplyAddEstimate(a0, b2, c72);
            a += 8;
            b += 6;
        }

        (Vector128.Load(c) + c00).Store(c);
        (Vector128.Load(c + 2) + c01).Store(c + 2);
        (Vector128.Load(c + 4) + c02).Store(c + 4);
        c += stride;
        (Vector128.Load(c) + c10).Store(c);
        (Vector128.Load(c + 2) + c11).Store(c + 2);
        (Vector128.Load(c + 4) + c12).Store(c + 4);
        c += stride;
        (Vector128.Load(c) + c20).Store(c);
        (Vector128.Load(c + 2) + c21).Store(c + 2);
        (Vector128.Load(c + 4) + c22).Store(c + 4);
        c += stride;
        (Vector128.Load(c) + c30).Store(c);
        (Vector128.Load(c + 2) + c31).Store(c + 2);
        (Vector128.Load(c + 4) + c32).Store(c + 4);
        c += stride;
        (Vector128.Load(c) + c40).Store(c);
        (Vector128.Load(c + 2) + c41).Store(c + 2);
        (Vector128.Load(c + 4) + c42).Store(c + 4);
        c += stride;
        (Vector128.Load(c) + c50).Store(c);
        (Vector128.Load(c + 2) + c51).Store(c + 2);
        (Vector128.Load(c + 4) + c52).Store(c + 4);
        c += stride;
        (Vector128.Load(c) + c60).Store(c);
        (Vector128.Load(c + 2) + c61).Store(c + 2);
        (Vector128.Load(c + 4) + c62).Store(c + 4);
        c += stride;
        (Vector128.Load(c) + c70).Store(c);
        (Vector128.Load(c + 2) + c71).Store(c + 2);
        (Vector128.Load(c + 4) + c72).Store(c + 4);
    }
}
