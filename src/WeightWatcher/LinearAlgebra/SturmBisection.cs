using System.Runtime.CompilerServices;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// All eigenvalues of a symmetric tridiagonal matrix, or singular values of a bidiagonal one, by bisection on Sturm counts: no iteration that may fail to converge, and errors
/// that do not grow with the order.
/// </summary>
internal static unsafe class SturmBisection
{
    // An interval is narrow enough at this fraction of the norm, or at this fraction of its own upper end.
    private const double AbsoluteWidth = 1.0 / (1L << 60);
    private const double RelativeWidth = 1.0 / (1L << 52);
    private const int MostBisections = 128;

    /// <summary>The eigenvalues of a positive semidefinite tridiagonal matrix; what rounding made negative is returned as 0.</summary>
    /// <param name="diagonal">n entries; overwritten.</param>
    /// <param name="offDiagonal">n - 1 entries; the one at i couples i and i + 1.</param>
    /// <param name="eigenvalues">Receives n values, ascending, not negative.</param>
    /// <param name="scratch">n doubles.</param>
    /// <param name="ct">Asked for every group of eigenvalues.</param>
    public static SpectrumOutcome Eigenvalues(double* diagonal, double* offDiagonal, Span<double> eigenvalues, double* scratch, CancellationToken ct)
    {
        int n = eigenvalues.Length;
        if (n == 0)
            return SpectrumOutcome.Converged;
        double norm = 0;
        for (int k = 0; k < n; k++)
        {
            double radius = (k > 0 ? Math.Abs(offDiagonal[k - 1]) : 0) + (k + 1 < n ? Math.Abs(offDiagonal[k]) : 0);
            norm = Math.Max(norm, Math.Abs(diagonal[k]) + radius);
        }

        if (norm == 0)
        {
            eigenvalues.Clear();
            return SpectrumOutcome.Converged;
        }

        int exponent = Math.ILogB(norm) + 1;
        scratch[0] = 0;
        for (int k = 0; k < n; k++)
        {
            diagonal[k] = Math.ScaleB(diagonal[k], -exponent);
            if (k > 0)
                scratch[k] = Square(Math.ScaleB(offDiagonal[k - 1], -exponent));
        }

        return Bisect(new Tridiagonal(diagonal, scratch, n), eigenvalues, exponent, ct);
    }

    /// <summary>The singular values of an upper bidiagonal matrix.</summary>
    /// <param name="diagonal">M entries.</param>
    /// <param name="superDiagonal">M - 1 entries.</param>
    /// <param name="singularValues">Receives M values, ascending.</param>
    /// <param name="scratch">2 M doubles.</param>
    /// <param name="ct">Asked for every group of singular values.</param>
    public static SpectrumOutcome SingularValues(double* diagonal, double* superDiagonal, Span<double> singularValues, double* scratch, CancellationToken ct)
    {
        int columns = singularValues.Length;
        if (columns == 0)
            return SpectrumOutcome.Converged;
        double norm = 0;
        for (int k = 0; k < columns; k++)
        {
            double above = k > 0 ? Math.Abs(superDiagonal[k - 1]) : 0;
            double beside = k + 1 < columns ? Math.Abs(superDiagonal[k]) : 0;
            norm = Math.Max(norm, Math.Abs(diagonal[k]) + Math.Max(above, beside));
        }

        if (norm == 0)
        {
            singularValues.Clear();
            return SpectrumOutcome.Converged;
        }

        int exponent = Math.ILogB(norm) + 1;
        scratch[0] = 0;
        for (int k = 0; k < columns; k++)
        {
            scratch[(2 * k) + 1] = Square(Math.ScaleB(diagonal[k], -exponent));
            if (k + 1 < columns)
                scratch[(2 * k) + 2] = Square(Math.ScaleB(superDiagonal[k], -exponent));
        }

        return Bisect(new GolubKahan(scratch, columns), singularValues, exponent, ct);
    }

    private static double Square(double x) => Math.Max(x * x, SturmCount.SmallestSquare);

    /// <summary>Finds the values of a problem of norm at most 1; the upper end 1 + 2^-40 leaves room for rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static SpectrumOutcome Bisect<TProblem>(TProblem problem, Span<double> values, int exponent, CancellationToken ct)
        where TProblem : struct, ISturmProblem
    {
        const double Upper = 1 + (1.0 / (1L << 40));
        int n = values.Length;
        int intervals = Math.Max(1, (4 * n / SturmCount.Lanes) * SturmCount.Lanes);
        double* shifts = stackalloc double[SturmCount.Lanes];
        long* counts = stackalloc long[SturmCount.Lanes];
        double* low = stackalloc double[SturmCount.Lanes];
        double* high = stackalloc double[SturmCount.Lanes];

        // A grid of shifts gives every value its first interval: [starts[i], starts[i] + 1] in units of the grid.
        int[] starts = new int[n];
        int found = 0;
        for (int first = 1; first <= intervals; first += SturmCount.Lanes)
        {
            ct.ThrowIfCancellationRequested();
            for (int lane = 0; lane < SturmCount.Lanes; lane++)
                shifts[lane] = Math.Min(first + lane, intervals) * (Upper / intervals);
            problem.Count(shifts, counts);
            for (int lane = 0; lane < SturmCount.Lanes && first + lane <= intervals; lane++)
            {
                for (; found < n && found < counts[lane]; found++)
                    starts[found] = first + lane - 1;
            }
        }

        if (found < n)
            return SpectrumOutcome.NotConverged;

        for (int group = 0; group < n; group += SturmCount.Lanes)
        {
            ct.ThrowIfCancellationRequested();
            for (int lane = 0; lane < SturmCount.Lanes; lane++)
            {
                int index = Math.Min(group + lane, n - 1);
                low[lane] = starts[index] * (Upper / intervals);
                high[lane] = (starts[index] + 1) * (Upper / intervals);
            }

            bool open = true;
            for (int step = 0; open; step++)
            {
                if (step == MostBisections)
                    return SpectrumOutcome.NotConverged;
                for (int lane = 0; lane < SturmCount.Lanes; lane++)
                    shifts[lane] = 0.5 * (low[lane] + high[lane]);
                problem.Count(shifts, counts);
                open = false;
                for (int lane = 0; lane < SturmCount.Lanes; lane++)
                {
                    if (counts[lane] > Math.Min(group + lane, n - 1))
                        high[lane] = shifts[lane];
                    else
                        low[lane] = shifts[lane];
                    open |= high[lane] - low[lane] > Math.Max(AbsoluteWidth, RelativeWidth * high[lane]);
                }
            }

            for (int lane = 0; lane < SturmCount.Lanes && group + lane < n; lane++)
                values[group + lane] = low[lane] == 0 ? 0 : Math.ScaleB(0.5 * (low[lane] + high[lane]), exponent);
        }

        values.Sort();
        return SpectrumOutcome.Converged;
    }

    private interface ISturmProblem
    {
        void Count(double* shifts, long* counts);
    }

    private readonly struct Tridiagonal(double* diagonal, double* squares, int n) : ISturmProblem
    {
        public void Count(double* shifts, long* counts) => SturmCount.Tridiagonal(diagonal, squares, n, shifts, counts);
    }

    private readonly struct GolubKahan(double* squares, int columns) : ISturmProblem
    {
        public void Count(double* shifts, long* counts) => SturmCount.GolubKahan(squares, columns, shifts, counts);
    }
}
