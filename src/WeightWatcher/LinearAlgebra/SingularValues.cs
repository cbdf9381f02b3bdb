using System.Numerics;

namespace WeightWatcher.LinearAlgebra;

/// <summary>All singular values of a matrix without its singular vectors, by the path that keeps the small ones (see <see cref="SpectrumPath"/>).</summary>
internal static class SingularValues
{
    /// <summary>The ratio lambda_min / lambda_max above which <see cref="SpectrumPath.Automatic"/> accepts the eigenvalues of the Gram matrix.</summary>
    public const double SmallestGramRatio = 1e-8;

    // From this ratio of the sides on, triangularisation before bidiagonalisation saves work (Chan 1982: 5/3).
    private const double TallRatio = 5.0 / 3;

    /// <summary>Computes the singular values.</summary>
    /// <param name="w">rows x columns, row-major; W and its transpose give the same values.</param>
    /// <param name="rows">The rows, 0 or more.</param>
    /// <param name="columns">The columns, 0 or more.</param>
    /// <param name="singularValues">Receives min(rows, columns) values, ascending, none negative.</param>
    /// <param name="path">How.</param>
    /// <param name="ct">Cancels between blocks of work.</param>
    /// <param name="team">Helps with a large matrix, or null; the results have the same bits.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static SpectrumOutcome Compute(ReadOnlySpan<double> w, int rows, int columns, Span<double> singularValues, SpectrumPath path, CancellationToken ct, KernelTeam? team = null) =>
        Compute(w, rows, columns, singularValues, path, InstructionPath.Fastest, EngineTuning.Default, ct, team);

    /// <inheritdoc cref="Compute(ReadOnlySpan{double}, int, int, Span{double}, SpectrumPath, CancellationToken, KernelTeam?)"/>
    public static SpectrumOutcome Compute(ReadOnlySpan<float> w, int rows, int columns, Span<double> singularValues, SpectrumPath path, CancellationToken ct, KernelTeam? team = null) =>
        Compute(w, rows, columns, singularValues, path, InstructionPath.Fastest, EngineTuning.Default, ct, team);

    /// <summary>Computes the singular values with the kernels and block sizes asked for.</summary>
    internal static SpectrumOutcome Compute<T>(
        ReadOnlySpan<T> w, int rows, int columns, Span<double> singularValues, SpectrumPath path, InstructionPath instructions, in EngineTuning tuning, CancellationToken ct,
        KernelTeam? team = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MatrixShape.Check(w.Length, rows, columns, singularValues.Length);
        if (!ScaledCopy.TryGetExponent(w, out int? exponent))
            return SpectrumOutcome.NonFinite;
        if (exponent is not { } scale)
        {
            singularValues.Clear();
            return SpectrumOutcome.Converged;
        }

        SpectrumOutcome outcome = path == SpectrumPath.Direct
            ? Direct(w, rows, columns, scale, singularValues, instructions, tuning, ct, team)
            : FromGram(w, rows, columns, scale, singularValues, path, instructions, tuning, ct, team);
        if (outcome == SpectrumOutcome.Converged)
            ScaledCopy.ScaleBack(singularValues, scale);
        return outcome;
    }

    private static SpectrumOutcome FromGram<T>(
        ReadOnlySpan<T> w, int rows, int columns, int exponent, Span<double> values, SpectrumPath path, InstructionPath instructions, in EngineTuning tuning, CancellationToken ct,
        KernelTeam? team = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SpectrumOutcome outcome = GramEigenvalues.ComputeScaled(w, rows, columns, exponent, values, instructions, tuning, ct, team);
        if (path == SpectrumPath.Automatic && (outcome != SpectrumOutcome.Converged || !(values[0] > SmallestGramRatio * values[^1])))
            return Direct(w, rows, columns, exponent, values, instructions, tuning, ct, team);
        foreach (ref double value in values)
            value = Math.Sqrt(value);
        return outcome;
    }

    private static unsafe SpectrumOutcome Direct<T>(
        ReadOnlySpan<T> w, int rows, int columns, int exponent, Span<double> values, InstructionPath path, in EngineTuning tuning, CancellationToken ct,
        KernelTeam? team = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int order = Math.Min(rows, columns), longer = Math.Max(rows, columns);
        bool triangularize = longer > TallRatio * order;
        int height = triangularize ? order : longer;
        int paddedHeight = Bidiagonalization.Padded(height, order, tuning), paddedOrder = Bidiagonalization.Padded(order, order, tuning);
        int stride = MatrixStride.For(paddedOrder);
        using AlignedBuffer scratch = new(4L * order);
        double* diagonal = scratch.Pointer, superDiagonal = diagonal + order, rest = superDiagonal + order;
        using (AlignedBuffer matrix = new((long)paddedHeight * stride))
        {
            if (triangularize)
            {
                Triangularization.Reduce(w, rows, columns, exponent, matrix.Pointer, stride, path, tuning, team, ct);
            }
            else
            {
                matrix.Clear();
                ScaledCopy.Fill(w, rows, columns, exponent, 0, longer, matrix.Pointer, stride);
            }

            Bidiagonalization.Reduce(matrix.Pointer, height, order, stride, diagonal, superDiagonal, path, tuning, team, ct);
        }

        return SturmBisection.SingularValues(diagonal, superDiagonal, values, rest, path, ct);
    }
}
