using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>8 x 6 doubles, or 8 x 12 floats, in 24 of 32 registers of 128 bits (AdvSimd).</summary>
internal readonly unsafe struct MicroKernel128Wide<T> : IMicroKernel<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public static int Rows => 8;

    /// <inheritdoc/>
    public static int Columns => 3 * Vector128<T>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(nint depth, T* a, T* b, double* c, nint stride)
    {
        Vector128<T> c00 = default, c01 = default, c02 = default;
        Vector128<T> c10 = default, c11 = default, c12 = default;
        Vector128<T> c20 = default, c21 = default, c22 = default;
        Vector128<T> c30 = default, c31 = default, c32 = default;
        Vector128<T> c40 = default, c41 = default, c42 = default;
        Vector128<T> c50 = default, c51 = default, c52 = default;
        Vector128<T> c60 = default, c61 = default, c62 = default;
        Vector128<T> c70 = default, c71 = default, c72 = default;
        for (nint k = 0; k < depth; k++)
        {
            Vector128<T> b0 = Vector128.Load(b), b1 = Vector128.Load(b + Vector128<T>.Count), b2 = Vector128.Load(b + (2 * Vector128<T>.Count));
            Vector128<T> a0 = Vector128.Create(a[0]);
            c00 = Products.Add(a0, b0, c00);
            c01 = Products.Add(a0, b1, c01);
            c02 = Products.Add(a0, b2, c02);
            a0 = Vector128.Create(a[1]);
            c10 = Products.Add(a0, b0, c10);
            c11 = Products.Add(a0, b1, c11);
            c12 = Products.Add(a0, b2, c12);
            a0 = Vector128.Create(a[2]);
            c20 = Products.Add(a0, b0, c20);
            c21 = Products.Add(a0, b1, c21);
            c22 = Products.Add(a0, b2, c22);
            a0 = Vector128.Create(a[3]);
            c30 = Products.Add(a0, b0, c30);
            c31 = Products.Add(a0, b1, c31);
            c32 = Products.Add(a0, b2, c32);
            a0 = Vector128.Create(a[4]);
            c40 = Products.Add(a0, b0, c40);
            c41 = Products.Add(a0, b1, c41);
            c42 = Products.Add(a0, b2, c42);
            a0 = Vector128.Create(a[5]);
            c50 = Products.Add(a0, b0, c50);
            c51 = Products.Add(a0, b1, c51);
            c52 = Products.Add(a0, b2, c52);
            a0 = Vector128.Create(a[6]);
            c60 = Products.Add(a0, b0, c60);
            c61 = Products.Add(a0, b1, c61);
            c62 = Products.Add(a0, b2, c62);
            a0 = Vector128.Create(a[7]);
            c70 = Products.Add(a0, b0, c70);
            c71 = Products.Add(a0, b1, c71);
            c72 = Products.Add(a0, b2, c72);
            a += Rows;
            b += Columns;
        }

        Products.AddTo(c, c00, c01, c02);
        Products.AddTo(c + stride, c10, c11, c12);
        Products.AddTo(c + (2 * stride), c20, c21, c22);
        Products.AddTo(c + (3 * stride), c30, c31, c32);
        Products.AddTo(c + (4 * stride), c40, c41, c42);
        Products.AddTo(c + (5 * stride), c50, c51, c52);
        Products.AddTo(c + (6 * stride), c60, c61, c62);
        Products.AddTo(c + (7 * stride), c70, c71, c72);
    }
}
