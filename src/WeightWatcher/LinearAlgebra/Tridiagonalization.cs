using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>Reduces a symmetric matrix to tridiagonal form, small ones in one stage and larger ones by way of a band.</summary>
internal static unsafe class Tridiagonalization
{
    /// <summary>The order to which the caller pads the matrix with zeros: the next multiple of <see cref="Band.Width"/> where the reduction goes by way of a band.</summary>
    public static int PaddedOrder(int order, in EngineTuning tuning) => order < tuning.SmallestBandTridiagonal ? order : Band.Padded(order);

    /// <summary>Reduces A.</summary>
    /// <param name="a"><see cref="PaddedOrder"/> rows and columns, row-major; only the lower triangle is read; overwritten.</param>
    /// <param name="order">The order without padding, 1 or more.</param>
    /// <param name="stride">The distance of rows.</param>
    /// <param name="diagonal">Receives <paramref name="order"/> entries.</param>
    /// <param name="offDiagonal">Receives <paramref name="order"/> - 1 entries.</param>
    /// <param name="path">The instruction set.</param>
    /// <param name="tuning">The sizes of blocks.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every block and every sweep.</param>
    /// <param name="precision">Of the large products on the way to a band; what needs none is of double precision.</param>
    public static void Reduce(
        double* a, int order, nint stride, double* diagonal, double* offDiagonal, InstructionPath path, in EngineTuning tuning, KernelTeam? team, CancellationToken ct,
        ProductPrecision precision = ProductPrecision.Double)
    {
        if (order < tuning.SmallestBandTridiagonal)
        {
            using AlignedBuffer scratch = new(4L * order);
            HouseholderTridiagonalization.Reduce(a, order, stride, diagonal, offDiagonal, scratch.Pointer, ct);
            return;
        }

        switch (InstructionPaths.Resolve(path))
        {
            case InstructionPath.Vector512:
                TwoStage<PanelKernel512, ChaseKernel512>(a, order, stride, diagonal, offDiagonal, path, tuning, precision, team, ct);
                break;
            case InstructionPath.Vector256:
                TwoStage<PanelKernel256, ChaseKernel256>(a, order, stride, diagonal, offDiagonal, path, tuning, precision, team, ct);
                break;
            default:
                TwoStage<PanelKernel128, ChaseKernel128>(a, order, stride, diagonal, offDiagonal, path, tuning, precision, team, ct);
                break;
        }
    }

    private static void TwoStage<TPanel, TChase>(
        double* a, int order, nint stride, double* diagonal, double* offDiagonal, InstructionPath path, in EngineTuning tuning, ProductPrecision precision,
        KernelTeam? team, CancellationToken ct)
        where TPanel : struct, IPanelKernel
        where TChase : struct, IChaseKernel
    {
        int padded = Band.Padded(order);
        using AlignedBuffer band = new((padded + (3L * Band.Width)) * Band.RowLength);
        band.Clear();
        double* origin = band.Pointer + (2 * Band.Width);
        using (AlignedBuffer scratch = new(SymmetricBandReduction<TPanel>.ScratchFor(padded, tuning)))
            SymmetricBandReduction<TPanel>.Reduce(a, padded, stride, origin, scratch.Pointer, path, tuning, team, ct, precision);
        SymmetricBandChase<TChase>.Reduce(origin, order, diagonal, offDiagonal, ct);
    }
}
