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
    public static void Multiply(double* a, nint rows, nint columns, nint stride, double* v, double* y, KernelTeam? team, CancellationToken ct)
    {
        if (team is not { HasHelpers: true })
        {
            MultiplyRows(a, rows, columns, stride, v, y, ct);
            return;
        }

        team.Run(Pieces(rows), piece =>
        {
            nint i = (nint)piece * Tile;
            MultiplyRows(a + (i * stride), Math.Min(Tile, rows - i), columns, stride, v, y + (i * Width), ct);
        });
    }

    /// <summary>Z = A'V; columns a multiple of 4.</summary>
    public static void MultiplyTransposed(double* a, nint rows, nint columns, nint stride, double* v, double* z, KernelTeam? team, CancellationToken ct)
    {
        if (team is not { HasHelpers: true } || columns <= Tile)
        {
            MultiplyColumns(a, rows, columns, stride, v, z, ct);
            return;
        }

        team.Run(Pieces(columns), piece =>
        {
            nint j = (nint)piece * Tile;
            MultiplyColumns(a + j, rows, Math.Min(Tile, columns - j), stride, v, z + (j * Width), ct);
        });
    }

    /// <summary>
    /// Y = A V for a symmetric A of which the lower triangle is read: each tile below the diagonal serves its own rows and, transposed, its columns while it is in the cache. With
    /// helpers each row of tiles of Y is computed for itself, in the same order of its sums.
    /// </summary>
    /// <param name="a">order x order, order a multiple of 4.</param>
    /// <param name="order">The order.</param>
    /// <param name="stride">The distance of rows of A.</param>
    /// <param name="v">order x <see cref="Band.Width"/>.</param>
    /// <param name="y">Receives order x <see cref="Band.Width"/>.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every row of tiles.</param>
    public static void MultiplySymmetric(double* a, nint order, nint stride, double* v, double* y, KernelTeam? team, CancellationToken ct)
    {
        new Span<double>(y, (int)(order * Width)).Clear();
        if (team is { HasHelpers: true })
        {
            team.Run(Pieces(order), piece =>
            {
                ct.ThrowIfCancellationRequested();
                nint i = (nint)piece * Tile, height = Math.Min(Tile, order - i);
                for (nint j = 0; j < i; j += Tile)
                    TKernel.Accumulate(height, Tile, a + (i * stride) + j, stride, 1, v + (j * Width), y + (i * Width));
                DiagonalTile(a, i, height, stride, v, y);
                for (nint r = i + Tile; r < order; r += Tile)
                    TKernel.Accumulate(Tile, Math.Min(Tile, order - r), a + (r * stride) + i, 1, stride, v + (r * Width), y + (i * Width));
            });
            return;
        }

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

            DiagonalTile(a, i, height, stride, v, y);
        }
    }

    private static int Pieces(nint length) => (int)((length + Tile - 1) / Tile);

    private static void MultiplyRows(double* a, nint rows, nint columns, nint stride, double* v, double* y, CancellationToken ct)
    {
        new Span<double>(y, (int)(rows * Width)).Clear();
        for (nint j = 0; j < columns; j += Tile)
        {
            ct.ThrowIfCancellationRequested();
            TKernel.Accumulate(rows, Math.Min(Tile, columns - j), a + j, stride, 1, v + (j * Width), y);
        }
    }

    private static void MultiplyColumns(double* a, nint rows, nint columns, nint stride, double* v, double* z, CancellationToken ct)
    {
        new Span<double>(z, (int)(columns * Width)).Clear();
        for (nint i = 0; i < rows; i += Tile)
        {
            ct.ThrowIfCancellationRequested();
            TKernel.Accumulate(columns, Math.Min(Tile, rows - i), a + (i * stride), 1, stride, v + (i * Width), z);
        }
    }

    /// <summary>What the tile on the diagonal adds to its rows of Y: the same with smaller tiles, which leaves little to be mirrored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DiagonalTile(double* a, nint start, nint height, nint stride, double* v, double* y)
    {
        double* mirrored = stackalloc double[Width * Width];
        for (nint r = start; r < start + height; r += Width)
        {
            nint small = Math.Min(Width, start + height - r);
            for (nint j = start; j < r; j += Width)
            {
                double* block = a + (r * stride) + j;
                TKernel.Accumulate(small, Width, block, stride, 1, v + (j * Width), y + (r * Width));
                TKernel.Accumulate(Width, small, block, 1, stride, v + (r * Width), y + (j * Width));
            }

            Mirror(a + (r * stride) + r, small, stride, mirrored);
            TKernel.Accumulate(small, small, mirrored, Width, 1, v + (r * Width), y + (r * Width));
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
