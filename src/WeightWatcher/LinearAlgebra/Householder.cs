using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra;

/// <summary>The reflection H = I - tau v v' with v_0 = 1 that maps a vector to a multiple of the first axis (Golub and Van Loan, section 5.1), and the vector operations it needs.</summary>
internal static unsafe class Householder
{
    // Squares of entries below 1e-140 of a scaled matrix are not normal numbers; such a vector is 125 orders of magnitude below the rounding errors.
    private const double NegligibleSquare = 1e-280;

    private const int LongestRun = 2048;

    /// <summary>Overwrites x by v (v_0 = 1).</summary>
    /// <param name="x">n entries; receives v, or stays as it is when tau is 0.</param>
    /// <param name="n">The length, 1 or more.</param>
    /// <param name="tau">2 / v'v, or 0 when nothing is to be reflected.</param>
    /// <returns>The first entry of H x; the others are 0, or negligible when tau is 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Reflect(double* x, nint n, out double tau)
    {
        double tail = n > 1 ? Dot(x + 1, x + 1, n - 1) : 0;
        if (tail < NegligibleSquare)
        {
            tau = 0;
            return x[0];
        }

        double first = x[0];
        double image = -Math.CopySign(Math.Sqrt((first * first) + tail), first);
        tau = (image - first) / image;
        double scale = 1 / (first - image);
        x[0] = 1;
        for (nint i = 1; i < n; i++)
            x[i] *= scale;
        return image;
    }

    /// <summary>The sum of x_i y_i, pairwise for long vectors: the error grows with the logarithm of n, also where all products are alike.</summary>
    public static double Dot(double* x, double* y, nint n)
    {
        if (n <= LongestRun)
            return DotRun(x, y, n);
        nint half = n / 2;
        return Dot(x, y, half) + Dot(x + half, y + half, n - half);
    }

    /// <summary>y += a x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double a, double* x, double* y, nint n)
    {
        Vector256<double> factor = Vector256.Create(a);
        nint i = 0;
        for (; i + 4 <= n; i += 4)
            Vector256.MultiplyAddEstimate(factor, Vector256.Load(x + i), Vector256.Load(y + i)).Store(y + i);
        for (; i < n; i++)
            y[i] += a * x[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double DotRun(double* x, double* y, nint n)
    {
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        nint i = 0;
        for (; i + 16 <= n; i += 16)
        {
            s0 = Vector256.MultiplyAddEstimate(Vector256.Load(x + i), Vector256.Load(y + i), s0);
            s1 = Vector256.MultiplyAddEstimate(Vector256.Load(x + i + 4), Vector256.Load(y + i + 4), s1);
            s2 = Vector256.MultiplyAddEstimate(Vector256.Load(x + i + 8), Vector256.Load(y + i + 8), s2);
            s3 = Vector256.MultiplyAddEstimate(Vector256.Load(x + i + 12), Vector256.Load(y + i + 12), s3);
        }

        double sum = Vector256.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++)
            sum += x[i] * y[i];
        return sum;
    }
}
