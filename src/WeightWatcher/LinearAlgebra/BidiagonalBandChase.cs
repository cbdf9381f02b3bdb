using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The second stage of the two-stage bidiagonalisation: one sweep for each row reduces it to bidiagonal form and chases the bulges that this makes, below and above the band in turn,
/// down to its end (Lang 1996; Grosser and Lang 1999). Every step works on two whole blocks; the band ends in zeros, so that there are no partial ones.
/// </summary>
/// <typeparam name="TKernel">The instruction set.</typeparam>
internal static unsafe class BidiagonalBandChase<TKernel>
    where TKernel : struct, IChaseKernel
{
    private const int Width = Band.Width;
    private const int Stride = Band.Stride;

    /// <summary>Reduces an upper triangular band to upper bidiagonal form.</summary>
    /// <param name="band">Where entry (i, j) is at i * <see cref="Band.Stride"/> + j; two widths of rows after the last are zero; overwritten.</param>
    /// <param name="order">The order M of the matrix, rows and columns of zeros at its end not counted.</param>
    /// <param name="diagonal">Receives M entries.</param>
    /// <param name="superDiagonal">Receives M - 1 entries.</param>
    /// <param name="ct">Asked at every sweep.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(double* band, int order, double* diagonal, double* superDiagonal, CancellationToken ct)
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
            double* row = band + (s * (Stride + 1)) + 1;
            new Span<double>(row, Width).CopyTo(new Span<double>(v, Width));
            new Span<double>(row, Width).Clear();
            row[0] = BlockVectors.Reflect(v, out double tau);
            for (nint first = s + 1; ; first += Width)
            {
                double* block = band + (first * (Stride + 1));
                RightThenLeft(block, lane, v, tau, u, y, z, out double leftTau);
                if (first + Width >= order)
                    break;
                LeftThenRight(block + Width, lane, u, leftTau, v, y, z, out tau);
            }
        }

        for (nint i = 0; i < order; i++)
        {
            diagonal[i] = band[i * (Stride + 1)];
            if (i + 1 < order)
                superDiagonal[i] = band[(i * (Stride + 1)) + 1];
        }
    }

    /// <summary>Applies the reflection v from the right, then from the left the reflection u that clears the first column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RightThenLeft(double* block, nint lane, double* v, double tau, double* u, double* y, double* z, out double leftTau)
    {
        TKernel.Multiply(block, Stride, lane, v, y);
        BlockVectors.Scale(y, tau);
        BlockVectors.CopyColumn(block, Stride, u);
        BlockVectors.SubtractAndScale(u, v[0], y, 1);
        double image = BlockVectors.Reflect(u, out leftTau);
        TKernel.MultiplyTransposed(block, Stride, lane, u, z);
        BlockVectors.SubtractAndScale(z, BlockVectors.Dot(u, y), v, leftTau);
        TKernel.Subtract(block, Stride, lane, y, v, u, z, Width);
        BlockVectors.SetColumn(block, Stride, image);
    }

    /// <summary>Applies the reflection u from the left, then from the right the reflection v that clears the first row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LeftThenRight(double* block, nint lane, double* u, double tau, double* v, double* y, double* z, out double rightTau)
    {
        TKernel.MultiplyTransposed(block, Stride, lane, u, z);
        BlockVectors.Scale(z, tau);
        new Span<double>(block, Width).CopyTo(new Span<double>(v, Width));
        BlockVectors.SubtractAndScale(v, u[0], z, 1);
        double image = BlockVectors.Reflect(v, out rightTau);
        TKernel.Multiply(block, Stride, lane, v, y);
        BlockVectors.SubtractAndScale(y, BlockVectors.Dot(z, v), u, rightTau);
        TKernel.Subtract(block, Stride, lane, u, z, y, v, Width * Stride);
        block[0] = image;
        new Span<double>(block + 1, Width - 1).Clear();
    }
}
