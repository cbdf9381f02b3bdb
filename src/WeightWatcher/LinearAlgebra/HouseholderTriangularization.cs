namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The triangular factor R of a tall matrix, whose singular values are those of the matrix. Blocks of rows are absorbed one after the other, and the factors of groups of
/// blocks in turn (TSQR: Demmel, Grigori, Hoemmen and Langou 2012), so that rounding errors grow with the depth of the tree and not with N.
/// </summary>
internal static unsafe class HouseholderTriangularization
{
    private const int FewestRows = 64, MostRows = 1024, EntriesOfRows = 1 << 15;
    private const int RunOfRows = 32;
    private const int BlocksOfGroup = 16;
    private const int ReductionOfGroup = 8;

    /// <summary>The doubles of scratch that <see cref="Reduce"/> needs besides the factor.</summary>
    public static int ScratchFor(int columns) => MostRows + 1 + (2 * columns);

    /// <summary>Writes the triangular factor of A.</summary>
    /// <param name="a">N x M, row-major; overwritten.</param>
    /// <param name="rows">N, more than M.</param>
    /// <param name="columns">M, 1 or more.</param>
    /// <param name="stride">The distance of rows of A and of R.</param>
    /// <param name="r">M x M, row-major; receives R with zeros below the diagonal.</param>
    /// <param name="scratch"><see cref="ScratchFor"/> doubles.</param>
    /// <param name="ct">Asked at every column of every block.</param>
    public static void Reduce(double* a, int rows, int columns, nint stride, double* r, double* scratch, CancellationToken ct)
    {
        int together = Math.Clamp(EntriesOfRows / columns, FewestRows, MostRows);
        int group = Math.Max(BlocksOfGroup * together, ReductionOfGroup * columns);
        while (true)
        {
            int kept = 0;
            for (int first = 0; first < rows; first += group)
            {
                int last = Math.Min(first + group, rows);
                bool reduces = last - first > columns;
                if (reduces)
                {
                    for (int i = 0; i < columns; i++)
                        new Span<double>(r + (i * stride), columns).Clear();
                    for (int start = first; start < last; start += together)
                        Absorb(r, columns, a + (start * stride), Math.Min(together, last - start), stride, scratch, ct);
                    if (rows <= group)
                        return;
                }

                // The factor, or a last few rows as they are, take the place of rows already absorbed.
                double* source = reduces ? r : a + (first * stride);
                int count = Math.Min(columns, last - first);
                for (int i = 0; i < count; i++, kept++)
                    new Span<double>(source + (i * stride), columns).CopyTo(new Span<double>(a + (kept * stride), columns));
            }

            rows = kept;
        }
    }

    /// <summary>Replaces R by the triangular factor of R stacked on a block of rows, which is overwritten.</summary>
    private static void Absorb(double* r, int columns, double* block, int rows, nint stride, double* scratch, CancellationToken ct)
    {
        double* v = scratch, z = v + rows + 1, run = z + columns;
        for (int k = 0; k < columns; k++)
        {
            ct.ThrowIfCancellationRequested();
            double* pivotRow = r + (k * stride) + k;
            v[0] = pivotRow[0];
            for (int i = 0; i < rows; i++)
                v[i + 1] = block[(i * stride) + k];
            pivotRow[0] = Householder.Reflect(v, rows + 1, out double tau);
            int width = columns - k - 1;
            if (tau == 0 || width == 0)
                continue;

            // Sums of short runs of rows, so that rounding in one direction (equal rows) does not add up.
            for (int j = 0; j < width; j++)
                z[j] = pivotRow[j + 1];
            for (int start = 0; start < rows; start += RunOfRows)
            {
                new Span<double>(run, width).Clear();
                for (int i = start; i < Math.Min(start + RunOfRows, rows); i++)
                    Householder.AddScaled(v[i + 1], block + (i * stride) + k + 1, run, width);
                Householder.AddScaled(1, run, z, width);
            }

            Householder.AddScaled(-tau, z, pivotRow + 1, width);
            for (int i = 0; i < rows; i++)
                Householder.AddScaled(-tau * v[i + 1], z, block + (i * stride) + k + 1, width);
        }
    }
}
