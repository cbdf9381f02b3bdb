using System.Numerics;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>The triangular factor R of a tall matrix, whose singular values are those of the matrix, without a copy of the whole matrix.</summary>
internal static unsafe class Triangularization
{
    private const int SkinnyGroup = 16384;
    private const int BlockEntries = 1 << 20;
    private const int FewestRows = 128, MostRows = 4096;

    /// <summary>Writes R.</summary>
    /// <param name="w">rows x columns, row-major.</param>
    /// <param name="rows">The rows of W.</param>
    /// <param name="columns">The columns of W.</param>
    /// <param name="exponent">What <see cref="ScaledCopy.TryGetExponent"/> gave for W.</param>
    /// <param name="r">M x M with M = min(rows, columns) padded as <see cref="Bidiagonalization.Padded"/> says, row-major; receives the factor of 2^-exponent W and zeros elsewhere.</param>
    /// <param name="stride">The distance of rows of R.</param>
    /// <param name="path">The instruction set.</param>
    /// <param name="tuning">The sizes of blocks.</param>
    /// <param name="team">Helps, or null.</param>
    /// <param name="ct">Asked for every panel and inside long products.</param>
    public static void Reduce<T>(
        ReadOnlySpan<T> w, int rows, int columns, int exponent, double* r, nint stride, InstructionPath path, in EngineTuning tuning, KernelTeam? team, CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int order = Math.Min(rows, columns), padded = Bidiagonalization.Padded(order, order, tuning);
        for (nint i = 0; i < padded; i++)
            new Span<double>(r + (i * stride), padded).Clear();
        if (order < tuning.SmallestBandBidiagonal)
        {
            Skinny(w, rows, columns, exponent, r, stride, ct);
            return;
        }

        switch (InstructionPaths.Resolve(path))
        {
            case InstructionPath.Vector512:
                Blocked<T, PanelKernel512>(w, rows, columns, exponent, r, stride, path, tuning, team, ct);
                break;
            case InstructionPath.Vector256:
                Blocked<T, PanelKernel256>(w, rows, columns, exponent, r, stride, path, tuning, team, ct);
                break;
            default:
                Blocked<T, PanelKernel128>(w, rows, columns, exponent, r, stride, path, tuning, team, ct);
                break;
        }
    }

    private static void Blocked<T, TKernel>(
        ReadOnlySpan<T> w, int rows, int columns, int exponent, double* r, nint stride, InstructionPath path, in EngineTuning tuning, KernelTeam? team, CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TKernel : struct, IPanelKernel
    {
        int longer = Math.Max(rows, columns), padded = Band.Padded(Math.Min(rows, columns));
        int together = Band.Padded(Math.Min(longer, Math.Clamp(BlockEntries / padded, FewestRows, MostRows)));
        using AlignedBuffer block = new(together * (long)stride);
        using AlignedBuffer scratch = new(BlockedTriangularization<TKernel>.ScratchFor(together, padded, tuning));
        for (int start = 0; start < longer; start += together)
        {
            int count = Math.Min(together, longer - start);
            block.Clear();
            ScaledCopy.Fill(w, rows, columns, exponent, start, count, block.Pointer, stride);
            BlockedTriangularization<TKernel>.Absorb(r, padded, block.Pointer, Band.Padded(count), stride, scratch.Pointer, path, tuning, team, ct);
        }
    }

    /// <summary>A matrix of few columns: the factors of groups of rows are stacked, and the stack is reduced in turn.</summary>
    private static void Skinny<T>(ReadOnlySpan<T> w, int rows, int columns, int exponent, double* r, nint stride, CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int longer = Math.Max(rows, columns), order = Math.Min(rows, columns);
        int groups = (int)(((long)longer + SkinnyGroup - 1) / SkinnyGroup);
        using AlignedBuffer group = new(Math.Min(longer, SkinnyGroup) * (long)stride);
        using AlignedBuffer stack = new(groups * (long)order * stride);
        using AlignedBuffer scratch = new(HouseholderTriangularization.ScratchFor(order));
        int stacked = 0;
        for (int start = 0; start < longer; start += SkinnyGroup)
        {
            int count = Math.Min(SkinnyGroup, longer - start);
            ScaledCopy.Fill(w, rows, columns, exponent, start, count, group.Pointer, stride);
            double* source = group.Pointer;
            if (count > order)
            {
                HouseholderTriangularization.Reduce(group.Pointer, count, order, stride, r, scratch.Pointer, ct);
                source = r;
                count = order;
            }

            for (nint i = 0; i < count; i++, stacked++)
                new Span<double>(source + (i * stride), order).CopyTo(new Span<double>(stack.Pointer + (stacked * stride), order));
        }

        if (groups > 1)
            HouseholderTriangularization.Reduce(stack.Pointer, stacked, order, stride, r, scratch.Pointer, ct);
    }
}
