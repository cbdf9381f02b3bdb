using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Products of matrices of any size over packed panels: three loops around <see cref="IMicroKernel"/> (Goto and van de Geijn 2008).</summary>
internal static unsafe class PackedProduct
{
    private const int LargestTile = 8 * 24;

    /// <summary>The doubles of scratch for <see cref="Accumulate{TKernel, TLeft, TRight}"/>.</summary>
    public static long ScratchFor(nint rows, nint columns, nint depth, in EngineTuning tuning)
    {
        long deep = Math.Min(depth, tuning.Depth);
        return LargestTile + (deep * (Math.Min(rows, tuning.TileRows) + 8)) + (deep * (Math.Min(columns, tuning.TileColumns) + 24));
    }

    /// <summary>C += A'B, with the kernel of an instruction set.</summary>
    public static void Accumulate<TLeft, TRight>(
        InstructionPath path, TLeft a, TRight b, nint rows, nint columns, nint depth, double* c, nint stride, bool lowerOnly, double* scratch, in EngineTuning tuning,
        KernelTeam? team, CancellationToken ct)
        where TLeft : struct, IPanelSource
        where TRight : struct, IPanelSource
    {
        switch (InstructionPaths.Resolve(path))
        {
            case InstructionPath.Vector512:
                Accumulate<MicroKernel512, TLeft, TRight>(a, b, rows, columns, depth, c, stride, lowerOnly, scratch, tuning, team, ct);
                break;
            case InstructionPath.Vector256:
                Accumulate<MicroKernel256, TLeft, TRight>(a, b, rows, columns, depth, c, stride, lowerOnly, scratch, tuning, team, ct);
                break;
            case InstructionPath.Vector128Wide:
                Accumulate<MicroKernel128Wide, TLeft, TRight>(a, b, rows, columns, depth, c, stride, lowerOnly, scratch, tuning, team, ct);
                break;
            default:
                Accumulate<MicroKernel128, TLeft, TRight>(a, b, rows, columns, depth, c, stride, lowerOnly, scratch, tuning, team, ct);
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
    private static void Accumulate<TKernel, TLeft, TRight>(
        TLeft a, TRight b, nint rows, nint columns, nint depth, double* c, nint stride, bool lowerOnly, double* scratch, in EngineTuning tuning, KernelTeam? team,
        CancellationToken ct)
        where TKernel : struct, IMicroKernel
        where TLeft : struct, IPanelSource
        where TRight : struct, IPanelSource
    {
        nint tileRows = tuning.TileRows, deepest = Math.Min(depth, tuning.Depth), leftLength = LargestTile + (deepest * (Math.Min(rows, tileRows) + 8));
        double* right = scratch + leftLength;
        for (nint j0 = 0; j0 < columns; j0 += tuning.TileColumns)
        {
            nint width = Math.Min(tuning.TileColumns, columns - j0), firstRow = lowerOnly ? j0 / TKernel.Rows * TKernel.Rows : 0;
            for (nint k0 = 0; k0 < depth; k0 += tuning.Depth)
            {
                nint deep = Math.Min(tuning.Depth, depth - k0);
                b.Pack(k0, deep, j0, width, TKernel.Columns, right);
                if (team is { HasHelpers: true })
                {
                    Together<TKernel, TLeft>(a, right, leftLength, firstRow, rows, tileRows, j0, width, k0, deep, c, stride, lowerOnly, team, ct);
                    continue;
                }

                for (nint i0 = firstRow; i0 < rows; i0 += tileRows)
                {
                    ct.ThrowIfCancellationRequested();
                    nint height = Math.Min(tileRows, rows - i0);
                    a.Pack(k0, deep, i0, height, TKernel.Rows, scratch + LargestTile);
                    Block<TKernel>(scratch + LargestTile, right, i0, height, j0, width, deep, c, stride, lowerOnly, scratch);
                }
            }
        }
    }

    /// <summary>The blocks of rows of one block of columns and depth, each by whoever is free.</summary>
    private static void Together<TKernel, TLeft>(
        TLeft a, double* right, nint leftLength, nint firstRow, nint rows, nint tileRows, nint j0, nint width, nint k0, nint deep, double* c, nint stride, bool lowerOnly,
        KernelTeam team, CancellationToken ct)
        where TKernel : struct, IMicroKernel
        where TLeft : struct, IPanelSource
    {
        team.Run((int)((rows - firstRow + tileRows - 1) / tileRows), piece =>
        {
            ct.ThrowIfCancellationRequested();
            nint i0 = firstRow + (piece * tileRows), height = Math.Min(tileRows, rows - i0);
            using AlignedBuffer left = new(leftLength);
            a.Pack(k0, deep, i0, height, TKernel.Rows, left.Pointer + LargestTile);
            Block<TKernel>(left.Pointer + LargestTile, right, i0, height, j0, width, deep, c, stride, lowerOnly, left.Pointer);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<TKernel>(
        double* left, double* right, nint i0, nint height, nint j0, nint width, nint depth, double* c, nint stride, bool lowerOnly, double* edge)
        where TKernel : struct, IMicroKernel
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
