using System.Buffers;
using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// All eigenvalues of a symmetric tridiagonal matrix, or singular values of a bidiagonal one, between Sturm counts: no iteration that may fail to converge, and errors
/// that do not grow with the order.
/// </summary>
internal static unsafe class SturmBisection
{
    /// <summary>The eigenvalues of a positive semidefinite tridiagonal matrix; what rounding made negative is returned as 0.</summary>
    /// <param name="diagonal">n entries; overwritten.</param>
    /// <param name="offDiagonal">n - 1 entries; the one at i couples i and i + 1.</param>
    /// <param name="eigenvalues">Receives n values, ascending, not negative.</param>
    /// <param name="scratch">n doubles.</param>
    /// <param name="path">The instruction set.</param>
    /// <param name="ct">Asked for every group of shifts.</param>
    public static SpectrumOutcome Eigenvalues(
        double* diagonal, double* offDiagonal, Span<double> eigenvalues, double* scratch, InstructionPath path, CancellationToken ct)
    {
        int n = eigenvalues.Length;
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

        return InstructionPaths.Resolve(path) switch
        {
            InstructionPath.Vector512 => Find(new Tridiagonal<SturmKernel512>(diagonal, scratch, n), eigenvalues, exponent, ct),
            InstructionPath.Vector256 => Find(new Tridiagonal<SturmKernel256>(diagonal, scratch, n), eigenvalues, exponent, ct),
            _ => Find(new Tridiagonal<SturmKernel128>(diagonal, scratch, n), eigenvalues, exponent, ct),
        };
    }

    /// <summary>The singular values of an upper bidiagonal matrix.</summary>
    /// <param name="diagonal">M entries.</param>
    /// <param name="superDiagonal">M - 1 entries.</param>
    /// <param name="singularValues">Receives M values, ascending.</param>
    /// <param name="scratch">2 M doubles.</param>
    /// <param name="path">The instruction set.</param>
    /// <param name="ct">Asked for every group of shifts.</param>
    public static SpectrumOutcome SingularValues(
        double* diagonal, double* superDiagonal, Span<double> singularValues, double* scratch, InstructionPath path, CancellationToken ct)
    {
        int columns = singularValues.Length;
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

        return InstructionPaths.Resolve(path) switch
        {
            InstructionPath.Vector512 => Find(new GolubKahan<SturmKernel512>(scratch, columns), singularValues, exponent, ct),
            InstructionPath.Vector256 => Find(new GolubKahan<SturmKernel256>(scratch, columns), singularValues, exponent, ct),
            _ => Find(new GolubKahan<SturmKernel128>(scratch, columns), singularValues, exponent, ct),
        };
    }

    private static double Square(double x) => Math.Max(x * x, SturmLanes.SmallestSquare);

    /// <summary>
    /// Finds the values of a problem of norm at most 1 and multiplies them by 2^exponent. A grid of as many shifts as there are values gives the first brackets; they are worked off
    /// as lanes fall free, so that no lane waits for the slowest.
    /// </summary>
    private static SpectrumOutcome Find<TProblem>(TProblem problem, Span<double> values, int exponent, CancellationToken ct)
        where TProblem : struct, ISturmProblem
    {
        SturmBracket[] open = ArrayPool<SturmBracket>.Shared.Rent(values.Length + (2 * SturmLanes.Count));
        try
        {
            return Find(problem, values, exponent, open, ct);
        }
        finally
        {
            ArrayPool<SturmBracket>.Shared.Return(open);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static SpectrumOutcome Find<TProblem>(TProblem problem, Span<double> values, int exponent, SturmBracket[] open, CancellationToken ct)
        where TProblem : struct, ISturmProblem
    {
        // Values below the lowest shift, 2^-60 of the norm, count as 0; the room above 1 is for rounding.
        const double Lowest = 1.0 / (1L << 60), Highest = 1 + (1.0 / (1L << 40));
        int n = values.Length;
        values.Clear();
        int waiting = 0, written = 0;
        SturmLanes lanes = default;

        int points = ((n / SturmLanes.Count) + 1) * SturmLanes.Count;
        SturmPoint last = default;
        for (int first = 0; first < points; first += SturmLanes.Count)
        {
            ct.ThrowIfCancellationRequested();
            for (int lane = 0; lane < SturmLanes.Count; lane++)
                lanes.Shifts[lane] = Lowest + ((Highest - Lowest) * ((first + lane) / (double)(points - 1)));
            problem.Evaluate(&lanes);
            for (int lane = 0; lane < SturmLanes.Count; lane++)
            {
                SturmPoint point = SturmPoint.Of(lanes, lane);
                if (first + lane == 0)
                    written = (int)point.Below;
                else if (point.Below > last.Below)
                    open[waiting++] = new SturmBracket(last, point);
                if (point.Below < last.Below)
                    point = point with { Below = last.Below };
                last = point;
            }
        }

        if (last.Below != n)
            return SpectrumOutcome.NotConverged;

        SturmBracket* active = stackalloc SturmBracket[SturmLanes.Count];
        int busy = 0;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            while (busy < SturmLanes.Count && waiting > 0)
            {
                SturmBracket bracket = open[--waiting];
                if (bracket.IsNarrow(problem.AbsoluteWidth))
                    Write(bracket, values, ref written, exponent);
                else
                    active[busy++] = bracket;
            }

            if (busy == 0)
                break;
            for (int lane = 0; lane < SturmLanes.Count; lane++)
                lanes.Shifts[lane] = active[Math.Min(lane, busy - 1)].NextShift(problem.AbsoluteWidth);
            problem.Evaluate(&lanes);
            int still = 0;
            for (int lane = 0; lane < busy; lane++)
            {
                SturmBracket bracket = active[lane];
                if (!bracket.Divide(SturmPoint.Of(lanes, lane), out SturmBracket upper))
                    return SpectrumOutcome.NotConverged;

                // A bracket of several values may fall apart in two; there is room, since each holds a value.
                if (upper.Values > 0 && bracket.Values > 0)
                    open[waiting++] = upper;
                active[still] = bracket.Values > 0 ? bracket : upper;
                if (active[still].IsNarrow(problem.AbsoluteWidth))
                    Write(active[still], values, ref written, exponent);
                else
                    still++;
            }

            busy = still;
        }

        values.Sort();
        return written == n ? SpectrumOutcome.Converged : SpectrumOutcome.NotConverged;
    }

    private static void Write(in SturmBracket bracket, Span<double> values, ref int written, int exponent)
    {
        for (long i = 0; i < bracket.Values && written < values.Length; i++)
            values[written++] = Math.ScaleB(bracket.Estimate, exponent);
    }

    private interface ISturmProblem
    {
        double AbsoluteWidth { get; }

        void Evaluate(SturmLanes* lanes);
    }

    private readonly struct Tridiagonal<TKernel>(double* diagonal, double* squares, int n) : ISturmProblem
        where TKernel : struct, ISturmKernel
    {
        public double AbsoluteWidth => 1.0 / (1L << 56);

        public void Evaluate(SturmLanes* lanes) => TKernel.Tridiagonal(diagonal, squares, n, lanes);
    }

    private readonly struct GolubKahan<TKernel>(double* squares, int columns) : ISturmProblem
        where TKernel : struct, ISturmKernel
    {
        public double AbsoluteWidth => 1.0 / (1L << 60);

        public void Evaluate(SturmLanes* lanes) => TKernel.GolubKahan(squares, columns, lanes);
    }
}
