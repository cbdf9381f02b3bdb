using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Products of matrices of any size over packed panels: three loops around <see cref="IMicroKernel{T}"/> (Goto and van de Geijn 2008).</summary>
internal static unsafe class PackedProduct
{
    private const int LargestTile = 8 * 48;

    /// <summary>The doubles of scratch that a product needs in either precision.</summary>
    public static long ScratchFor(nint rows, nint columns, nint depth, in EngineTuning tuning)
    {
        long deep = Math.Min(depth, tuning.Depth);
        return LargestTile + (deep * (Math.Min(rows, tuning.TileRows) + 8)) + (deep * (Math.Min(columns, tuning.TileColumns) + 24));
    }

    /// <summary>C += A'B in double precision, with the kernel of an instruction set.</summary>
    public static void Accumulate<TLeft, TRight>(
        InstructionPath path, TLeft a, TRight b, nint rows, nint columns, nint depth, double* c, nint stride, bool lowerOnly, double* scratch, in EngineTuning tuning,
        KernelTeam? team, CancellationToken ct)
        where TLeft : struct, IPanelSource<double>
        where TRight : struct, IPanelSource<double> =>
        Accumulate<double, TLeft, TRight>(path, a, b, rows, columns, depth, c, stride, lowerOnly, scratch, tuning, team, ct);

    /// <summary>C += A'B with panels of a precision, with the kernel of an instruction set.</summary>
    public static void Accumulate<T, TLeft, TRight>(
        InstructionPath path, TLeft a, TRight b, nint rows, nint columns, nint depth, double* c, nint stride, bool lowerOnly, double* scratch, in EngineTuning tuning,
        KernelTeam? team, CancellationToken ct)
        where T : unmanaged
        where TLeft : struct, IPanelSource<T>
        where TRight : struct, IPanelSource<T>
    {
        switch (InstructionPaths.Resolve(path))
        {
            case InstructionPath.Vector512:
                Accumulate<T, MicroKernel512<T>, TLeft, TRight>(a, b, rows, columns, depth, c, stride, lowerOnly, scratch, tuning, team, ct);
                break;
            case InstructionPath.Vector256:
                Accumulate<T, MicroKernel256<T>, TLeft, TRight>(a, b, rows, columns, depth, c, stride, lowerOnly, scratch, tuning, team, ct);
                break;
            case InstructionPath.Vector128Wide:
                Accumulate<T, MicroKernel128Wide<T>, TLeft, TRight>(a, b, rows, columns, depth, c, stride, lowerOnly, scratch, tuning, team, ct);
                break;
            default:
                Accumulate<T, MicroKernel128<T>, TLeft, TRight>(a, b, rows, columns, depth, c, stride, lowerOnly, scratch, tuning, team, ct);
                break;
        }
    }

