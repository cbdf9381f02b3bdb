using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// Division-free Sturm counts of <see cref="Lanes"/> shifts at a time. The leading principal minors p_k = (d_k - x) p_(k-1) - e_(k-1)^2 p_(k-2) change sign once for each
/// eigenvalue below x (Wilkinson 1965, chapter 5, section 36). They are multiplied by a power of two every eight steps, so that they neither overflow nor underflow:
/// the caller scales the matrix to norm 1 and keeps every e^2 above <see cref="SmallestSquare"/>, with which eight steps shrink by at most 1e-300.
/// </summary>
internal static unsafe class SturmCount
{
    /// <summary>The shifts counted together.</summary>
    public const int Lanes = 32;

    /// <summary>What a smaller e^2 is raised to: e = 2^-62 moves an eigenvalue by less than 1 % of the rounding error of the norm.</summary>
    public const double SmallestSquare = 1.0 / ((1L << 62) * (double)(1L << 62));

    private const int StepsBetweenScalings = 8;

    /// <summary>Counts the eigenvalues below each shift of a symmetric tridiagonal matrix.</summary>
    /// <param name="diagonal">n entries d_k.</param>
    /// <param name="squares">n entries: at k the square of what couples k - 1 and k; the first is not used but finite.</param>
    /// <param name="n">The order, 1 or more.</param>
    /// <param name="shifts"><see cref="Lanes"/> shifts x.</param>
    /// <param name="counts">Receives <see cref="Lanes"/> counts, 0 to n.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tridiagonal(double* diagonal, double* squares, nint n, double* shifts, long* counts)
    {
        for (nint lane = 0; lane < Lanes; lane += 16)
        {
            Vector256<double> x0 = Vector256.Load(shifts + lane), x1 = Vector256.Load(shifts + lane + 4);
            Vector256<double> x2 = Vector256.Load(shifts + lane + 8), x3 = Vector256.Load(shifts + lane + 12);
            Vector256<double> p0 = Vector256<double>.One, p1 = p0, p2 = p0, p3 = p0;
            Vector256<double> q0 = default, q1 = default, q2 = default, q3 = default;
            Vector256<long> c0 = default, c1 = default, c2 = default, c3 = default;
            for (nint start = 0; start < n; start += StepsBetweenScalings)
            {
                nint end = Math.Min(start + StepsBetweenScalings, n);
                for (nint k = start; k < end; k++)
                {
                    Vector256<double> d = Vector256.Create(diagonal[k]), e = Vector256.Create(-squares[k]);
                    Vector256<double> r0 = Vector256.MultiplyAddEstimate(d - x0, p0, e * q0), r1 = Vector256.MultiplyAddEstimate(d - x1, p1, e * q1);
                    Vector256<double> r2 = Vector256.MultiplyAddEstimate(d - x2, p2, e * q2), r3 = Vector256.MultiplyAddEstimate(d - x3, p3, e * q3);
                    c0 += Vector256.ShiftRightLogical((r0 ^ p0).AsInt64(), 63);
                    c1 += Vector256.ShiftRightLogical((r1 ^ p1).AsInt64(), 63);
                    c2 += Vector256.ShiftRightLogical((r2 ^ p2).AsInt64(), 63);
                    c3 += Vector256.ShiftRightLogical((r3 ^ p3).AsInt64(), 63);
                    (q0, q1, q2, q3) = (p0, p1, p2, p3);
                    (p0, p1, p2, p3) = (r0, r1, r2, r3);
                }

                Rescale(ref p0, ref q0);
                Rescale(ref p1, ref q1);
                Rescale(ref p2, ref q2);
                Rescale(ref p3, ref q3);
            }

            c0.Store(counts + lane);
            c1.Store(counts + lane + 4);
            c2.Store(counts + lane + 8);
            c3.Store(counts + lane + 12);
        }
    }

    /// <summary>
    /// Counts the singular values below each positive shift of an upper bidiagonal matrix, as eigenvalues of its Golub-Kahan form: the symmetric tridiagonal matrix of order
    /// 2 M with zero diagonal that couples d_1, e_1, d_2, ..., d_M (Golub and Kahan 1965). There the minors are r_k = x r_(k-1) - f_k r_(k-2) up to sign, and
    /// each sign kept is an eigenvalue below x.
    /// </summary>
    /// <param name="squares">2 M entries f: the first is not used but finite, then the squares of d_1, e_1, d_2, ..., d_M.</param>
    /// <param name="columns">M, 1 or more.</param>
    /// <param name="shifts"><see cref="Lanes"/> shifts x, positive.</param>
    /// <param name="counts">Receives <see cref="Lanes"/> counts, 0 to M.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GolubKahan(double* squares, nint columns, double* shifts, long* counts)
    {
        nint n = 2 * columns;
        for (nint lane = 0; lane < Lanes; lane += 16)
        {
            Vector256<double> x0 = Vector256.Load(shifts + lane), x1 = Vector256.Load(shifts + lane + 4);
            Vector256<double> x2 = Vector256.Load(shifts + lane + 8), x3 = Vector256.Load(shifts + lane + 12);
            Vector256<double> p0 = Vector256<double>.One, p1 = p0, p2 = p0, p3 = p0;
            Vector256<double> q0 = default, q1 = default, q2 = default, q3 = default;
            Vector256<long> c0 = Vector256.Create((long)columns), c1 = c0, c2 = c0, c3 = c0;
            for (nint start = 0; start < n; start += StepsBetweenScalings)
            {
                nint end = Math.Min(start + StepsBetweenScalings, n);
                for (nint k = start; k < end; k++)
                {
                    Vector256<double> f = Vector256.Create(-squares[k]);
                    Vector256<double> r0 = Vector256.MultiplyAddEstimate(x0, p0, f * q0), r1 = Vector256.MultiplyAddEstimate(x1, p1, f * q1);
                    Vector256<double> r2 = Vector256.MultiplyAddEstimate(x2, p2, f * q2), r3 = Vector256.MultiplyAddEstimate(x3, p3, f * q3);
                    c0 -= Vector256.ShiftRightLogical((r0 ^ p0).AsInt64(), 63);
                    c1 -= Vector256.ShiftRightLogical((r1 ^ p1).AsInt64(), 63);
                    c2 -= Vector256.ShiftRightLogical((r2 ^ p2).AsInt64(), 63);
                    c3 -= Vector256.ShiftRightLogical((r3 ^ p3).AsInt64(), 63);
                    (q0, q1, q2, q3) = (p0, p1, p2, p3);
                    (p0, p1, p2, p3) = (r0, r1, r2, r3);
                }

                Rescale(ref p0, ref q0);
                Rescale(ref p1, ref q1);
                Rescale(ref p2, ref q2);
                Rescale(ref p3, ref q3);
            }

            c0.Store(counts + lane);
            c1.Store(counts + lane + 4);
            c2.Store(counts + lane + 8);
            c3.Store(counts + lane + 12);
        }
    }

    /// <summary>Multiplies both by the power of two that brings the larger magnitude into [1, 2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rescale(ref Vector256<double> p, ref Vector256<double> q)
    {
        Vector256<long> exponents = Vector256.Max(Vector256.Abs(p), Vector256.Abs(q)).AsInt64() & Vector256.Create(0x7FF0000000000000);
        Vector256<double> factor = (Vector256.Create(0x7FE0000000000000) - exponents).AsDouble();
        p *= factor;
        q *= factor;
    }
}
