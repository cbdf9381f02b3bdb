using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The first stage of the two-stage bidiagonalisation: a matrix to an upper triangular band of <see cref="Band.Width"/> diagonals above the main one, by blocked reflections of
/// column panels and row panels in turn (Grosser and Lang 1999). Both updates of a step are applied in one pass.
/// </summary>
/// <typeparam name="TKernel">The instruction set.</typeparam>
internal static unsafe class BidiagonalBandReduction<TKernel>
    where TKernel : struct, IPanelKernel
{
    private const int Width = Band.Width;
    private const int Block = Width * Width;

    /// <summary>The doubles of scratch that <see cref="Reduce"/> needs.</summary>
    public static long ScratchFor(int rows, int columns, in EngineTuning tuning) =>
        (3L * rows * Width) + (3L * columns * Width) + (2 * Width) + (3 * Block) + PackedProduct.ScratchFor(rows, columns, 2 * Width, tuning);

    /// <summary>Reduces A.</summary>
    /// <param name="a">N x M, N >= M, row-major; overwritten.</param>
    /// <param name="rows">N, a multiple of <see cref="Band.Width"/>.</param>
    /// <param name="columns">M, a multiple of <see cref="Band.Width"/>.</param>
    /// <param name="stride">The distance of rows of A.</param>
    /// <param name="band">Where entry (i, j) of the band is at i * <see cref="Band.Stride"/> + j; receives all entries with j from i to i + <see cref="Band.Width"/>.</param>
    /// <param name="scratch"><see cref="ScratchFor"/> doubles.</param>
    /// <param name="path">The instruction set of <typeparamref name="TKernel"/>.</param>
    /// <param name="tuning">The sizes of blocks.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every panel and inside long products.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(double* a, int rows, int columns, nint stride, double* band, double* scratch, InstructionPath path, in EngineTuning tuning, KernelTeam? team,
        CancellationToken ct)
    {
        double* left = scratch, y = left + (((nint)rows + 1) * Width), yt = y + ((nint)rows * Width);
        double* right = yt + ((nint)rows * Width), z = right + (((nint)columns + 1) * Width), zt = z + ((nint)columns * Width);
        double* r = zt + ((nint)columns * Width), t = r + Block, small = t + Block, packed = small + Block;
        for (nint j = 0; j < columns; j += Width)
        {
            ct.ThrowIfCancellationRequested();
            double* panel = a + (j * stride) + j;
            nint height = rows - j, width = columns - j - Width;
            for (nint i = 0; i < height; i++)
                new Span<double>(panel + (i * stride), Width).CopyTo(new Span<double>(left + (i * Width), Width));
            PanelFactor<TKernel>.Factor(left, height, r, t, ct);
            for (nint i = 0; i < Width; i++)
            {
                for (nint c = i; c < Width; c++)
                    band[((j + i) * Band.Stride) + j + c] = r[(i * Width) + c];
            }

            if (width == 0)
                break;

            // The left reflections make C - V1 (Z T1)' of the columns C to the right of the panel, Z = C'V1; its first rows are the row panel.
            double* rest = panel + Width;
            PanelProducts<TKernel>.MultiplyTransposed(rest, height, width, stride, left, z, team, ct);
            new Span<double>(zt, (int)(width * Width)).Clear();
            TKernel.Accumulate(width, Width, z, Width, 1, t, zt);
            for (nint i = 0; i < Width; i++)
            {
                for (nint c = 0; c < width; c++)
                    right[(c * Width) + i] = rest[(i * stride) + c];
                for (nint c = 0; c < Width; c++)
                    small[(c * Width) + i] = -left[(i * Width) + c];
            }

            TKernel.Accumulate(width, Width, zt, Width, 1, small, right);
            PanelFactor<TKernel>.Factor(right, width, r, t, ct);
            for (nint i = 0; i < Width; i++)
            {
                for (nint c = 0; c <= i; c++)
                    band[((j + i) * Band.Stride) + j + Width + c] = r[(c * Width) + i];
            }

            nint below = height - Width;
            if (below == 0)
                continue;

            // The right reflections make D - (D V2 T2) V2' of the rows D below, after the left ones: D V2 = D_old V2 - V1 (Z T1)'V2.
            double* lower = rest + (Width * stride), leftBelow = left + Block;
            PanelProducts<TKernel>.Multiply(lower, below, width, stride, right, y, team, ct);
            PanelProducts<TKernel>.MultiplyTransposed(zt, width, Width, Width, right, small, null, ct);
            for (nint i = 0; i < Block; i++)
                small[i] = -small[i];
            TKernel.Accumulate(below, Width, leftBelow, Width, 1, small, y);
            new Span<double>(yt, (int)(below * Width)).Clear();
            TKernel.Accumulate(below, Width, y, Width, 1, t, yt);
            PackedProduct.Accumulate(
                path, new PanelPairSource<double>(leftBelow, yt, 1), new PanelPairSource<double>(zt, right, -1), below, width, 2 * Width, lower, stride, lowerOnly: false, packed, tuning, team, ct);
        }
    }
}