    /// <summary>C += A'B.</summary>
    /// <param name="a">depth x rows.</param>
    /// <param name="b">depth x columns.</param>
    /// <param name="rows">The rows of C.</param>
    /// <param name="columns">The columns of C.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="c">rows x columns, row-major.</param>
    /// <param name="stride">The distance of rows of C.</param>
    /// <param name="lowerOnly">True when only the lower triangle of C is wanted; what is above the diagonal is then undefined.</param>
    /// <param name="scratch"><see cref="ScratchFor"/> doubles.</param>
    /// <param name="tuning">The sizes of blocks.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every block of columns, depth and rows.</param>
    private static void Accumulate<T, TKernel, TLeft, TRight>(
        TLeft a, TRight b, nint rows, nint columns, nint depth, double* c, nint stride, bool lowerOnly, double* scratch, in EngineTuning tuning, KernelTeam? team,
        CancellationToken ct)
        where T : unmanaged
        where TKernel : struct, IMicroKernel<T>
        where TLeft : struct, IPanelSource<T>
        where TRight : struct, IPanelSource<T>
    {
        // The tile at an edge is of doubles; behind it lie panels of T.
        nint tileRows = tuning.TileRows, tileColumns = Math.Max(TKernel.Columns, tuning.TileColumns / TKernel.Columns * TKernel.Columns), deepest = Math.Min(depth, tuning.Depth);
        nint leftLength = deepest * (Math.Min(rows, tileRows) + TKernel.Rows);
        T* left = (T*)(scratch + LargestTile), right = left + leftLength;
        for (nint j0 = 0; j0 < columns; j0 += tileColumns)
        {
            nint width = Math.Min(tileColumns, columns - j0), firstRow = lowerOnly ? j0 / TKernel.Rows * TKernel.Rows : 0;
            for (nint k0 = 0; k0 < depth; k0 += tuning.Depth)
            {
                nint deep = Math.Min(tuning.Depth, depth - k0);
                b.Pack(k0, deep, j0, width, TKernel.Columns, right);
                if (team is { HasHelpers: true })
                {
                    Together<T, TKernel, TLeft>(a, right, leftLength, firstRow, rows, tileRows, j0, width, k0, deep, c, stride, lowerOnly, team, ct);
                    continue;
                }

                for (nint i0 = firstRow; i0 < rows; i0 += tileRows)
                {
                    ct.ThrowIfCancellationRequested();
                    nint height = Math.Min(tileRows, rows - i0);
                    a.Pack(k0, deep, i0, height, TKernel.Rows, left);
                    Block<T, TKernel>(left, right, i0, height, j0, width, deep, c, stride, lowerOnly, scratch);
                }
            }
        }
    }

    /// <summary>The blocks of rows of one block of columns and depth, each by whoever is free.</summary>
    private static void Together<T, TKernel, TLeft>(
        TLeft a, T* right, nint leftLength, nint firstRow, nint rows, nint tileRows, nint j0, nint width, nint k0, nint deep, double* c, nint stride, bool lowerOnly,
        KernelTeam team, CancellationToken ct)
        where T : unmanaged
        where TKernel : struct, IMicroKernel<T>
        where TLeft : struct, IPanelSource<T>
    {
        team.Run((int)((rows - firstRow + tileRows - 1) / tileRows), piece =>
        {
            ct.ThrowIfCancellationRequested();
            nint i0 = firstRow + (piece * tileRows), height = Math.Min(tileRows, rows - i0);
            using AlignedBuffer own = new(LargestTile + leftLength);
            T* left = (T*)(own.Pointer + LargestTile);
            a.Pack(k0, deep, i0, height, TKernel.Rows, left);
            Block<T, TKernel>(left, right, i0, height, j0, width, deep, c, stride, lowerOnly, own.Pointer);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<T, TKernel>(
        T* left, T* right, nint i0, nint height, nint j0, nint width, nint depth, double* c, nint stride, bool lowerOnly, double* edge)
        where T : unmanaged
        where TKernel : struct, IMicroKernel<T>
    {
        for (nint j = 0; j < width; j += TKernel.Columns)
        {
            for (nint i = 0; i < height; i += TKernel.Rows)
            {
                if (lowerOnly && i0 + i + TKernel.Rows <= j0 + j)
                    continue;
                double* tile = c + ((i0 + i) * stride) + j0 + j;
                if (i + TKernel.Rows <= height && j + TKernel.Columns <= width)
                {
                    TKernel.Accumulate(depth, left + (i * depth), right + (j * depth), tile, stride);
                    continue;
                }

                new Span<double>(edge, TKernel.Rows * TKernel.Columns).Clear();
                TKernel.Accumulate(depth, left + (i * depth), right + (j * depth), edge, TKernel.Columns);
                for (nint r = 0; r < Math.Min(TKernel.Rows, height - i); r++)
                    Householder.AddScaled(1, edge + (r * TKernel.Columns), tile + (r * stride), Math.Min(TKernel.Columns, width - j));
            }
        }
    }
}
