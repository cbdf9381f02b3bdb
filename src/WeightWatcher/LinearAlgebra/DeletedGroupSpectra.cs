using System.Numerics;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The eigenvalues of the Gram matrix of W without each of several groups of its rows, from one Gram matrix of the whole: <c>W'W - Wk'Wk</c> where enough rows stay,
/// else the principal submatrix of <c>WW'</c> that belongs to the rows that stay. The error is about 1e-14 lambda_max of the whole.
/// </summary>
internal static unsafe class DeletedGroupSpectra
{
    /// <summary>Computes the spectra.</summary>
    /// <param name="w">rows x columns, row-major, rows at least columns; the rows of a group are neighbours.</param>
    /// <param name="rows">The rows of W.</param>
    /// <param name="columns">The columns of W, 1 or more.</param>
    /// <param name="starts">The first row of each group, ascending from 0; a group ends where the next starts, the last with W. At least two groups, none empty.</param>
    /// <param name="spectra">
    /// For each group the <paramref name="columns"/> eigenvalues, ascending, none negative; zeros first where fewer rows than columns stay.
    /// </param>
    /// <param name="ct">Asked for every block.</param>
    public static SpectrumOutcome Compute<T>(ReadOnlySpan<T> w, int rows, int columns, ReadOnlySpan<int> starts, ReadOnlySpan<double[]> spectra, CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Memory<double>[] memory = new Memory<double>[spectra.Length];
        for (int k = 0; k < memory.Length; k++)
            memory[k] = spectra[k];
        using GramEigenvaluesBatch? batch = BatchFor(rows, columns, starts);
        SpectrumOutcome outcome = Compute(w, rows, columns, starts, memory, batch, ct);
        return outcome == SpectrumOutcome.Converged && batch is not null ? batch.Flush(ct) : outcome;
    }

    /// <summary>What computes the groups of one or more matrices of a shape together, or null where the matrices are too large for that.</summary>
    public static GramEigenvaluesBatch? BatchFor(int rows, int columns, ReadOnlySpan<int> starts)
    {
        (int smallest, int largest) = Lengths(starts, rows);
        int order = rows - largest >= columns ? columns : rows - smallest;
        return order is >= 1 and <= GramEigenvaluesBatch.LargestOrder && order <= columns ? GramEigenvaluesBatch.Of(order) : null;
    }

