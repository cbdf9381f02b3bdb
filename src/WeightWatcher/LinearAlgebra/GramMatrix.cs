using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra;

/// <summary>The Gram matrix W'W of a tall matrix.</summary>
internal static unsafe class GramMatrix
{
    private const int RowsTogether = 8;

    /// <summary>Writes the lower triangle of A'A, diagonal included; what is above it is undefined.</summary>
    /// <param name="a">N x M, row-major.</param>
    /// <param name="rows">N.</param>
    /// <param name="columns">M.</param>
    /// <param name="stride">The distance of rows of A.</param>
    /// <param name="gram">M x M, row-major.</param>
    /// <param name="gramStride">The distance of rows of the Gram matrix.</param>
    /// <param name="ct">Asked for every block of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(double* a, int rows, int columns, nint stride, double* gram, nint gramStride, CancellationToken ct)
    {
        for (nint i = 0; i < columns; i++)
            new Span<double>(gram + (i * gramStride), columns).Clear();
        nint first = 0;
        for (; first + RowsTogether <= rows; first += RowsTogether)
        {
            ct.ThrowIfCancellationRequested();
            double* block = a + (first * stride);
            for (nint i = 0; i < columns; i++)
                AddRows(block, stride, i, gram + (i * gramStride));
        }

        for (; first < rows; first++)
        {
            double* row = a + (first * stride);
            for (nint i = 0; i < columns; i++)
                Householder.AddScaled(row[i], row, gram + (i * gramStride), i + 1);
        }
    }

    /// <summary>Adds what eight rows contribute to row i of the lower triangle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(double* block, nint stride, nint i, double* target)
    {
        double* r0 = block, r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride, r4 = r3 + stride, r5 = r4 + stride, r6 = r5 + stride, r7 = r6 + stride;
        Vector256<double> f0 = Vector256.Create(r0[i]), f1 = Vector256.Create(r1[i]), f2 = Vector256.Create(r2[i]), f3 = Vector256.Create(r3[i]);
        Vector256<double> f4 = Vector256.Create(r4[i]), f5 = Vector256.Create(r5[i]), f6 = Vector256.Create(r6[i]), f7 = Vector256.Create(r7[i]);
        nint j = 0;
        for (; j + 4 <= i + 1; j += 4)
        {
            Vector256<double> even = Vector256.MultiplyAddEstimate(f0, Vector256.Load(r0 + j), Vector256.Load(target + j));
            Vector256<double> odd = f1 * Vector256.Load(r1 + j);
            even = Vector256.MultiplyAddEstimate(f2, Vector256.Load(r2 + j), even);
            odd = Vector256.MultiplyAddEstimate(f3, Vector256.Load(r3 + j), odd);
            even = Vector256.MultiplyAddEstimate(f4, Vector256.Load(r4 + j), even);
            odd = Vector256.MultiplyAddEstimate(f5, Vector256.Load(r5 + j), odd);
            even = Vector256.MultiplyAddEstimate(f6, Vector256.Load(r6 + j), even);
            odd = Vector256.MultiplyAddEstimate(f7, Vector256.Load(r7 + j), odd);
            (even + odd).Store(target + j);
        }

        for (; j <= i; j++)
        {
            target[j] += (r0[i] * r0[j]) + (r1[i] * r1[j]) + (r2[i] * r2[j]) + (r3[i] * r3[j])
                + (r4[i] * r4[j]) + (r5[i] * r5[j]) + (r6[i] * r6[j]) + (r7[i] * r7[j]);
        }
    }
}
