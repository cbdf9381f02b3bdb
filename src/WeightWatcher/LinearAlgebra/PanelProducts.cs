using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>Products of a row-major matrix with panels of <see cref="Band.Width"/> columns, tile by tile, so that each tile is read from memory once.</summary>
/// <typeparam name="TKernel">The instruction set.</typeparam>
internal static unsafe class PanelProducts<TKernel>
    where TKernel : struct, IPanelKernel
{
    /// <summary>The side of a tile: two panels of it and the tile itself stay in the second-level cache.</summary>
    public const int Tile = 4 * Band.Width;

    private const int Width = Band.Width;

    /// <summary>Y = A V; rows a multiple of 4.</summary>
    public static void Multiply(double* a, nint rows, nint columns, nint stride, double* v, double* y, CancellationToken ct)
    {
        new Span<double>(y, (int)(rows * Width)).Clear();
        for (nint j = 0; j < columns; j += Tile)
        {
            ct.ThrowIfCancellationRequested();
            TKernel.Accumulate(rows, Math.Min(Tile, columns - j), a + j, stride, 1, v + (j * Width), y);
        }
    }

    /// <summary>Z = A'V; columns a multiple of 4.</summary>
    public static void MultiplyTransposed(double* a, nint rows, nint columns, nint stride, double* v, double* z, CancellationToken ct)
    {
        new Span<double>(z, (int)(columns * Width)).Clear();
        for (nint i = 0; i < rows; i += Tile)
        {
            ct.ThrowIfCancellationRequested();
            TKernel.Accumulate(columns, Math.Min(Tile, rows - i), a + (i * stride), 1, stride, v + (i * Width), z);
        }
    }

    /// <summary>
    /// Y = A V for a symmetric A of which the lower triangle is read: each tile below the diagonal serves its own rows and, transposed, its columns while it is in the cache.
    /// </summary>
    /// <param name="a">order x order, order a multiple of 4.</param>
    /// <param name="order">The order.</param>
    /// <param name="stride">The distance of rows of A.</param>
    /// <param name="v">order x <see cref="Band.Width"/>.</param>
    /// <param name="y">Receives order x <see cref="Band.Width"/>.</param>
    /// <param name="tile">Scratch, <see cref="Band.Width"/> x <see cref="Band.Width"/>.</param>
    /// <param name="ct">Asked for every row of tiles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplySymmetric(double* a, nint order, nint stride, double* v, double* y, double* tile, CancellationToken ct)
    {
        new Span<double>(y, (int)(order * Width)).Clear();
        for (nint i = 0; i < order; i += Tile)
        {
            ct.ThrowIfCancellationRequested();
            nint height = Math.Min(Tile, order - i);
            for (nint j = 0; j < i; j += Tile)
            {
                double* block = a + (i * stride) + j;
                TKernel.Accumulate(height, Tile, block, stride, 1, v + (j * Width), y + (i * Width));
                TKernel.Accumulate(Tile, height, block, 1, stride, v + (i * Width), y + (j * Width));
            }

            // On the diagonal the same with smaller tiles, which leaves little to be mirrored.
            for (nint r = i; r < i + height; r += Width)
            {
                nint small = Math.Min(Width, order - r);
                for (nint j = i; j < r; j += Width)
                {
                    double* block = a + (r * stride) + j;
                    TKernel.Accumulate(small, Width, block, stride, 1, v + (j * Width), y + (r * Width));
                    TKernel.Accumulate(Width, small, block, 1, stride, v + (r * Width), y + (j * Width));
                }

                Mirror(a + (r * stride) + r, small, stride, tile);
                TKernel.Accumulate(small, small, tile, Width, 1, v + (r * Width), y + (r * Width));
            }
        }
    }

    /// <summary>Copies a block on the diagonal, of which the lower triangle is given, to both triangles of a tile.</summary>
    private static void Mirror(double* block, nint order, nint stride, double* tile)
    {
        for (nint r = 0; r < order; r++)
        {
            for (nint c = 0; c <= r; c++)
                tile[(c * Width) + r] = tile[(r * Width) + c] = block[(r * stride) + c];
        }
    }
}
