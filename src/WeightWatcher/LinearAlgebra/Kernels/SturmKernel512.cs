using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra.Kernels;

/// <summary>Four vectors of 8 shifts.</summary>
internal readonly unsafe struct SturmKernel512 : ISturmKernel
{
    private const int Together = 32;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tridiagonal(double* diagonal, double* squares, nint n, SturmLanes* lanes)
    {
        for (nint lane = 0; lane < SturmLanes.Count; lane += Together)
        {
            double* shifts = lanes->Shifts + lane;
            Vector512<double> x0 = Vector512.Load(shifts), x1 = Vector512.Load(shifts + 8), x2 = Vector512.Load(shifts + 16), x3 = Vector512.Load(shifts + 24);
            Vector512<double> p0 = Vector512<double>.One, p1 = p0, p2 = p0, p3 = p0, q0 = default, q1 = default, q2 = default, q3 = default;
            Vector512<long> c0 = default, c1 = c0, c2 = c0, c3 = c0, e0 = default, e1 = default, e2 = default, e3 = default;
            for (nint start = 0; start < n; start += SturmLanes.StepsBetweenScalings)
            {
                nint end = Math.Min(start + SturmLanes.StepsBetweenScalings, n);
                for (nint k = start; k < end; k++)
                {
                    Vector512<double> d = Vector512.Create(diagonal[k]), f = Vector512.Create(-squares[k]);
                    Vector512<double> r0 = Vector512.MultiplyAddEstimate(d - x0, p0, f * q0);
                    Vector512<double> r1 = Vector512.MultiplyAddEstimate(d - x1, p1, f * q1);
                    Vector512<double> r2 = Vector512.MultiplyAddEstimate(d - x2, p2, f * q2);
                    Vector512<double> r3 = Vector512.MultiplyAddEstimate(d - x3, p3, f * q3);
                    c0 += Vector512.ShiftRightLogical((r0 ^ p0).AsInt64(), 63);
                    c1 += Vector512.ShiftRightLogical((r1 ^ p1).AsInt64(), 63);
                    c2 += Vector512.ShiftRightLogical((r2 ^ p2).AsInt64(), 63);
                    c3 += Vector512.ShiftRightLogical((r3 ^ p3).AsInt64(), 63);
                    (q0, q1, q2, q3) = (p0, p1, p2, p3);
                    (p0, p1, p2, p3) = (r0, r1, r2, r3);
                }

                Rescale(ref p0, ref q0, ref e0);
                Rescale(ref p1, ref q1, ref e1);
                Rescale(ref p2, ref q2, ref e2);
                Rescale(ref p3, ref q3, ref e3);
            }

            Store(lanes, lane, c0, p0, e0);
            Store(lanes, lane + 8, c1, p1, e1);
            Store(lanes, lane + 16, c2, p2, e2);
            Store(lanes, lane + 24, c3, p3, e3);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GolubKahan(double* squares, nint columns, SturmLanes* lanes)
    {
        nint n = 2 * columns;
        for (nint lane = 0; lane < SturmLanes.Count; lane += Together)
        {
            double* shifts = lanes->Shifts + lane;
            Vector512<double> x0 = Vector512.Load(shifts), x1 = Vector512.Load(shifts + 8), x2 = Vector512.Load(shifts + 16), x3 = Vector512.Load(shifts + 24);
            Vector512<double> p0 = Vector512<double>.One, p1 = p0, p2 = p0, p3 = p0, q0 = default, q1 = default, q2 = default, q3 = default;
            Vector512<long> c0 = Vector512.Create((long)columns), c1 = c0, c2 = c0, c3 = c0, e0 = default, e1 = default, e2 = default, e3 = default;
            for (nint start = 0; start < n; start += SturmLanes.StepsBetweenScalings)
            {
                nint end = Math.Min(start + SturmLanes.StepsBetweenScalings, n);
                for (nint k = start; k < end; k++)
                {
                    Vector512<double> f = Vector512.Create(-squares[k]);
                    Vector512<double> r0 = Vector512.MultiplyAddEstimate(x0, p0, f * q0);
                    Vector512<double> r1 = Vector512.MultiplyAddEstimate(x1, p1, f * q1);
                    Vector512<double> r2 = Vector512.MultiplyAddEstimate(x2, p2, f * q2);
                    Vector512<double> r3 = Vector512.MultiplyAddEstimate(x3, p3, f * q3);
                    c0 -= Vector512.ShiftRightLogical((r0 ^ p0).AsInt64(), 63);
                    c1 -= Vector512.ShiftRightLogical((r1 ^ p1).AsInt64(), 63);
                    c2 -= Vector512.ShiftRightLogical((r2 ^ p2).AsInt64(), 63);
                    c3 -= Vector512.ShiftRightLogical((r3 ^ p3).AsInt64(), 63);
                    (q0, q1, q2, q3) = (p0, p1, p2, p3);
                    (p0, p1, p2, p3) = (r0, r1, r2, r3);
                }

                Rescale(ref p0, ref q0, ref e0);
                Rescale(ref p1, ref q1, ref e1);
                Rescale(ref p2, ref q2, ref e2);
                Rescale(ref p3, ref q3, ref e3);
            }

            Store(lanes, lane, c0, p0, e0);
            Store(lanes, lane + 8, c1, p1, e1);
            Store(lanes, lane + 16, c2, p2, e2);
            Store(lanes, lane + 24, c3, p3, e3);
        }
    }

    /// <summary>Multiplies both by the power of two that brings the larger magnitude into [1, 2), and counts it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rescale(ref Vector512<double> p, ref Vector512<double> q, ref Vector512<long> exponents)
    {
        Vector512<long> biased = Vector512.Max(Vector512.Abs(p), Vector512.Abs(q)).AsInt64() & Vector512.Create(0x7FF0000000000000);
        Vector512<double> factor = (Vector512.Create(0x7FE0000000000000) - biased).AsDouble();
        exponents += Vector512.ShiftRightLogical(biased, 52) - Vector512.Create(1023L);
        p *= factor;
        q *= factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(SturmLanes* lanes, nint lane, Vector512<long> below, Vector512<double> mantissas, Vector512<long> exponents)
    {
        below.Store(lanes->Below + lane);
        mantissas.Store(lanes->Mantissas + lane);
        exponents.Store(lanes->Exponents + lane);
    }
}
