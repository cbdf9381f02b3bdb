using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The eigenvalues of several symmetric tridiagonal matrices of one order at once, a matrix in each lane, by the QL iteration without square roots of Pal, Walker and Kahan (Parlett 1998,
/// section 8.15) with Wilkinson's shift. A lane whose eigenvalue is found waits for the others; what it holds does not change meanwhile.
/// </summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal static unsafe class LaneQl<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>How many sweeps an eigenvalue may take; two are usual.</summary>
    private const int MostSweeps = 60;

    /// <summary>A coupling counts as none at this share of the norm, a quarter of the rounding error of the norm.</summary>
    private const double NegligibleShare = 1.0 / (1L << 55);

    /// <summary>A square below this is taken for zero: its reciprocal would leave the range of a double.</summary>
    private const double SmallestSquare = 1e-270;

    /// <summary>Finds the eigenvalues.</summary>
    /// <param name="diagonal">n vectors; receives the eigenvalues in any order.</param>
    /// <param name="squares">n vectors: at i the square of what couples i and i + 1; the last is not used. Overwritten.</param>
    /// <param name="n">The order, 1 or more.</param>
    /// <param name="ct">Asked at every sweep.</param>
    /// <returns>A bit for each lane whose iteration did not end or whose numbers are not finite; what <paramref name="diagonal"/> has in it is then of no use.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Eigenvalues(double* diagonal, double* squares, int n, CancellationToken ct)
    {
        nint lanes = TLanes.Count, end = (n - 1) * lanes;
        TLanes zero = default, one = TLanes.Create(1), norm = zero;
        for (nint i = 0; i < end; i += lanes)
        {
            TLanes d = TLanes.Load(diagonal + i), sum = TLanes.MultiplyAdd(d, d, TLanes.Load(squares + i));
            norm = TLanes.Select(TLanes.Greater(norm, sum), norm, sum);
        }

        TLanes last = TLanes.Load(diagonal + end);
        norm = TLanes.Select(TLanes.Greater(norm, last * last), norm, last * last);
        TLanes negligible = norm * TLanes.Create(NegligibleShare * NegligibleShare);
        uint failed = 0;
        for (nint l = 0; l < end; l += lanes)
        {
            for (int sweep = 0; ; sweep++)
            {
                TLanes square = TLanes.Load(squares + l), open = TLanes.Greater(square, negligible);
                uint bits = TLanes.Bits(open);
                if (bits == 0)
                    break;
                ct.ThrowIfCancellationRequested();
                if (sweep == MostSweeps)
                {
                    // These lanes take no part any more, and the others go on.
                    failed |= bits;
                    negligible = TLanes.Select(open, TLanes.Create(double.PositiveInfinity), negligible);
                    break;
                }

                // Wilkinson's shift: the eigenvalue of the leading 2 x 2 corner that is nearer to its first entry.
                TLanes d = TLanes.Load(diagonal + l), root = TLanes.Sqrt(TLanes.Select(open, square, one));
                TLanes sigma = (TLanes.Load(diagonal + l + lanes) - d) / (root + root);
                TLanes hypotenuse = TLanes.Sqrt(TLanes.MultiplyAdd(sigma, sigma, one));
                sigma = d - (root / (sigma + TLanes.CopySign(hypotenuse, sigma)));
                Sweep(diagonal, squares, l, end, sigma, open);
            }
        }

        // Infinity and NaN times zero are NaN, which no comparison holds for.
        TLanes nothing = zero;
        for (nint i = 0; i <= end; i += lanes)
            nothing += TLanes.Load(diagonal + i) * zero;
        return failed | (TLanes.Bits(TLanes.Greater(one, nothing)) ^ ((1u << TLanes.Count) - 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sweep(double* diagonal, double* squares, nint l, nint end, TLanes sigma, TLanes open)
    {
        nint lanes = TLanes.Count;
        TLanes zero = default, one = TLanes.Create(1), smallest = TLanes.Create(SmallestSquare);
        TLanes c = one, s = zero, gamma = TLanes.Load(diagonal + end) - sigma, p = gamma * gamma;
        for (nint i = end - lanes; i >= l; i -= lanes)
        {
            TLanes b = TLanes.Load(squares + i), r = p + b;
            TLanes some = TLanes.Greater(r, smallest), divisor = TLanes.Select(some, r, one), left = TLanes.Greater(p, smallest);
            TLanes formerSquare = s * r, formerC = c, formerGamma = gamma;
            if (i + lanes < end)
                TLanes.Select(open, formerSquare, TLanes.Load(squares + i + lanes)).Store(squares + i + lanes);

            // Where r is zero there is nothing to rotate; where only p is, the rotation exchanges the two.
            TLanes reciprocal = one / divisor, inverse = divisor / TLanes.Select(left, p, one);
            c = TLanes.Select(some, p * reciprocal, one);
            s = TLanes.Select(some, b * reciprocal, zero);
            TLanes alpha = TLanes.Load(diagonal + i);
            gamma = TLanes.MultiplyAdd(c, alpha - sigma, zero - (s * formerGamma));
            TLanes.Select(open, formerGamma + (alpha - gamma), TLanes.Load(diagonal + i + lanes)).Store(diagonal + i + lanes);
            TLanes turned = TLanes.Select(some, formerC * b, gamma * gamma);
            p = TLanes.Select(left, gamma * gamma * inverse, turned);
        }

        TLanes.Select(open, s * p, TLanes.Load(squares + l)).Store(squares + l);
        TLanes.Select(open, sigma + gamma, TLanes.Load(diagonal + l)).Store(diagonal + l);
    }
}
