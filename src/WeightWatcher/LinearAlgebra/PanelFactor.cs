using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The QR factorisation of a panel of <see cref="Band.Width"/> columns in compact WY form, Q = I - V T V' (Schreiber and Van Loan 1989).
/// Each reflection passes over the panel once: the sums that the next one needs are taken as the rows are written.
/// </summary>
/// <typeparam name="TKernel">The instruction set.</typeparam>
internal static unsafe class PanelFactor<TKernel>
    where TKernel : struct, IPanelKernel
{
    private const int Width = Band.Width;
    private const double NegligibleSquare = 1e-280;

    // Rows whose products are summed before they join the others, so that rounding in one direction (equal rows) does not add up.
    private const int RunOfRows = 128;

    /// <summary>Factors a panel.</summary>
    /// <param name="panel">rows x <see cref="Band.Width"/>, contiguous, one double longer; receives V: unit lower trapezoidal, zeros above its diagonal.</param>
    /// <param name="rows">A multiple of <see cref="Band.Width"/>, not 0.</param>
    /// <param name="r">Receives R, <see cref="Band.Width"/> x <see cref="Band.Width"/>, contiguous, zeros below the diagonal.</param>
    /// <param name="t">Receives T, likewise.</param>
    /// <param name="ct">Asked at every column.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Factor(double* panel, nint rows, double* r, double* t, CancellationToken ct)
    {
        double* sums = stackalloc double[Width], z = stackalloc double[Width], ignored = stackalloc double[Width], taus = stackalloc double[Width], run = stackalloc double[Width];
        double* transposed = stackalloc double[Width * Width], products = stackalloc double[Width];
        double formerScale = 0;
        new Span<double>(transposed, Width * Width).Clear();
        Sums(panel, rows, sums);
        for (nint j = 0; j < Width; j++)
        {
            ct.ThrowIfCancellationRequested();
            double* pivot = panel + (j * Width);
            double first = pivot[j], scale = 0;
            taus[j] = 0;
            new Span<double>(z, Width).Clear();
            if (sums[j] >= NegligibleSquare)
            {
                double image = -Math.CopySign(Math.Sqrt((first * first) + sums[j]), first);
                taus[j] = (image - first) / image;
                scale = 1 / (first - image);
                pivot[j] = image;
                for (nint c = j + 1; c < Width; c++)
                {
                    z[c] = pivot[c] + (scale * sums[c]);
                    pivot[c] -= taus[j] * z[c];
                }
            }

            // The sums hold the products of this column with the reflections before it too; the latest was not scaled yet when they were taken.
            if (j > 0)
                sums[j - 1] *= formerScale;
            for (nint c = 0; c < j; c++)
                products[c] = pivot[c] + (scale * sums[c]);
            AddColumn(transposed, j, taus[j], products);
            formerScale = scale;
            new Span<double>(sums, Width).Clear();
            nint below = rows - j - 1;
            if (below == 0)
                break;
            TKernel.Reflect(1, pivot + Width, j, scale, taus[j], z, ignored);
            for (nint start = 0; start < below - 1; start += RunOfRows)
            {
                new Span<double>(run, Width).Clear();
                TKernel.Reflect(Math.Min(RunOfRows, below - 1 - start), pivot + ((2 + start) * Width), j, scale, taus[j], z, run);
                Householder.AddScaled(1, run, sums, Width);
            }
        }

        for (nint i = 0; i < Width; i++)
        {
            for (nint j = 0; j < Width; j++)
            {
                t[(i * Width) + j] = transposed[(j * Width) + i];
                r[(i * Width) + j] = j >= i ? panel[(i * Width) + j] : 0;
                if (j >= i)
                    panel[(i * Width) + j] = j == i ? 1 : 0;
            }
        }
    }

    /// <summary>What the first reflection needs: the products of column 0 with all columns, below the first row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sums(double* panel, nint rows, double* sums)
    {
        double* run = stackalloc double[Width];
        new Span<double>(sums, Width).Clear();
        for (nint start = 1; start < rows; start += RunOfRows)
        {
            new Span<double>(run, Width).Clear();
            for (nint i = start; i < Math.Min(start + RunOfRows, rows); i++)
                Householder.AddScaled(panel[i * Width], panel + (i * Width), run, Width);
            Householder.AddScaled(1, run, sums, Width);
        }
    }

    /// <summary>Column j of T, a row of its transpose, is -tau_j T_j V_j'v_j above the diagonal and tau_j on it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddColumn(double* transposed, nint j, double tau, double* products)
    {
        double* column = transposed + (j * Width);
        for (nint k = 0; k < j; k++)
            Householder.AddScaled(-tau * products[k], transposed + (k * Width), column, Width);
        column[j] = tau;
    }
}
