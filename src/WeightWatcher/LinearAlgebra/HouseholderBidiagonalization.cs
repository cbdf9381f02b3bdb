using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// One-stage Householder reduction of a tall matrix to upper bidiagonal form (Golub and Kahan 1965; Golub and Van Loan, section 5.4.8), for small matrices and as the
/// yardstick of the two-stage reduction.
/// </summary>
internal static unsafe class HouseholderBidiagonalization
{
    /// <summary>Reduces A, which is overwritten.</summary>
    /// <param name="a">N x M, N >= M >= 1, row-major.</param>
    /// <param name="rows">N.</param>
    /// <param name="columns">M.</param>
    /// <param name="stride">The distance of rows, M or more.</param>
    /// <param name="diagonal">Receives M entries.</param>
    /// <param name="superDiagonal">Receives M - 1 entries.</param>
    /// <param name="scratch">2 N + 2 M doubles.</param>
    /// <param name="ct">Asked at every step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(double* a, int rows, int columns, nint stride, double* diagonal, double* superDiagonal, double* scratch, CancellationToken ct)
    {
        double* u = scratch, y = u + rows, z = y + rows, v = z + columns;
        for (int k = 0; k < columns; k++)
        {
            ct.ThrowIfCancellationRequested();
            int height = rows - k, width = columns - k - 1;
            for (int i = 0; i < height; i++)
                u[i] = a[((k + i) * stride) + k];
            diagonal[k] = Householder.Reflect(u, height, out double tauU);
            if (width == 0)
                break;

            double* block = a + (k * stride) + k + 1;
            new Span<double>(z, width).Clear();
            if (tauU != 0)
            {
                for (int i = 0; i < height; i++)
                    Householder.AddScaled(u[i], block + (i * stride), z, width);
                Householder.AddScaled(-tauU, z, block, width);
            }

            for (int j = 0; j < width; j++)
                v[j] = block[j];
            superDiagonal[k] = Householder.Reflect(v, width, out double tauV);

            // Both reflections of the step meet the rows below in one pass: first the left one, then the right one.
            for (int i = 1; i < height; i++)
            {
                double* row = block + (i * stride);
                if (tauU != 0)
                    Householder.AddScaled(-tauU * u[i], z, row, width);
                if (tauV != 0)
                    Householder.AddScaled(-tauV * Householder.Dot(row, v, width), v, row, width);
            }
        }
    }
}
