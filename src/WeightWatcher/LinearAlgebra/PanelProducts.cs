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
    /// <typeparam name="T">What tiles are multiplied as: double, or float, to which they are then rounded first.</typeparam>
    /// <param name="a">order x order, order a multiple of 4, of 8 for floats.</param>
    /// <param name="order">The order.</param>
    /// <param name="stride">The distance of rows of A.</param>
    /// <param name="v">order x <see cref="Band.Width"/>.</param>
    /// <param name="y">Receives order x <see cref="Band.Width"/>.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every row of tiles.</param>
    public static void MultiplySymmetric<T>(double* a, nint order, nint stride, T* v, double* y, KernelTeam? team, CancellationToken ct)
        where T : unmanaged
    {
        new Span<double>(y, (int)(order * Width)).Clear();
        if (team is { HasHelpers: true })
        {
            MultiplySymmetricTogether(a, order, stride, v, y, team, ct);
            return;
        }

        T* rounded = stackalloc T[typeof(T) == typeof(double) ? 1 : Tile * Tile];
        for (nint i = 0; i < order; i += Tile)
        {
            ct.ThrowIfCancellationRequested();
            nint height = Math.Min(Tile, order - i);
            for (nint j = 0; j < i; j += Tile)
            {
                T* tile = TileOf(a + (i * stride) + j, height, Tile, stride, rounded, out nint rowStride);
                TKernel.Accumulate(height, Tile, tile, rowStride, 1, v + (j * Width), y + (i * Width));
                TKernel.Accumulate(Tile, height, tile, 1, rowStride, v + (i * Width), y + (j * Width));
            }

            DiagonalTile(a + (i * stride) + i, height, stride, v + (i * Width), y + (i * Width), rounded);
        }
    }

    private static void MultiplySymmetricTogether<T>(double* a, nint order, nint stride, T* v, double* y, KernelTeam team, CancellationToken ct)
        where T : unmanaged => team.Run(Pieces(order), piece =>
        {
            ct.ThrowIfCancellationRequested();
            T* rounded = stackalloc T[typeof(T) == typeof(double) ? 1 : Tile * Tile];
            nint i = (nint)piece * Tile, height = Math.Min(Tile, order - i), rowStride;
            for (nint j = 0; j < i; j += Tile)
            {
                T* tile = TileOf(a + (i * stride) + j, height, Tile, stride, rounded, out rowStride);
                TKernel.Accumulate(height, Tile, tile, rowStride, 1, v + (j * Width), y + (i * Width));
            }

            DiagonalTile(a + (i * stride) + i, height, stride, v + (i * Width), y + (i * Width), rounded);
            for (nint r = i + Tile; r < order; r += Tile)
            {
                nint depth = Math.Min(Tile, order - r);
                T* tile = TileOf(a + (r * stride) + i, depth, Tile, stride, rounded, out rowStride);
                TKernel.Accumulate(Tile, depth, tile, 1, rowStride, v + (r * Width), y + (i * Width));
            }
        });

    /// <summary>A tile as what it is multiplied as: itself, or its entries rounded.</summary>
    private static T* TileOf<T>(double* a, nint rows, nint columns, nint stride, T* rounded, out nint rowStride)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            rowStride = stride;
            return (T*)a;
        }

        rowStride = Tile;
        for (nint r = 0; r < rows; r++)
            Products.Narrow(a + (r * stride), (float*)rounded + (r * Tile), columns);
        return rounded;
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
    private static void DiagonalTile<T>(double* a, nint height, nint stride, T* v, double* y, T* rounded)
        where T : unmanaged
    {
        T* tile = TileOf(a, height, height, stride, rounded, out nint rowStride), mirrored = stackalloc T[Width * Width];
        for (nint r = 0; r < height; r += Width)
        {
            nint small = Math.Min(Width, height - r);
            for (nint j = 0; j < r; j += Width)
            {
                T* block = tile + (r * rowStride) + j;
                TKernel.Accumulate(small, Width, block, rowStride, 1, v + (j * Width), y + (r * Width));
                TKernel.Accumulate(Width, small, block, 1, rowStride, v + (r * Width), y + (j * Width));
            }

            Mirror(tile + (r * rowStride) + r, small, rowStride, mirrored);
            TKernel.Accumulate(small, small, mirrored, Width, 1, v + (r * Width), y + (r * Width));
        }
    }

    /// <summary>Copies a block on the diagonal, of which the lower triangle is given, to both triangles of a tile.</summary>
    private static void Mirror<T>(T* block, nint order, nint stride, T* tile)
        where T : unmanaged
    {
        for (nint r = 0; r < order; r++)
        {
            for (nint c = 0; c <= r; c++)
                tile[(c * Width) + r] = tile[(r * Width) + c] = block[(r * stride) + c];
        }
    }
}
