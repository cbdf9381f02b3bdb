using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>Reduces a matrix to upper bidiagonal form, small ones in one stage and larger ones by way of a band.</summary>
internal static unsafe class Bidiagonalization
{
    /// <summary>The length to which the caller pads a side of the matrix with zeros when its shorter side is <paramref name="order"/> long.</summary>
    public static int Padded(int side, int order, in EngineTuning tuning) => order < tuning.SmallestBandBidiagonal ? side : Band.Padded(side);

    /// <summary>Reduces A.</summary>
    /// <param name="a">N x M, N >= M, both padded as <see cref="Padded"/> says, row-major; overwritten.</param>
    /// <param name="rows">N without padding.</param>
    /// <param name="columns">M without padding, 1 or more.</param>
    /// <param name="stride">The distance of rows.</param>
    /// <param name="diagonal">Receives M entries.</param>
    /// <param name="superDiagonal">Receives M - 1 entries.</param>
    /// <param name="path">The instruction set.</param>
    /// <param name="tuning">The sizes of blocks.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every block and every sweep.</param>
    public static void Reduce(
        double* a, int rows, int columns, nint stride, double* diagonal, double* superDiagonal, InstructionPath path, in EngineTuning tuning, KernelTeam? team, CancellationToken ct)
    {
        if (columns < tuning.SmallestBandBidiagonal)
        {
            using AlignedBuffer scratch = new((2L * rows) + (2L * columns));
            HouseholderBidiagonalization.Reduce(a, rows, columns, stride, diagonal, superDiagonal, scratch.Pointer, ct);
            return;
        }

        switch (InstructionPaths.Resolve(path))
        {
            case InstructionPath.Vector512:
                TwoStage<PanelKernel512, ChaseKernel512>(a, rows, columns, stride, diagonal, superDiagonal, path, tuning, team, ct);
                break;
            case InstructionPath.Vector256:
                TwoStage<PanelKernel256, ChaseKernel256>(a, rows, columns, stride, diagonal, superDiagonal, path, tuning, team, ct);
                break;
            default:
                TwoStage<PanelKernel128, ChaseKernel128>(a, rows, columns, stride, diagonal, superDiagonal, path, tuning, team, ct);
                break;
        }
    }

    private static void TwoStage<TPanel, TChase>(
        double* a, int rows, int columns, nint stride, double* diagonal, double* superDiagonal, InstructionPath path, in EngineTuning tuning, KernelTeam? team, CancellationToken ct)
        where TPanel : struct, IPanelKernel
        where TChase : struct, IChaseKernel
    {
        int height = Band.Padded(rows), width = Band.Padded(columns);
        using AlignedBuffer band = new((width + (3L * Band.Width)) * Band.RowLength);
        band.Clear();
        double* origin = band.Pointer + Band.Width;
        using (AlignedBuffer scratch = new(BidiagonalBandReduction<TPanel>.ScratchFor(height, width, tuning)))
            BidiagonalBandReduction<TPanel>.Reduce(a, height, width, stride, origin, scratch.Pointer, path, tuning, team, ct);
        BidiagonalBandChase<TChase>.Reduce(origin, columns, diagonal, superDiagonal, ct);
    }
}
