using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>4 x 12 doubles in 12 of 16 registers of 256 bits.</summary>
internal readonly unsafe struct MicroKernel256 : IMicroKernel
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Columns => 12;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(nint depth, double* a, double* b, double* c, nint stride)
    {
        if (Sse.IsSupported)
        {
            // What the tile is added to arrives while the products are summed.
            for (nint r = 0; r < 4; r++)
            {
                double* row = c + (r * stride);
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + 8);
                Sse.Prefetch0(row + 11);
            }
        }

        Vector256<double> c00 = default, c01 = default, c02 = default;
        Vector256<double> c10 = default, c11 = default, c12 = default;
        Vector256<double> c20 = default, c21 = default, c22 = default;
        Vector256<double> c30 = default, c31 = default, c32 = default;
        for (nint k = 0; k < depth; k++)
        {
            Vector256<double> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 4), b2 = Vector256.Load(b + 8);
            Vector256<double> a0 = Vector256.Create(a[0]);
            c00 = Vector256.MultiplyAddEstimate(a0, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(a0, b1, c01);
            c02 = Vector256.MultiplyAddEstimate(a0, b2, c02);
            a0 = Vector256.Create(a[1]);
            c10 = Vector256.MultiplyAddEstimate(a0, b0, c10);
            c11 = Vector256.MultiplyAddEstimate(a0, b1, c11);
            c12 = Vector256.MultiplyAddEstimate(a0, b2, c12);
            a0 = Vector256.Create(a[2]);
            c20 = Vector256.MultiplyAddEstimate(a0, b0, c20);
            c21 = Vector256.MultiplyAddEstimate(a0, b1, c21);
            c22 = Vector256.MultiplyAddEstimate(a0, b2, c22);
            a0 = Vector256.Create(a[3]);
            c30 = Vector256.MultiplyAddEstimate(a0, b0, c30);
            c31 = Vector256.MultiplyAddEstimate(a0, b1, c31);
            c32 = Vector256.MultiplyAddEstimate(a0, b2, c32);
            a += 4;
            b += 12;
        }

        (Vector256.Load(c) + c00).Store(c);
        (Vector256.Load(c + 4) + c01).Store(c + 4);
        (Vector256.Load(c + 8) + c02).Store(c + 8);
        c += stride;
        (Vector256.Load(c) + c10).Store(c);
        (Vector256.Load(c + 4) + c11).Store(c + 4);
        (Vector256.Load(c + 8) + c12).Store(c + 8);
        c += stride;
        (Vector256.Load(c) + c20).Store(c);
        (Vector256.Load(c + 4) + c21).Store(c + 4);
        (Vector256.Load(c + 8) + c22).Store(c + 8);
        c += stride;
        (Vector256.Load(c) + c30).Store(c);
        (Vector256.Load(c + 4) + c31).Store(c + 4);
        (Vector256.Load(c + 8) + c32).Store(c + 8);
    }
}
