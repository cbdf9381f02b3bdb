using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The reduction of several symmetric matrices of one order to tridiagonal form at once, a matrix in each lane: the steps of <see cref="HouseholderTridiagonalization"/>, in which no
/// sum runs across a vector, so that matrices too small for long vectors use them fully.
/// </summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal static unsafe class LaneTridiagonalization<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    // As in Householder.Reflect.
    private const double NegligibleSquare = 1e-280;

    /// <summary>The vectors of scratch that <see cref="Reduce"/> needs.</summary>
    public static int ScratchFor(int n) => 4 * n;

    /// <summary>The place of the first lane of row i in the packed triangle, in vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Row(nint i) => i * (i + 1) / 2;

    /// <summary>Reduces the matrices.</summary>
    /// <param name="a">The lower triangles, packed row by row, a vector for each entry; overwritten.</param>
    /// <param name="n">The order, 1 or more.</param>
    /// <param name="diagonal">Receives n vectors.</param>
    /// <param name="squares">Receives n - 1 vectors: the one at i is the square of what couples i and i + 1.</param>
    /// <param name="scratch"><see cref="ScratchFor"/> vectors.</param>
    /// <param name="ct">Asked at every step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(double* a, int n, double* diagonal, double* squares, double* scratch, CancellationToken ct)
    {
        nint lanes = TLanes.Count, length = n * lanes;
        double* v = scratch, w = scratch + length, nextV = w + length, nextW = nextV + length;
        new Span<double>(scratch, (int)(4 * length)).Clear();
        TLanes zero = default, one = TLanes.Create(1), half = TLanes.Create(0.5), negligible = TLanes.Create(NegligibleSquare);
        for (nint k = n - 1; k > 0; k--)
        {
            ct.ThrowIfCancellationRequested();
            double* row = a + (Row(k) * lanes);
            Update(row, (k + 1) * lanes, v, w, TLanes.Load(v + (k * lanes)), TLanes.Load(w + (k * lanes)));
            TLanes.Load(row + (k * lanes)).Store(diagonal + (k * lanes));

            // The reflection maps the row left of the diagonal to a multiple of the axis k - 1.
            nint last = (k - 1) * lanes;
            TLanes tail = zero, other = zero, first = TLanes.Load(row + last);
            nint j = 0;
            for (; j + lanes < last; j += 2 * lanes)
            {
                TLanes x = TLanes.Load(row + j), y = TLanes.Load(row + j + lanes);
                tail = TLanes.MultiplyAdd(x, x, tail);
                other = TLanes.MultiplyAdd(y, y, other);
            }

            if (j < last)
            {
                TLanes x = TLanes.Load(row + j);
                tail = TLanes.MultiplyAdd(x, x, tail);
            }

            tail += other;
            TLanes reflects = TLanes.Greater(tail, negligible), square = TLanes.MultiplyAdd(first, first, tail);
            TLanes image = zero - TLanes.CopySign(TLanes.Sqrt(square), first), difference = image - first;
            TLanes.Select(reflects, square, first * first).Store(squares + last);
            TLanes tau = TLanes.Select(reflects, difference / image, zero), scale = TLanes.Select(reflects, zero - (one / difference), zero);
            for (j = 0; j < last; j += lanes)
            {
                (TLanes.Load(row + j) * scale).Store(nextV + j);
                zero.Store(nextW + j);
            }

            TLanes.Select(reflects, one, zero).Store(nextV + last);
            zero.Store(nextW + last);

            // One pass: the update that the step before left, and the product of what it gives with the new vector.
            nint i = 0;
            for (; i + 2 <= k; i += 2)
                TwoRows(a + (Row(i) * lanes), a + (Row(i + 1) * lanes), i * lanes, v, w, nextV, nextW);
            if (i < k)
                OneRow(a + (Row(i) * lanes), i * lanes, v, w, nextV, nextW);

            TLanes dot = zero;
            for (j = 0; j < k * lanes; j += lanes)
                dot = TLanes.MultiplyAdd(TLanes.Load(nextW + j), TLanes.Load(nextV + j), dot);
            TLanes back = half * tau * dot;
            for (j = 0; j < k * lanes; j += lanes)
                (tau * (TLanes.Load(nextW + j) - (back * TLanes.Load(nextV + j)))).Store(nextW + j);
            double* oldV = v, oldW = w;
            v = nextV;
            w = nextW;
            nextV = oldV;
            nextW = oldW;
        }

        Update(a, lanes, v, w, TLanes.Load(v), TLanes.Load(w));
        TLanes.Load(a).Store(diagonal);
    }

    /// <summary>row -= p w' + q v'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update(double* row, nint length, double* v, double* w, TLanes p, TLanes q)
    {
        TLanes minusP = default(TLanes) - p, minusQ = default(TLanes) - q;
        for (nint j = 0; j < length; j += TLanes.Count)
            TLanes.MultiplyAdd(minusQ, TLanes.Load(v + j), TLanes.MultiplyAdd(minusP, TLanes.Load(w + j), TLanes.Load(row + j))).Store(row + j);
    }

    /// <summary>Updates two rows up to their diagonals by -v w' - w v' and adds what they contribute to A x, in both triangles, to y; i is the place of the upper row's diagonal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoRows(double* row, double* next, nint i, double* v, double* w, double* x, double* y)
    {
        nint lanes = TLanes.Count;
        TLanes p0 = default(TLanes) - TLanes.Load(v + i), q0 = default(TLanes) - TLanes.Load(w + i);
        TLanes p1 = default(TLanes) - TLanes.Load(v + i + lanes), q1 = default(TLanes) - TLanes.Load(w + i + lanes);
        TLanes x0 = TLanes.Load(x + i), x1 = TLanes.Load(x + i + lanes), s0 = default, s1 = default;
        for (nint j = 0; j < i; j += lanes)
        {
            TLanes wj = TLanes.Load(w + j), vj = TLanes.Load(v + j), xj = TLanes.Load(x + j);
            TLanes r0 = TLanes.MultiplyAdd(q0, vj, TLanes.MultiplyAdd(p0, wj, TLanes.Load(row + j)));
            TLanes r1 = TLanes.MultiplyAdd(q1, vj, TLanes.MultiplyAdd(p1, wj, TLanes.Load(next + j)));
            r0.Store(row + j);
            r1.Store(next + j);
            s0 = TLanes.MultiplyAdd(r0, xj, s0);
            s1 = TLanes.MultiplyAdd(r1, xj, s1);
            TLanes.MultiplyAdd(x1, r1, TLanes.MultiplyAdd(x0, r0, TLanes.Load(y + j))).Store(y + j);
        }

        // The corner of three entries: the diagonal of the upper row, and what the lower one has beside and below it.
        TLanes v0 = TLanes.Load(v + i), w0 = TLanes.Load(w + i), v1 = TLanes.Load(v + i + lanes), w1 = TLanes.Load(w + i + lanes);
        TLanes a00 = TLanes.MultiplyAdd(q0, v0, TLanes.MultiplyAdd(p0, w0, TLanes.Load(row + i)));
        TLanes a10 = TLanes.MultiplyAdd(q1, v0, TLanes.MultiplyAdd(p1, w0, TLanes.Load(next + i)));
        TLanes a11 = TLanes.MultiplyAdd(q1, v1, TLanes.MultiplyAdd(p1, w1, TLanes.Load(next + i + lanes)));
        a00.Store(row + i);
        a10.Store(next + i);
        a11.Store(next + i + lanes);
        TLanes.MultiplyAdd(a10, x1, TLanes.MultiplyAdd(a00, x0, TLanes.Load(y + i) + s0)).Store(y + i);
        TLanes.MultiplyAdd(a11, x1, TLanes.MultiplyAdd(a10, x0, TLanes.Load(y + i + lanes) + s1)).Store(y + i + lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(double* row, nint i, double* v, double* w, double* x, double* y)
    {
        nint lanes = TLanes.Count;
        Update(row, i + lanes, v, w, TLanes.Load(v + i), TLanes.Load(w + i));
        TLanes xi = TLanes.Load(x + i), sum = TLanes.Load(row + i) * xi;
        for (nint j = 0; j < i; j += lanes)
        {
            TLanes r = TLanes.Load(row + j);
            sum = TLanes.MultiplyAdd(r, TLanes.Load(x + j), sum);
            TLanes.MultiplyAdd(xi, r, TLanes.Load(y + j)).Store(y + j);
        }

        (TLanes.Load(y + i) + sum).Store(y + i);
    }
}
