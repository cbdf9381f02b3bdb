using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Rows of a block in 5 aligned registers of 512 bits.</summary>
internal readonly unsafe struct ChaseKernel512 : IChaseKernel
{
    private const int Lanes = 8;

    /// <inheritdoc/>
    public static int Alignment => Lanes;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(double* block, nint stride, nint offset, double* v, double* y)
    {
        double* row = block - offset, lanes = v - offset;
        Vector512<double> v0 = Vector512.Load(lanes), v1 = Vector512.Load(lanes + 8), v2 = Vector512.Load(lanes + 16), v3 = Vector512.Load(lanes + 24), v4 = Vector512.Load(lanes + 32);
        for (nint i = 0; i < Band.Width; i += 8, row += 8 * stride)
        {
            Vector512<double> s0 = Products(row, v0, v1, v2, v3, v4);
            Vector512<double> s1 = Products(row + stride, v0, v1, v2, v3, v4);
            Vector512<double> s2 = Products(row + (2 * stride), v0, v1, v2, v3, v4);
            Vector512<double> s3 = Products(row + (3 * stride), v0, v1, v2, v3, v4);
            Vector512<double> s4 = Products(row + (4 * stride), v0, v1, v2, v3, v4);
            Vector512<double> s5 = Products(row + (5 * stride), v0, v1, v2, v3, v4);
            Vector512<double> s6 = Products(row + (6 * stride), v0, v1, v2, v3, v4);
            Vector512<double> s7 = Products(row + (7 * stride), v0, v1, v2, v3, v4);
            if (Avx512F.IsSupported)
            {
                Halves(Pairs(s0, s1), Pairs(s2, s3), Pairs(s4, s5), Pairs(s6, s7)).Store(y + i);
                continue;
            }

            y[i] = Vector512.Sum(s0);
            y[i + 1] = Vector512.Sum(s1);
            y[i + 2] = Vector512.Sum(s2);
            y[i + 3] = Vector512.Sum(s3);
            y[i + 4] = Vector512.Sum(s4);
            y[i + 5] = Vector512.Sum(s5);
            y[i + 6] = Vector512.Sum(s6);
            y[i + 7] = Vector512.Sum(s7);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyTransposed(double* block, nint stride, nint offset, double* u, double* z)
    {
        Vector512<double> z0 = default, z1 = default, z2 = default, z3 = default, z4 = default;
        Vector512<double> o0 = default, o1 = default, o2 = default, o3 = default, o4 = default;
        double* row = block - offset;
        for (nint i = 0; i < Band.Width; i += 2, row += 2 * stride)
        {
            Vector512<double> factor = Vector512.Create(u[i]);
            z0 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(row), z0);
            z1 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(row + 8), z1);
            z2 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(row + 16), z2);
            z3 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(row + 24), z3);
            z4 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(row + 32), z4);
            double* odd = row + stride;
            factor = Vector512.Create(u[i + 1]);
            o0 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(odd), o0);
            o1 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(odd + 8), o1);
            o2 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(odd + 16), o2);
            o3 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(odd + 24), o3);
            o4 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(odd + 32), o4);
        }

        // The block begins at lane 'offset' of the first vector and ends before it in the last.
        Vector512<long> inside = Vector512.LessThan(Vector512.Create(0L, 1, 2, 3, 4, 5, 6, 7), Vector512.Create((long)offset));
        double* lanes = z - offset;
        Vector512.AndNot(z0 + o0, inside.AsDouble()).Store(lanes);
        (z1 + o1).Store(lanes + 8);
        (z2 + o2).Store(lanes + 16);
        (z3 + o3).Store(lanes + 24);
        ((z4 + o4) & inside.AsDouble()).Store(lanes + 32);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(double* block, nint stride, nint offset, double* p, double* v, double* q, double* w, nint next)
    {
        double* lanes = v - offset;
        Vector512<double> v0 = -Vector512.Load(lanes), v1 = -Vector512.Load(lanes + 8), v2 = -Vector512.Load(lanes + 16), v3 = -Vector512.Load(lanes + 24), v4 = -Vector512.Load(lanes + 32);
        lanes = w - offset;
        Vector512<double> w0 = -Vector512.Load(lanes), w1 = -Vector512.Load(lanes + 8), w2 = -Vector512.Load(lanes + 16), w3 = -Vector512.Load(lanes + 24), w4 = -Vector512.Load(lanes + 32);
        double* row = block - offset;
        for (nint i = 0; i < Band.Width; i++, row += stride)
        {
            if (Sse.IsSupported)
            {
                double* ahead = row + next;
                Sse.Prefetch0(ahead);
                Sse.Prefetch0(ahead + 8);
                Sse.Prefetch0(ahead + 16);
                Sse.Prefetch0(ahead + 24);
                Sse.Prefetch0(ahead + 32);
            }

            Vector512<double> first = Vector512.Create(p[i]), second = Vector512.Create(q[i]);
            Vector512.MultiplyAddEstimate(second, w0, Vector512.MultiplyAddEstimate(first, v0, Vector512.Load(row))).Store(row);
            Vector512.MultiplyAddEstimate(second, w1, Vector512.MultiplyAddEstimate(first, v1, Vector512.Load(row + 8))).Store(row + 8);
            Vector512.MultiplyAddEstimate(second, w2, Vector512.MultiplyAddEstimate(first, v2, Vector512.Load(row + 16))).Store(row + 16);
            Vector512.MultiplyAddEstimate(second, w3, Vector512.MultiplyAddEstimate(first, v3, Vector512.Load(row + 24))).Store(row + 24);
            Vector512.MultiplyAddEstimate(second, w4, Vector512.MultiplyAddEstimate(first, v4, Vector512.Load(row + 32))).Store(row + 32);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Products(double* row, Vector512<double> v0, Vector512<double> v1, Vector512<double> v2, Vector512<double> v3, Vector512<double> v4)
    {
        Vector512<double> sum = Vector512.MultiplyAddEstimate(Vector512.Load(row + 8), v1, Vector512.Load(row) * v0);
        sum = Vector512.MultiplyAddEstimate(Vector512.Load(row + 16), v2, sum);
        sum = Vector512.MultiplyAddEstimate(Vector512.Load(row + 24), v3, sum);
        return Vector512.MultiplyAddEstimate(Vector512.Load(row + 32), v4, sum);
    }

    /// <summary>The sums of neighbours in a and b, in turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Pairs(Vector512<double> a, Vector512<double> b) => Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b);

    /// <summary>The sums of four pairs of vectors from the sums of neighbours in them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Halves(Vector512<double> a, Vector512<double> b, Vector512<double> c, Vector512<double> d)
    {
        const byte Even = 0b10_00_10_00, Odd = 0b11_01_11_01;
        Vector512<double> ab = Avx512F.Shuffle4x128(a, b, Even) + Avx512F.Shuffle4x128(a, b, Odd);
        Vector512<double> cd = Avx512F.Shuffle4x128(c, d, Even) + Avx512F.Shuffle4x128(c, d, Odd);
        return Avx512F.Shuffle4x128(ab, cd, Even) + Avx512F.Shuffle4x128(ab, cd, Odd);
    }
}
