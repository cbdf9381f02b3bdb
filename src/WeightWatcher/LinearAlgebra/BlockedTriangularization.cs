using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// Takes blocks of rows into a triangular factor by blocked reflections (the sequential form of TSQR: Demmel, Grigori, Hoemmen and Langou 2012), so that a tall matrix needs the memory of
/// its factor and of one block.
/// </summary>
/// <typeparam name="TKernel">The instruction set.</typeparam>
internal static unsafe class BlockedTriangularization<TKernel>
    where TKernel : struct, IPanelKernel
{
    private const int Width = Band.Width;
    private const int Block = Width * Width;

    /// <summary>The doubles of scratch that <see cref="Absorb"/> needs.</summary>
    public static long ScratchFor(int rows, int columns, in EngineTuning tuning) =>
        ((rows + Width + 1L) * Width) + (2L * columns * Width) + (2 * Block) + PackedProduct.ScratchFor(rows, columns, Width, tuning);

    /// <summary>Replaces R by the triangular factor of R stacked on a block of rows.</summary>
    /// <param name="r">M x M, row-major, upper triangular with zeros below the diagonal.</param>
    /// <param name="columns">M, a multiple of <see cref="Band.Width"/>.</param>
    /// <param name="block">The new rows, row-major, M columns; overwritten.</param>
    /// <param name="rows">How many, a multiple of <see cref="Band.Width"/>.</param>
    /// <param name="stride">The distance of rows of R and of the block.</param>
    /// <param name="scratch"><see cref="ScratchFor"/> doubles.</param>
    /// <param name="path">The instruction set of <typeparamref name="TKernel"/>.</param>
    /// <param name="tuning">The sizes of blocks.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every panel and inside long products.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Absorb(double* r, int columns, double* block, int rows, nint stride, double* scratch, InstructionPath path, in EngineTuning tuning, KernelTeam? team,
        CancellationToken ct)
    {
        double* v = scratch, z = v + (((nint)rows + Width + 1) * Width), zt = z + ((nint)columns * Width);
        double* factor = zt + ((nint)columns * Width), t = factor + Block, packed = t + Block;
        for (nint j = 0; j < columns; j += Width)
        {
            ct.ThrowIfCancellationRequested();
            double* pivot = r + (j * stride) + j, panel = block + j;
            for (nint i = 0; i < Width; i++)
                new Span<double>(pivot + (i * stride), Width).CopyTo(new Span<double>(v + (i * Width), Width));
            for (nint i = 0; i < rows; i++)
                new Span<double>(panel + (i * stride), Width).CopyTo(new Span<double>(v + ((i + Width) * Width), Width));
            PanelFactor<TKernel>.Factor(v, rows + Width, factor, t, ct);
            for (nint i = 0; i < Width; i++)
                new Span<double>(factor + (i * Width), Width).CopyTo(new Span<double>(pivot + (i * stride), Width));
            nint width = columns - j - Width;
            if (width == 0)
                break;

            // The first rows of V are the identity, since what they meet is triangular already.
            double* vBelow = v + Block;
            PanelProducts<TKernel>.MultiplyTransposed(panel + Width, rows, width, stride, vBelow, z, team, ct);
            for (nint i = 0; i < Width; i++)
            {
                for (nint c = 0; c < width; c++)
                    z[(c * Width) + i] += pivot[(i * stride) + Width + c];
            }

            new Span<double>(zt, (int)(width * Width)).Clear();
            TKernel.Accumulate(width, Width, z, Width, 1, t, zt);
            for (nint i = 0; i < Width; i++)
            {
                for (nint c = 0; c < width; c++)
                    pivot[(i * stride) + Width + c] -= zt[(c * Width) + i];
            }

            PackedProduct.Accumulate(
                path, new PanelSource(vBelow, 1), new PanelSource(zt, -1), rows, width, Width, panel + Width, stride, lowerOnly: false, packed, tuning, team, ct);
        }
    }
}
