using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>4 x 12 doubles, or 4 x 24 floats, in 12 of 16 registers of 256 bits.</summary>
internal readonly unsafe struct MicroKernel256<T> : IMicroKernel<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Columns => 3 * Vector256<T>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(nint depth, T* a, T* b, double* c, nint stride)
    {
        if (Sse.IsSupported)
        {
            // What the tile is added to arrives while the products are summed.
            for (nint r = 0; r < 4; r++)
            {
                double* row = c + (r * stride);
                for (nint column = 0; column < Columns; column += 8)
                    Sse.Prefetch0(row + column);
                Sse.Prefetch0(row + Columns - 1);
            }
        }

        Vector256<T> c00 = default, c01 = default, c02 = default;
        Vector256<T> c10 = default, c11 = default, c12 = default;
        Vector256<T> c20 = default, c21 = default, c22 = default;
        Vector256<T> c30 = default, c31 = default, c32 = default;
        for (nint k = 0; k < depth; k++)
        {
            Vector256<T> b0 = Vector256.Load(b), b1 = Vector256.Load(b + Vector256<T>.Count), b2 = Vector256.Load(b + (2 * Vector256<T>.Count));
            Vector256<T> a0 = Vector256.Create(a[0]);
            c00 = Products.Add(a0, b0, c00);
            c01 = Products.Add(a0, b1, c01);
            c02 = Products.Add(a0, b2, c02);
            a0 = Vector256.Create(a[1]);
            c10 = Products.Add(a0, b0, c10);
            c11 = Products.Add(a0, b1, c11);
            c12 = Products.Add(a0, b2, c12);
            a0 = Vector256.Create(a[2]);
            c20 = Products.Add(a0, b0, c20);
            c21 = Products.Add(a0, b1, c21);
            c22 = Products.Add(a0, b2, c22);
            a0 = Vector256.Create(a[3]);
            c30 = Products.Add(a0, b0, c30);
            c31 = Products.Add(a0, b1, c31);
            c32 = Products.Add(a0, b2, c32);
            a += Rows;
            b += Columns;
        }

        Products.AddTo(c, c00, c01, c02);
        Products.AddTo(c + stride, c10, c11, c12);
        Products.AddTo(c + (2 * stride), c20, c21, c22);
        Products.AddTo(c + (3 * stride), c30, c31, c32);
    }
}
