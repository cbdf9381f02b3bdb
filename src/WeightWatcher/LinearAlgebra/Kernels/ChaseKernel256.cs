using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Half rows of a block in 4 registers of 256 bits.</summary>
internal readonly unsafe struct ChaseKernel256 : IChaseKernel
{
    private const int Columns = 16;

    /// <inheritdoc/>
    public static int Alignment => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(double* block, nint stride, nint offset, double* v, double* y)
    {
        for (nint j = 0; j < Band.Width; j += Columns, block += Columns, v += Columns)
        {
            Vector256<double> v0 = Vector256.Load(v), v1 = Vector256.Load(v + 4), v2 = Vector256.Load(v + 8), v3 = Vector256.Load(v + 12);
            double* row = block;
            for (nint i = 0; i < Band.Width; i++, row += stride)
            {
                Vector256<double> even = Vector256.Load(row) * v0, odd = Vector256.Load(row + 4) * v1;
                even = Vector256.MultiplyAddEstimate(Vector256.Load(row + 8), v2, even);
                odd = Vector256.MultiplyAddEstimate(Vector256.Load(row + 12), v3, odd);
                y[i] = (j == 0 ? 0 : y[i]) + Vector256.Sum(even + odd);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyTransposed(double* block, nint stride, nint offset, double* u, double* z)
    {
        for (nint j = 0; j < Band.Width; j += Columns, block += Columns, z += Columns)
        {
            Vector256<double> z0 = default, z1 = default, z2 = default, z3 = default;
            double* row = block;
            for (nint i = 0; i < Band.Width; i++, row += stride)
            {
                Vector256<double> factor = Vector256.Create(u[i]);
                z0 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(row), z0);
                z1 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(row + 4), z1);
                z2 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(row + 8), z2);
                z3 = Vector256.MultiplyAddEstimate(factor, Vector256.Load(row + 12), z3);
            }

            z0.Store(z);
            z1.Store(z + 4);
            z2.Store(z + 8);
            z3.Store(z + 12);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(double* block, nint stride, nint offset, double* p, double* v, double* q, double* w, nint next)
    {
        for (nint j = 0; j < Band.Width; j += Columns, block += Columns, v += Columns, w += Columns)
        {
            Vector256<double> v0 = Vector256.Load(v), v1 = Vector256.Load(v + 4), v2 = Vector256.Load(v + 8), v3 = Vector256.Load(v + 12);
            Vector256<double> w0 = Vector256.Load(w), w1 = Vector256.Load(w + 4), w2 = Vector256.Load(w + 8), w3 = Vector256.Load(w + 12);
            double* row = block;
            for (nint i = 0; i < Band.Width; i++, row += stride)
            {
                Vector256<double> first = Vector256.Create(-p[i]), second = Vector256.Create(-q[i]);
                Vector256.MultiplyAddEstimate(second, w0, Vector256.MultiplyAddEstimate(first, v0, Vector256.Load(row))).Store(row);
                Vector256.MultiplyAddEstimate(second, w1, Vector256.MultiplyAddEstimate(first, v1, Vector256.Load(row + 4))).Store(row + 4);
                Vector256.MultiplyAddEstimate(second, w2, Vector256.MultiplyAddEstimate(first, v2, Vector256.Load(row + 8))).Store(row + 8);
                Vector256.MultiplyAddEstimate(second, w3, Vector256.MultiplyAddEstimate(first, v3, Vector256.Load(row + 12))).Store(row + 12);
            }
        }
    }
}
