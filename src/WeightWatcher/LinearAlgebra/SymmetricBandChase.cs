using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The second stage of the two-stage tridiagonalisation: one sweep for each column reduces it to tridiagonal form and chases the bulge that this makes down the band
/// (Lang 1993; Bischof, Lang and Sun 2000). Every step works on two whole blocks; the band ends in zeros, so that there are no partial ones.
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
        double* v = stackalloc double[Width], u = stackalloc double[Width], y = stackalloc double[Width], z = stackalloc double[Width];
        for (nint s = 0; s + 2 < order; s++)
        {
            ct.ThrowIfCancellationRequested();
            double* column = band + ((s + 1) * Stride) + s;
            for (nint i = 0; i < Width; i++)
            {
                v[i] = column[i * Stride];
                column[i * Stride] = 0;
            }

            column[0] = ReflectOrClear(v, out double tau);
            for (nint first = s + 1; ; first += Width)
            {
                double* block = band + (first * (Stride + 1));
                TwoSided(block, v, tau, z);
                if (first + Width >= order)
                    break;
                double* below = block + (Width * Stride);
                TKernel.Multiply(below, Stride, v, y);
                for (nint i = 0; i < Width; i++)
                {
                    y[i] *= tau;
                    u[i] = below[i * Stride] - (y[i] * v[0]);
                }

                double image = ReflectOrClear(u, out double nextTau);
                TKernel.MultiplyTransposed(below, Stride, u, z);
                double product = Householder.Dot(u, y, Width);
                for (nint i = 0; i < Width; i++)
                    z[i] = nextTau * (z[i] - (product * v[i]));
                TKernel.Subtract(below, Stride, y, v, u, z);
                below[0] = image;
                for (nint i = 1; i < Width; i++)
                    below[i * Stride] = 0;
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

    /// <summary>D - v w' - w v' with w = tau D v - (tau^2 v'D v / 2) v, on a block whose last column is not up to date above the diagonal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoSided(double* block, double* v, double tau, double* w)
    {
        for (nint i = 0; i + 1 < Width; i++)
            block[(i * Stride) + Width - 1] = block[((Width - 1) * Stride) + i];
        TKernel.MultiplyTransposed(block, Stride, v, w);
        double half = 0.5 * tau * Householder.Dot(v, w, Width);
        for (nint i = 0; i < Width; i++)
            w[i] = tau * (w[i] - (half * v[i]));
        TKernel.Subtract(block, Stride, v, w, w, v);
    }

    private static double ReflectOrClear(double* x, out double tau)
    {
        double image = Householder.Reflect(x, Width, out tau);
        if (tau == 0)
            new Span<double>(x, Width).Clear();
        return image;
    }
}