    /// <summary>Computes the spectra; with a batch, they are there when it was flushed.</summary>
    /// <param name="w">rows x columns, row-major, rows at least columns; the rows of a group are neighbours.</param>
    /// <param name="rows">The rows of W.</param>
    /// <param name="columns">The columns of W, 1 or more.</param>
    /// <param name="starts">The first row of each group, ascending from 0; a group ends where the next starts, the last with W. At least two groups, none empty.</param>
    /// <param name="spectra">For each group the <paramref name="columns"/> eigenvalues, ascending, none negative; zeros first where fewer rows than columns stay.</param>
    /// <param name="batch">What <see cref="BatchFor"/> gives.</param>
    /// <param name="ct">Asked for every block.</param>
    public static SpectrumOutcome Compute<T>(
        ReadOnlySpan<T> w, int rows, int columns, ReadOnlySpan<int> starts, ReadOnlySpan<Memory<double>> spectra, GramEigenvaluesBatch? batch, CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MatrixShape.Check(w.Length, rows, columns, columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(starts.Length, 2);
        if (!ScaledCopy.TryGetExponent(w, out int? exponent))
            return SpectrumOutcome.NonFinite;
        if (exponent is not { } scale)
        {
            foreach (Memory<double> spectrum in spectra)
                spectrum.Span.Clear();
            return SpectrumOutcome.Converged;
        }

        return rows - Lengths(starts, rows).Largest >= columns
            ? BySubtraction(w, rows, columns, scale, starts, spectra, batch, ct)
            : BySubmatrices(w, rows, columns, scale, starts, spectra, batch, ct);
    }

    private static SpectrumOutcome BySubtraction<T>(
        ReadOnlySpan<T> w, int rows, int columns, int exponent, ReadOnlySpan<int> starts, ReadOnlySpan<Memory<double>> spectra, GramEigenvaluesBatch? batch,
        CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        EngineTuning tuning = EngineTuning.Default;
        int padded = Tridiagonalization.PaddedOrder(columns, tuning), stride = MatrixStride.For(padded);
        (double first, double second) = ScaledCopy.Factors(exponent);
        using AlignedBuffer whole = new((long)columns * stride), part = new((long)padded * stride);
        using AlignedBuffer scratch = new(PackedProduct.ScratchFor(columns, columns, rows, tuning));
        whole.Clear();
        fixed (T* entries = w)
        {
            RowMajorSource<T, double> all = new(entries, columns, first, second);
            PackedProduct.Accumulate(InstructionPath.Fastest, all, all, columns, columns, rows, whole.Pointer, stride, lowerOnly: true, scratch.Pointer, tuning, null, ct);
            for (int k = 0; k < starts.Length; k++)
            {
                part.Clear();
                RowMajorSource<T, double> group = new(entries + ((nint)starts[k] * columns), columns, first, second);
                PackedProduct.Accumulate(
                    InstructionPath.Fastest, group, group, columns, columns, End(starts, k, rows) - starts[k], part.Pointer, stride, lowerOnly: true, scratch.Pointer, tuning, null, ct);
                for (nint i = 0; i < columns; i++)
                {
                    double* from = whole.Pointer + (i * stride), to = part.Pointer + (i * stride);
                    for (nint j = 0; j <= i; j++)
                        to[j] = from[j] - to[j];
                }

                SpectrumOutcome outcome = batch is null
                    ? Eigenvalues(part.Pointer, columns, stride, exponent, spectra[k].Span, tuning, ct)
                    : batch.Add(part.Pointer, stride, 2 * exponent, 0, spectra[k], ct);
                if (outcome != SpectrumOutcome.Converged)
                    return outcome;
            }
        }

        return SpectrumOutcome.Converged;
    }

    private static SpectrumOutcome BySubmatrices<T>(
        ReadOnlySpan<T> w, int rows, int columns, int exponent, ReadOnlySpan<int> starts, ReadOnlySpan<Memory<double>> spectra, GramEigenvaluesBatch? batch,
        CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        EngineTuning tuning = EngineTuning.Default;
        int stride = MatrixStride.For(Tridiagonalization.PaddedOrder(rows, tuning));
        (double first, double second) = ScaledCopy.Factors(exponent);
        using AlignedBuffer whole = new((long)rows * stride), part = new((long)stride * stride);
        using (AlignedBuffer scratch = new(PackedProduct.ScratchFor(rows, rows, columns, tuning)))
        {
            whole.Clear();
            fixed (T* entries = w)
            {
                TransposedSource<T> all = new(entries, columns, first, second);
                PackedProduct.Accumulate(InstructionPath.Fastest, all, all, rows, rows, columns, whole.Pointer, stride, lowerOnly: true, scratch.Pointer, tuning, null, ct);
            }
        }

        double[] found = new double[rows];
        for (int k = 0; k < starts.Length; k++)
        {
            int from = starts[k], to = End(starts, k, rows), order = rows - (to - from);
            // Of a batch, the lower triangle is all that counts: only rows that none stays for are to be zero.
            if (batch is null)
                part.Clear();
            for (int row = order; row < batch?.Order; row++)
                new Span<double>(part.Pointer + ((nint)row * stride), row + 1).Clear();
            for (int i = 0, target = 0; i < rows; i++)
            {
                if (i >= from && i < to)
                    continue;
                double* source = whole.Pointer + ((nint)i * stride), row = part.Pointer + ((nint)target++ * stride);
                new Span<double>(source, Math.Min(i + 1, from)).CopyTo(new Span<double>(row, from));
                if (i >= to)
                    new Span<double>(source + to, i + 1 - to).CopyTo(new Span<double>(row + from, i + 1 - to));
            }

            Span<double> spectrum = spectra[k].Span;
            if (batch is not null)
            {
                // Groups differ in size by one row: where fewer rows stay, zeros stand for the one that is missing.
                spectrum[..(columns - batch.Order)].Clear();
                SpectrumOutcome added = batch.Add(part.Pointer, stride, 2 * exponent, batch.Order - order, spectra[k][(columns - batch.Order)..], ct);
                if (added != SpectrumOutcome.Converged)
                    return added;
                continue;
            }

            Span<double> values = found.AsSpan(0, order);
            SpectrumOutcome outcome = Eigenvalues(part.Pointer, order, stride, exponent, values, tuning, ct);
            if (outcome != SpectrumOutcome.Converged)
                return outcome;
            int kept = Math.Min(order, columns);
            spectrum[..(columns - kept)].Clear();
            values[^kept..].CopyTo(spectrum[^kept..]);
        }

        return SpectrumOutcome.Converged;
    }

    private static SpectrumOutcome Eigenvalues(double* matrix, int order, int stride, int exponent, Span<double> values, in EngineTuning tuning, CancellationToken ct)
    {
        using AlignedBuffer scratch = new(3L * order);
        double* diagonal = scratch.Pointer, offDiagonal = diagonal + order, rest = offDiagonal + order;
        Tridiagonalization.Reduce(matrix, order, stride, diagonal, offDiagonal, InstructionPath.Fastest, tuning, null, ct);
        SpectrumOutcome outcome = SturmBisection.Eigenvalues(diagonal, offDiagonal, values, rest, InstructionPath.Fastest, ct);
        foreach (ref double value in values)
            value = Math.Max(0, value);
        ScaledCopy.ScaleBack(values, 2 * exponent);
        return outcome;
    }

    private static (int Smallest, int Largest) Lengths(ReadOnlySpan<int> starts, int rows)
    {
        (int smallest, int largest) = (int.MaxValue, 0);
        for (int k = 0; k < starts.Length; k++)
        {
            int length = End(starts, k, rows) - starts[k];
            (smallest, largest) = (Math.Min(smallest, length), Math.Max(largest, length));
        }

        return (smallest, largest);
    }

    private static int End(ReadOnlySpan<int> starts, int group, int rows) => group + 1 < starts.Length ? starts[group + 1] : rows;
}
