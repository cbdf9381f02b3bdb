using System.Numerics;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// All eigenvalues of the Gram matrix X = W'W (M x M, M the shorter side of W) without its eigenvectors. The error is about 1e-14 lambda_max, so that an eigenvalue below it is
/// noise: what counts small singular values uses <see cref="SingularValues"/>.
/// </summary>
internal static class GramEigenvalues
{
    /// <summary>
    /// Up to so many times the median of the diagonal a largest eigenvalue lets the reduction to tridiagonal form use single precision: unlike those of the Gram matrix its errors are of the size of
    /// the largest eigenvalue everywhere, up to a millionth of it.
    /// </summary>
    private const double MostOverMedian = 1000;

    /// <summary>Computes the spectrum.</summary>
    /// <param name="w">rows x columns, row-major; W and its transpose give the same eigenvalues.</param>
    /// <param name="rows">The rows, 0 or more.</param>
    /// <param name="columns">The columns, 0 or more.</param>
    /// <param name="eigenvalues">Receives min(rows, columns) eigenvalues, ascending, none negative; infinite where the square leaves the range of a double.</param>
    /// <param name="ct">Cancels between blocks of work.</param>
    /// <param name="team">Helps with a large matrix, or null; the results have the same bits.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static SpectrumOutcome Compute(ReadOnlySpan<double> w, int rows, int columns, Span<double> eigenvalues, CancellationToken ct, KernelTeam? team = null) =>
        Compute(w, rows, columns, eigenvalues, InstructionPath.Fastest, EngineTuning.Default, ct, team);

    /// <inheritdoc cref="Compute(ReadOnlySpan{double}, int, int, Span{double}, CancellationToken, KernelTeam?)"/>
    public static SpectrumOutcome Compute(ReadOnlySpan<float> w, int rows, int columns, Span<double> eigenvalues, CancellationToken ct, KernelTeam? team = null) =>
        Compute(w, rows, columns, eigenvalues, InstructionPath.Fastest, EngineTuning.Default, ct, team);

    /// <summary>
    /// Computes the spectrum with products of a precision. With <see cref="ProductPrecision.Single"/> the error is 1e-7 to 1e-6 lambda_max, and less where a few long columns make lambda_max large.
    /// </summary>
    /// <param name="w">rows x columns, row-major.</param>
    /// <param name="rows">The rows; with <see cref="ProductPrecision.Single"/> at least <paramref name="columns"/>.</param>
    /// <param name="columns">The columns, 0 or more.</param>
    /// <param name="eigenvalues">Receives min(rows, columns) eigenvalues, ascending, none negative; infinite where the square leaves the range of a double.</param>
    /// <param name="precision">The precision of products.</param>
    /// <param name="ct">Cancels between blocks of work.</param>
    /// <param name="team">Helps with a large matrix, or null; the results have the same bits.</param>
    /// <exception cref="ArgumentException">A length or a shape does not fit.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static SpectrumOutcome Compute<T>(
        ReadOnlySpan<T> w, int rows, int columns, Span<double> eigenvalues, ProductPrecision precision, CancellationToken ct, KernelTeam? team = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Compute(w, rows, columns, eigenvalues, InstructionPath.Fastest, EngineTuning.Default, ct, team, precision);

    /// <summary>Computes the spectrum with the kernels and block sizes asked for.</summary>
    internal static SpectrumOutcome Compute<T>(
        ReadOnlySpan<T> w, int rows, int columns, Span<double> eigenvalues, InstructionPath path, in EngineTuning tuning, CancellationToken ct,
        KernelTeam? team = null, ProductPrecision precision = ProductPrecision.Double)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MatrixShape.Check(w.Length, rows, columns, eigenvalues.Length);
        if (!ScaledCopy.TryGetExponent(w, out int? exponent))
            return SpectrumOutcome.NonFinite;
        if (exponent is not { } scale)
        {
            eigenvalues.Clear();
            return SpectrumOutcome.Converged;
        }

        SpectrumOutcome outcome = ComputeScaled(w, rows, columns, scale, eigenvalues, path, tuning, ct, team, precision);
        if (outcome == SpectrumOutcome.Converged)
            ScaledCopy.ScaleBack(eigenvalues, 2 * scale);
        return outcome;
    }

    /// <summary>The eigenvalues of the Gram matrix of 2^-exponent W.</summary>
    internal static unsafe SpectrumOutcome ComputeScaled<T>(
        ReadOnlySpan<T> w, int rows, int columns, int exponent, Span<double> eigenvalues, InstructionPath path, in EngineTuning tuning, CancellationToken ct,
        KernelTeam? team = null, ProductPrecision precision = ProductPrecision.Double)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int order = Math.Min(rows, columns), padded = Tridiagonalization.PaddedOrder(order, tuning), stride = MatrixStride.For(padded);
        using AlignedBuffer scratch = new(3L * order);
        double* diagonal = scratch.Pointer, offDiagonal = diagonal + order, rest = offDiagonal + order;
        using (AlignedBuffer gram = new((long)padded * stride))
        {
            for (nint i = order; i < padded; i++)
                new Span<double>(gram.Pointer + (i * stride), padded).Clear();
            using (AlignedBuffer panels = new(GramMatrix.ScratchFor(rows, columns, tuning)))
                GramMatrix.Compute(w, rows, columns, exponent, gram.Pointer, stride, panels.Pointer, path, tuning, team, ct, precision);
            ProductPrecision afterwards = precision == ProductPrecision.Single && IsEven(gram.Pointer, order, stride) ? ProductPrecision.Single : ProductPrecision.Double;
            Tridiagonalization.Reduce(gram.Pointer, order, stride, diagonal, offDiagonal, path, tuning, team, ct, afterwards);
        }

        return SturmBisection.Eigenvalues(diagonal, offDiagonal, eigenvalues, rest, path, ct);
    }

    /// <summary>Whether no eigenvalue is far above most of them: the Frobenius norm is below <see cref="MostOverMedian"/> times the median of the diagonal.</summary>
    private static unsafe bool IsEven(double* gram, int order, nint stride)
    {
        double[] diagonal = new double[order];
        double squares = 0;
        for (nint i = 0; i < order; i++)
        {
            double* row = gram + (i * stride);
            diagonal[i] = row[i];
            squares += (2 * Householder.Dot(row, row, i)) + (row[i] * row[i]);
        }

        Array.Sort(diagonal);
        return Math.Sqrt(squares) < MostOverMedian * diagonal[order / 2];
    }
}
