using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>4 x 4 doubles, or 4 x 8 floats, in 8 of 16 registers of 128 bits (SSE2, or no vectors at all).</summary>
internal readonly unsafe struct MicroKernel128<T> : IMicroKernel<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Columns => 2 * Vector128<T>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(nint depth, T* a, T* b, double* c, nint stride)
    {
        Vector128<T> c00 = default, c01 = default;
        Vector128<T> c10 = default, c11 = default;
        Vector128<T> c20 = default, c21 = default;
        Vector128<T> c30 = default, c31 = default;
        for (nint k = 0; k < depth; k++)
        {
            Vector128<T> b0 = Vector128.Load(b), b1 = Vector128.Load(b + Vector128<T>.Count);
            Vector128<T> a0 = Vector128.Create(a[0]);
            c00 = Products.Add(a0, b0, c00);
            c01 = Products.Add(a0, b1, c01);
            a0 = Vector128.Create(a[1]);
            c10 = Products.Add(a0, b0, c10);
            c11 = Products.Add(a0, b1, c11);
            a0 = Vector128.Create(a[2]);
            c20 = Products.Add(a0, b0, c20);
            c21 = Products.Add(a0, b1, c21);
            a0 = Vector128.Create(a[3]);
            c30 = Products.Add(a0, b0, c30);
            c31 = Products.Add(a0, b1, c31);
            a += Rows;
            b += Columns;
        }

        Products.AddTo(c, c00, c01);
        Products.AddTo(c + stride, c10, c11);
        Products.AddTo(c + (2 * stride), c20, c21);
        Products.AddTo(c + (3 * stride), c30, c31);
    }
}
