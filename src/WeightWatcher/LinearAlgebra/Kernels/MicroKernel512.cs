using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>8 x 24 doubles in 24 of 32 registers of 512 bits.</summary>
internal readonly unsafe struct MicroKernel512 : IMicroKernel
{
    /// <inheritdoc/>
    public static int Rows => 8;

    /// <inheritdoc/>
    public static int Columns => 24;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(nint depth, double* a, double* b, double* c, nint stride)
    {
        if (Sse.IsSupported)
        {
            // What the tile is added to arrives while the products are summed.
            for (nint r = 0; r < 8; r++)
            {
                double* row = c + (r * stride);
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + 8);
                Sse.Prefetch0(row + 16);
                Sse.Prefetch0(row + 23);
            }
        }

        Vector512<double> c00 = default, c01 = default, c02 = default;
        Vector512<double> c10 = default, c11 = default, c12 = default;
        Vector512<double> c20 = default, c21 = default, c22 = default;
        Vector512<double> c30 = default, c31 = default, c32 = default;
        Vector512<double> c40 = default, c41 = default, c42 = default;
        Vector512<double> c50 = default, c51 = default, c52 = default;
        Vector512<double> c60 = default, c61 = default, c62 = default;
        Vector512<double> c70 = default, c71 = default, c72 = default;
        for (nint k = 0; k < depth; k++)
        {
            Vector512<double> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 8), b2 = Vector512.Load(b + 16);
            Vector512<double> a0 = Vector512.Create(a[0]);
            c00 = Vector512.MultiplyAddEstimate(a0, b0, c00);
            c01 = Vector512.MultiplyAddEstimate(a0, b1, c01);
            c02 = Vector512.MultiplyAddEstimate(a0, b2, c02);
            a0 = Vector512.Create(a[1]);
            c10 = Vector512.MultiplyAddEstimate(a0, b0, c10);
            c11 = Vector512.MultiplyAddEstimate(a0, b1, c11);
            c12 = Vector512.MultiplyAddEstimate(a0, b2, c12);
            a0 = Vector512.Create(a[2]);
            c20 = Vector512.MultiplyAddEstimate(a0, b0, c20);
            c21 = Vector512.MultiplyAddEstimate(a0, b1, c21);
            c22 = Vector512.MultiplyAddEstimate(a0, b2, c22);
            a0 = Vector512.Create(a[3]);
            c30 = Vector512.MultiplyAddEstimate(a0, b0, c30);
            c31 = Vector512.MultiplyAddEstimate(a0, b1, c31);
            c32 = Vector512.MultiplyAddEstimate(a0, b2, c32);
            a0 = Vector512.Create(a[4]);
            c40 = Vector512.MultiplyAddEstimate(a0, b0, c40);
            c41 = Vector512.MultiplyAddEstimate(a0, b1, c41);
            c42 = Vector512.MultiplyAddEstimate(a0, b2, c42);
            a0 = Vector512.Create(a[5]);
            c50 = Vector512.MultiplyAddEstimate(a0, b0, c50);
            c51 = Vector512.MultiplyAddEstimate(a0, b1, c51);
            c52 = Vector512.MultiplyAddEstimate(a0, b2, c52);
            a0 = Vector512.Create(a[6]);
            c60 = Vector512.MultiplyAddEstimate(a0, b0, c60);
            c61 = Vector512.MultiplyAddEstimate(a0, b1, c61);
            c62 = Vector512.MultiplyAddEstimate(a0, b2, c62);
            a0 = Vector512.Create(a[7]);
            c70 = Vector512.MultiplyAddEstimate(a0, b0, c70);
            c71 = Vector512.MultiplyAddEstimate(a0, b1, c71);
            c72 = Vector512.MultiplyAddEstimate(a0, b2, c72);
            a += 8;
            b += 24;
        }

        (Vector512.Load(c) + c00).Store(c);
        (Vector512.Load(c + 8) + c01).Store(c + 8);
        (Vector512.Load(c + 16) + c02).Store(c + 16);
        c += stride;
        (Vector512.Load(c) + c10).Store(c);
        (Vector512.Load(c + 8) + c11).Store(c + 8);
        (Vector512.Load(c + 16) + c12).Store(c + 16);
        c += stride;
        (Vector512.Load(c) + c20).Store(c);
        (Vector512.Load(c + 8) + c21).Store(c + 8);
        (Vector512.Load(c + 16) + c22).Store(c + 16);
        c += stride;
        (Vector512.Load(c) + c30).Store(c);
        (Vector512.Load(c + 8) + c31).Store(c + 8);
        (Vector512.Load(c + 16) + c32).Store(c + 16);
        c += stride;
        (Vector512.Load(c) + c40).Store(c);
        (Vector512.Load(c + 8) + c41).Store(c + 8);
        (Vector512.Load(c + 16) + c42).Store(c + 16);
        c += stride;
        (Vector512.Load(c) + c50).Store(c);
        (Vector512.Load(c + 8) + c51).Store(c + 8);
        (Vector512.Load(c + 16) + c52).Store(c + 16);
        c += stride;
        (Vector512.Load(c) + c60).Store(c);
        (Vector512.Load(c + 8) + c61).Store(c + 8);
        (Vector512.Load(c + 16) + c62).Store(c + 16);
        c += stride;
        (Vector512.Load(c) + c70).Store(c);
        (Vector512.Load(c + 8) + c71).Store(c + 8);
        (Vector512.Load(c + 16) + c72).Store(c + 16);
    }
}
