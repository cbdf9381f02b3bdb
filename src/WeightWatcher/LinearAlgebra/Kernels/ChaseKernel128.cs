using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Quarter rows of a block in 4 registers of 128 bits.</summary>
internal readonly unsafe struct ChaseKernel128 : IChaseKernel
{
    private const int Columns = 8;

    /// <inheritdoc/>
    public static int Alignment => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(double* block, nint stride, nint offset, double* v, double* y)
    {
        for (nint j = 0; j < Band.Width; j += Columns, block += Columns, v += Columns)
        {
            Vector128<double> v0 = Vector128.Load(v), v1 = Vector128.Load(v + 2), v2 = Vector128.Load(v + 4), v3 = Vector128.Load(v + 6);
            double* row = block;
            for (nint i = 0; i < Band.Width; i++, row += stride)
            {
                Vector128<double> even = Vector128.Load(row) * v0, odd = Vector128.Load(row + 2) * v1;
                even = Vector128.MultiplyAddEstimate(Vector128.Load(row + 4), v2, even);
                odd = Vector128.MultiplyAddEstimate(Vector128.Load(row + 6), v3, odd);
                y[i] = (j == 0 ? 0 : y[i]) + Vector128.Sum(even + odd);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyTransposed(double* block, nint stride, nint offset, double* u, double* z)
    {
        for (nint j = 0; j < Band.Width; j += Columns, block += Columns, z += Columns)
        {
            Vector128<double> z0 = default, z1 = default, z2 = default, z3 = default;
            double* row = block;
            for (nint i = 0; i < Band.Width; i++, row += stride)
            {
                Vector128<double> factor = Vector128.Create(u[i]);
                z0 = Vector128.MultiplyAddEstimate(factor, Vector128.Load(row), z0);
                z1 = Vector128.MultiplyAddEstimate(factor, Vector128.Load(row + 2), z1);
                z2 = Vector128.MultiplyAddEstimate(factor, Vector128.Load(row + 4), z2);
                z3 = Vector128.MultiplyAddEstimate(factor, Vector128.Load(row + 6), z3);
            }

            z0.Store(z);
            z1.Store(z + 2);
            z2.Store(z + 4);
            z3.Store(z + 6);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(double* block, nint stride, nint offset, double* p, double* v, double* q, double* w, nint next)
    {
        for (nint j = 0; j < Band.Width; j += Columns, block += Columns, v += Columns, w += Columns)
        {
            Vector128<double> v0 = Vector128.Load(v), v1 = Vector128.Load(v + 2), v2 = Vector128.Load(v + 4), v3 = Vector128.Load(v + 6);
            Vector128<double> w0 = Vector128.Load(w), w1 = Vector128.Load(w + 2), w2 = Vector128.Load(w + 4), w3 = Vector128.Load(w + 6);
            double* row = block;
            for (nint i = 0; i < Band.Width; i++, row += stride)
            {
                Vector128<double> first = Vector128.Create(-p[i]), second = Vector128.Create(-q[i]);
                Vector128.MultiplyAddEstimate(second, w0, Vector128.MultiplyAddEstimate(first, v0, Vector128.Load(row))).Store(row);
                Vector128.MultiplyAddEstimate(second, w1, Vector128.MultiplyAddEstimate(first, v1, Vector128.Load(row + 2))).Store(row + 2);
                Vector128.MultiplyAddEstimate(second, w2, Vector128.MultiplyAddEstimate(first, v2, Vector128.Load(row + 4))).Store(row + 4);
                Vector128.MultiplyAddEstimate(second, w3, Vector128.MultiplyAddEstimate(first, v3, Vector128.Load(row + 6))).Store(row + 6);
            }
        }
    }
}
