using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Rows of a block in 4 registers of 512 bits.</summary>
internal readonly unsafe struct ChaseKernel512 : IChaseKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(double* block, nint stride, double* v, double* y)
    {
        Vector512<double> v0 = Vector512.Load(v), v1 = Vector512.Load(v + 8), v2 = Vector512.Load(v + 16), v3 = Vector512.Load(v + 24);
        double* row = block;
        for (nint i = 0; i < Band.Width; i++, row += stride)
        {
            Vector512<double> even = Vector512.Load(row) * v0, odd = Vector512.Load(row + 8) * v1;
            even = Vector512.MultiplyAddEstimate(Vector512.Load(row + 16), v2, even);
            odd = Vector512.MultiplyAddEstimate(Vector512.Load(row + 24), v3, odd);
            y[i] = Vector512.Sum(even + odd);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyTransposed(double* block, nint stride, double* u, double* z)
    {
        Vector512<double> z0 = default, z1 = default, z2 = default, z3 = default;
        double* row = block;
        for (nint i = 0; i < Band.Width; i++, row += stride)
        {
            Vector512<double> factor = Vector512.Create(u[i]);
            z0 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(row), z0);
            z1 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(row + 8), z1);
            z2 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(row + 16), z2);
            z3 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(row + 24), z3);
        }

        z0.Store(z);
        z1.Store(z + 8);
        z2.Store(z + 16);
        z3.Store(z + 24);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(double* block, nint stride, double* p, double* v, double* q, double* w)
    {
        Vector512<double> v0 = Vector512.Load(v), v1 = Vector512.Load(v + 8), v2 = Vector512.Load(v + 16), v3 = Vector512.Load(v + 24);
        Vector512<double> w0 = Vector512.Load(w), w1 = Vector512.Load(w + 8), w2 = Vector512.Load(w + 16), w3 = Vector512.Load(w + 24);
        double* row = block;
        for (nint i = 0; i < Band.Width; i++, row += stride)
        {
            Vector512<double> first = Vector512.Create(-p[i]), second = Vector512.Create(-q[i]);
            Vector512.MultiplyAddEstimate(second, w0, Vector512.MultiplyAddEstimate(first, v0, Vector512.Load(row))).Store(row);
            Vector512.MultiplyAddEstimate(second, w1, Vector512.MultiplyAddEstimate(first, v1, Vector512.Load(row + 8))).Store(row + 8);
            Vector512.MultiplyAddEstimate(second, w2, Vector512.MultiplyAddEstimate(first, v2, Vector512.Load(row + 16))).Store(row + 16);
            Vector512.MultiplyAddEstimate(second, w3, Vector512.MultiplyAddEstimate(first, v3, Vector512.Load(row + 24))).Store(row + 24);
        }
    }
}
