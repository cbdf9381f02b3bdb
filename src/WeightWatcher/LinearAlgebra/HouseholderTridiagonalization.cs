using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// One-stage Householder reduction of a symmetric matrix to tridiagonal form (Golub and Van Loan, section 8.3.1), for small matrices and as the yardstick
/// of the two-stage reduction. The last row goes first, so that the rows still active begin at column 0; the symmetric rank-2 update of one step is applied while the
/// next step multiplies, so that each step passes over the matrix once.
/// </summary>
internal static unsafe class HouseholderTridiagonalization
{
    /// <summary>Reduces A, of which only the lower triangle is read and overwritten.</summary>
    /// <param name="a">n x n, row-major.</param>
    /// <param name="n">The order, 1 or more.</param>
    /// <param name="stride">The distance of rows, n or more.</param>
    /// <param name="diagonal">Receives n entries.</param>
    /// <param name="offDiagonal">Receives n - 1 entries: the one at i couples i and i + 1.</param>
    /// <param name="scratch">4 n doubles.</param>
    /// <param name="ct">Asked at every step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Reduce(double* a, int n, nint stride, double* diagonal, double* offDiagonal, double* scratch, CancellationToken ct)
    {
        double* v = scratch, w = scratch + n, nextV = w + n, nextW = nextV + n;
        new Span<double>(scratch, 4 * n).Clear();
        bool pending = false;
        for (int k = n - 1; k > 0; k--)
        {
            ct.ThrowIfCancellationRequested();
            double* row = a + (k * stride);
            if (pending)
                Update(row, k + 1, v[k], w, w[k], v);
            diagonal[k] = row[k];

            // The reflection maps row k left of the diagonal to a multiple of the axis k - 1, so its vector is kept with that entry first in Reflect's sense.
            (row[0], row[k - 1]) = (row[k - 1], row[0]);
            offDiagonal[k - 1] = Householder.Reflect(row, k, out double tau);
            if (tau == 0)
            {
                if (pending)
                {
                    for (int i = 0; i < k; i++)
                        Update(a + (i * stride), i + 1, v[i], w, w[i], v);
                    pending = false;
                    new Span<double>(scratch, 4 * n).Clear();
                }

                continue;
            }

            (row[0], row[k - 1]) = (row[k - 1], row[0]);
            Buffer.MemoryCopy(row, nextV, k * sizeof(double), k * sizeof(double));
            new Span<double>(nextW, k).Clear();
            int row0 = 0;
            for (; row0 + 2 <= k; row0 += 2)
                TwoRows(a + (row0 * stride), stride, row0, v, w, nextV, nextW);
            if (row0 < k)
            {
                double* last = a + (row0 * stride);
                Update(last, k, v[row0], w, w[row0], v);
                nextW[row0] += MultiplySymmetric(last, row0, nextV, nextV[row0], nextW) + (last[row0] * nextV[row0]);
            }

            double half = 0.5 * tau * Householder.Dot(nextW, nextV, k);
            for (int i = 0; i < k; i++)
                nextW[i] = tau * (nextW[i] - (half * nextV[i]));
            double* oldV = v, oldW = w;
            v = nextV;
            w = nextW;
            nextV = oldV;
            nextW = oldW;
            pending = true;
        }

        if (pending)
            a[0] -= 2 * v[0] * w[0];
        diagonal[0] = a[0];
    }

    /// <summary>Updates rows i and i + 1 up to the diagonal by -v w' - w v' and adds what they contribute to A x, in both triangles, to y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoRows(double* row, nint stride, nint i, double* v, double* w, double* x, double* y)
    {
        double* next = row + stride;
        Vector256<double> p0 = Vector256.Create(-v[i]), q0 = Vector256.Create(-w[i]), p1 = Vector256.Create(-v[i + 1]), q1 = Vector256.Create(-w[i + 1]);
        Vector256<double> x0 = Vector256.Create(x[i]), x1 = Vector256.Create(x[i + 1]), s0 = default, s1 = default;
        nint j = 0;
        for (; j + 4 <= i; j += 4)
        {
            Vector256<double> wj = Vector256.Load(w + j), vj = Vector256.Load(v + j), xj = Vector256.Load(x + j);
            Vector256<double> r0 = Vector256.MultiplyAddEstimate(q0, vj, Vector256.MultiplyAddEstimate(p0, wj, Vector256.Load(row + j)));
            Vector256<double> r1 = Vector256.MultiplyAddEstimate(q1, vj, Vector256.MultiplyAddEstimate(p1, wj, Vector256.Load(next + j)));
            r0.Store(row + j);
            r1.Store(next + j);
            s0 = Vector256.MultiplyAddEstimate(r0, xj, s0);
            s1 = Vector256.MultiplyAddEstimate(r1, xj, s1);
            Vector256.MultiplyAddEstimate(x1, r1, Vector256.MultiplyAddEstimate(x0, r0, Vector256.Load(y + j))).Store(y + j);
        }

        double sum0 = Vector256.Sum(s0), sum1 = Vector256.Sum(s1);
        for (; j < i; j++)
        {
            row[j] = row[j] - (v[i] * w[j]) - (w[i] * v[j]);
            next[j] = next[j] - (v[i + 1] * w[j]) - (w[i + 1] * v[j]);
            sum0 += row[j] * x[j];
            sum1 += next[j] * x[j];
            y[j] += (x[i] * row[j]) + (x[i + 1] * next[j]);
        }

        row[i] -= 2 * v[i] * w[i];
        next[i] = next[i] - (v[i + 1] * w[i]) - (w[i + 1] * v[i]);
        next[i + 1] -= 2 * v[i + 1] * w[i + 1];
        y[i] += sum0 + (row[i] * x[i]) + (next[i] * x[i + 1]);
        y[i + 1] += sum1 + (next[i] * x[i]) + (next[i + 1] * x[i + 1]);
    }

    /// <summary>row -= p w' + q v', the first n entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update(double* row, nint n, double p, double* w, double q, double* v)
    {
        Vector256<double> minusP = Vector256.Create(-p), minusQ = Vector256.Create(-q);
        nint j = 0;
        for (; j + 4 <= n; j += 4)
        {
            Vector256<double> sum = Vector256.MultiplyAddEstimate(minusP, Vector256.Load(w + j), Vector256.Load(row + j));
            Vector256.MultiplyAddEstimate(minusQ, Vector256.Load(v + j), sum).Store(row + j);
        }

        for (; j < n; j++)
            row[j] = row[j] - (p * w[j]) - (q * v[j]);
    }

    /// <summary>Returns row'x and adds xi times row to y: what a row left of the diagonal contributes to A x in both triangles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double MultiplySymmetric(double* row, nint n, double* x, double xi, double* y)
    {
        Vector256<double> factor = Vector256.Create(xi), s0 = default, s1 = default;
        nint j = 0;
        for (; j + 8 <= n; j += 8)
        {
            Vector256<double> r0 = Vector256.Load(row + j), r1 = Vector256.Load(row + j + 4);
            s0 = Vector256.MultiplyAddEstimate(r0, Vector256.Load(x + j), s0);
            s1 = Vector256.MultiplyAddEstimate(r1, Vector256.Load(x + j + 4), s1);
            Vector256.MultiplyAddEstimate(factor, r0, Vector256.Load(y + j)).Store(y + j);
            Vector256.MultiplyAddEstimate(factor, r1, Vector256.Load(y + j + 4)).Store(y + j + 4);
        }

        double sum = Vector256.Sum(s0 + s1);
        for (; j < n; j++)
        {
            sum += row[j] * x[j];
            y[j] += xi * row[j];
        }

        return sum;
    }
}
