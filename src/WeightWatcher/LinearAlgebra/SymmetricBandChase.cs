using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The second stage of the two-stage tridiagonalisation: one sweep for each column reduces it to tridiagonal form and chases the bulge that this makes down the band
/// (Lang 1993; Bischof, Lang and Sun 2000). A step applies a reflection to the block on the diagonal from both sides, D - v w' - w v' with w = tau D v - (tau^2 v'D v / 2) v, and to the block below it
/// from the right, and makes the next reflection there. The band ends in zeros, so that there are no partial ones.
/// </summary>
/// <typeparam name="TKernel">The instruction set.</typeparam>
internal static unsafe class SymmetricBandChase<TKernel>
    where TKernel : struct, IChaseKernel
{
    private const int Width = Band.Width;
    private const int Stride = Band.Stride;

    /// <summary>Reduces a band to tridiagonal form.</summary>
    /// <param name="band">Where entry (i, j) is at i * <see cref="Band.Stride"/> + j; two widths of rows after the last are zero; overwritten.</param>
    /// <param name="order">The order of the matrix, rows of zeros at its end not counted.</param>
    /// <param name="diagonal">Receives <paramref name="order"/> entries.</param>
    /// <param name="offDiagonal">Receives <paramref name="order"/> - 1 entries: the one at i couples i and i + 1.</param>
    /// <param name="ct">Asked at every sweep.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(double* band, int order, double* diagonal, double* offDiagonal, CancellationToken ct)
    {
        double* vectors = stackalloc double[ChaseVectors.Length];
        vectors = ChaseVectors.Align(vectors);
        for (nint s = 0; s + 2 < order; s++)
        {
            ct.ThrowIfCancellationRequested();

            // All blocks of a sweep begin at the same lane.
            nint lane = (s + 1) & (TKernel.Alignment - 1);
            new Span<double>(vectors, ChaseVectors.Count * ChaseVectors.Distance).Clear();
            double* v = vectors + ChaseVectors.Margin + lane, u = v + ChaseVectors.Distance, y = u + ChaseVectors.Distance, z = y + ChaseVectors.Distance;
            double* column = band + ((s + 1) * Stride) + s;
            BlockVectors.CopyColumn(column, Stride, v);
            *column = BlockVectors.Reflect(v, out double tau);
            for (nint first = s + 1; ; first += Width)
            {
                double* block = band + (first * (Stride + 1));
                TKernel.MultiplyTransposed(block, Stride, lane, v, z);
                BlockVectors.SubtractAndScale(z, 0.5 * tau * BlockVectors.Dot(v, z), v, tau);
                TKernel.Subtract(block, Stride, lane, v, z, z, v, Width * Stride);
                if (first + Width >= order)
                    break;
                double* below = block + (Width * Stride);
                TKernel.Multiply(below, Stride, lane, v, y);
                BlockVectors.Scale(y, tau);
                BlockVectors.CopyColumn(below, Stride, u);
                BlockVectors.SubtractAndScale(u, v[0], y, 1);
                double image = BlockVectors.Reflect(u, out double nextTau);
                TKernel.MultiplyTransposed(below, Stride, lane, u, z);
                BlockVectors.SubtractAndScale(z, BlockVectors.Dot(u, y), v, nextTau);
                TKernel.Subtract(below, Stride, lane, y, v, u, z, Width);

                // The rest of the column is zero now, and nobody reads it.
                below[0] = image;

                // The next sweep's block on the diagonal takes in this first row, and so needs it above the diagonal too.
                double* above = block + Width;
                for (nint i = 1; i < Width; i++)
                    above[i * Stride] = below[i];
                double* done = v;
                v = u;
                u = done;
                tau = nextTau;
            }
        }

        for (nint i = 0; i < order; i++)
        {
            diagonal[i] = band[i * (Stride + 1)];
            if (i + 1 < order)
                offDiagonal[i] = band[((i + 1) * Stride) + i];
        }
    }
}
