namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The triangular factor R of a tall matrix, taken in by blocks of rows (the sequential form of TSQR: Demmel, Grigori, Hoemmen and Langou 2012): the singular values of R
/// are those of W, and only one block besides R is in memory.
/// </summary>
internal static unsafe class HouseholderTriangularization
{
    /// <summary>Replaces R by the triangular factor of R stacked on a block of rows.</summary>
    /// <param name="r">M x M, row-major, upper triangular; the part below the diagonal is not read.</param>
    /// <param name="columns">M.</param>
    /// <param name="rStride">The distance of rows of R.</param>
    /// <param name="block">The new rows, row-major; overwritten.</param>
    /// <param name="rows">How many.</param>
    /// <param name="blockStride">The distance of rows of the block.</param>
    /// <param name="scratch">rows + 1 + M doubles.</param>
    /// <param name="ct">Asked at every column.</param>
    public static void Absorb(double* r, int columns, nint rStride, double* block, int rows, nint blockStride, double* scratch, CancellationToken ct)
    {
        double* v = scratch, z = v + rows + 1;
        for (int k = 0; k < columns; k++)
        {
            ct.ThrowIfCancellationRequested();
            double* pivotRow = r + (k * rStride) + k;
            v[0] = pivotRow[0];
            for (int i = 0; i < rows; i++)
                v[i + 1] = block[(i * blockStride) + k];
            pivotRow[0] = Householder.Reflect(v, rows + 1, out double tau);
            int width = columns - k - 1;
            if (tau == 0 || width == 0)
                continue;

            for (int j = 0; j < width; j++)
                z[j] = pivotRow[j + 1];
            for (int i = 0; i < rows; i++)
                Householder.AddScaled(v[i + 1], block + (i * blockStride) + k + 1, z, width);
            Householder.AddScaled(-tau, z, pivotRow + 1, width);
            for (int i = 0; i < rows; i++)
                Householder.AddScaled(-tau * v[i + 1], z, block + (i * blockStride) + k + 1, width);
        }
    }
}
