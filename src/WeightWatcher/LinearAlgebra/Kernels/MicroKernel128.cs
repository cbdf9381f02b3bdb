using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>4 x 4 doubles in 8 of 16 registers of 128 bits (SSE2, or no vectors at all).</summary>
internal readonly unsafe struct MicroKernel128 : IMicroKernel
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Columns => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(nint depth, double* a, double* b, double* c, nint stride)
    {
        Vector128<double> c00 = default, c01 = default;
        Vector128<double> c10 = default, c11 = default;
        Vector128<double> c20 = default, c21 = default;
        Vector128<double> c30 = default, c31 = default;
        for (nint k = 0; k < depth; k++)
        {
            Vector128<double> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 2);
            Vector128<double> a0 = Vector128.Create(a[0]);
            c00 = Vector128.MultiplyAddEstimate(a0, b0, c00);
            c01 = Vector128.MultiplyAddEstimate(a0, b1, c01);
            a0 = Vector128.Create(a[1]);
            c10 = Vector128.MultiplyAddEstimate(a0, b0, c10);
            c11 = Vector128.MultiplyAddEstimate(a0, b1, c11);
            a0 = Vector128.Create(a[2]);
            c20 = Vector128.MultiplyAddEstimate(a0, b0, c20);
            c21 = Vector128.MultiplyAddEstimate(a0, b1, c21);
            a0 = Vector128.Create(a[3]);
            c30 = Vector128.MultiplyAddEstimate(a0, b0, c30);
            c31 = Vector128.MultiplyAddEstimate(a0, b1, c31);
            a += 4;
            b += 4;
        }

        (Vector128.Load(c) + c00).Store(c);
        (Vector128.Load(c + 2) + c01).Store(c + 2);
        c += stride;
        (Vector128.Load(c) + c10).Store(c);
        (Vector128.Load(c + 2) + c11).Store(c + 2);
        c += stride;
        (Vector128.Load(c) + c20).Store(c);
        (Vector128.Load(c + 2) + c21).Store(c + 2);
        c += stride;
        (Vector128.Load(c) + c30).Store(c);
        (Vector128.Load(c + 2) + c31).Store(c + 2);
    }
}
