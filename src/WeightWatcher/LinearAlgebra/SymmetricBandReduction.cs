using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The first stage of the two-stage tridiagonalisation: a symmetric matrix to one of <see cref="Band.Width"/> diagonals on either side, by blocked reflections, so that
/// nearly all work is in products of matrices (Bischof, Lang and Sun 2000).
/// </summary>
/// <typeparam name="TKernel">The instruction set.</typeparam>
internal static unsafe class SymmetricBandReduction<TKernel>
    where TKernel : struct, IPanelKernel
{
    private const int Width = Band.Width;
    private const int Block = Width * Width;

    /// <summary>The doubles of scratch that <see cref="Reduce"/> needs.</summary>
    public static long ScratchFor(int order, in EngineTuning tuning) =>
        (4L * order * Width) + Width + (4 * Block) + PackedProduct.ScratchFor(order, order, 2 * Width, tuning);

    /// <summary>Reduces A.</summary>
    /// <param name="a">n x n, row-major; only the lower triangle is read; overwritten.</param>
    /// <param name="order">n, a multiple of <see cref="Band.Width"/>.</param>
    /// <param name="stride">The distance of rows of A.</param>
    /// <param name="band">Where entry (i, j) of the band is at i * <see cref="Band.Stride"/> + j; receives all entries with |i - j| up to the width, below and above the diagonal.</param>
    /// <param name="scratch"><see cref="ScratchFor"/> doubles.</param>
    /// <param name="path">The instruction set of <typeparamref name="TKernel"/>.</param>
    /// <param name="tuning">The sizes of blocks.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every panel and inside long products.</param>
    /// <param name="precision">Of the entries of the two large products of each panel and of the sums over a tile; panels are factored and sums of sums formed in double precision.</param>
    public static void Reduce(double* a, int order, nint stride, double* band, double* scratch, InstructionPath path, in EngineTuning tuning, KernelTeam? team,
        CancellationToken ct, ProductPrecision precision = ProductPrecision.Double)
    {
        if (precision == ProductPrecision.Single)
            Reduce<float>(a, order, stride, band, scratch, path, tuning, team, ct);
        else
            Reduce<double>(a, order, stride, band, scratch, path, tuning, team, ct);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Reduce<T>(double* a, int order, nint stride, double* band, double* scratch, InstructionPath path, in EngineTuning tuning, KernelTeam? team,
        CancellationToken ct)
        where T : unmanaged
    {
        nint panelLength = (nint)order * Width;
        double* v = scratch, y = v + panelLength + Width, x = y + panelLength, rounded = x + panelLength;
        double* r = rounded + panelLength, t = r + Block, small = t + Block, packed = small + (2 * Block);
        for (nint j = 0; j < order; j += Width)
        {
            ct.ThrowIfCancellationRequested();
            double* diagonal = a + (j * stride) + j;
            for (nint i = 0; i < Width; i++)
            {
                for (nint c = 0; c <= i; c++)
                {
                    double entry = diagonal[(i * stride) + c];
                    band[((j + i) * Band.Stride) + j + c] = entry;
                    band[((j + c) * Band.Stride) + j + i] = entry;
                }
            }

            nint rows = order - j - Width;
            if (rows == 0)
                break;
            double* below = diagonal + (Width * stride), rest = below + Width;
            for (nint i = 0; i < rows; i++)
                new Span<double>(below + (i * stride), Width).CopyTo(new Span<double>(v + (i * Width), Width));
            PanelFactor<TKernel>.Factor(v, rows, r, t, ct);
            for (nint i = 0; i < Width; i++)
            {
                for (nint c = i; c < Width; c++)
                {
                    band[((j + Width + i) * Band.Stride) + j + c] = r[(i * Width) + c];
                    if (c > i)
                        band[((j + c) * Band.Stride) + j + Width + i] = r[(i * Width) + c];
                }
            }

            if (typeof(T) == typeof(float))
                Products.Narrow(v, (float*)rounded, rows * Width);
            PanelProducts<TKernel>.MultiplySymmetric(rest, rows, stride, (T*)(typeof(T) == typeof(float) ? rounded : v), y, team, ct);

            // With X = A V T the reduced matrix is A - V W' - W V', W = X - V (T'V'X) / 2.
            new Span<double>(x, (int)(rows * Width)).Clear();
            TKernel.Accumulate(rows, Width, y, Width, 1, t, x);
            PanelProducts<TKernel>.MultiplyTransposed(v, rows, Width, Width, x, small, null, ct);
            new Span<double>(small + Block, Block).Clear();
            TKernel.Accumulate(Width, Width, t, 1, Width, small, small + Block);
            for (nint i = 0; i < Block; i++)
                small[Block + i] *= -0.5;
            TKernel.Accumulate(rows, Width, v, Width, 1, small + Block, x);
            PackedProduct.Accumulate<T, PanelPairSource<T>, PanelPairSource<T>>(
                path, new(v, x, 1), new(x, v, -1), rows, rows, 2 * Width, rest, stride, lowerOnly: true, packed, tuning, team, ct);
        }
    }
}
