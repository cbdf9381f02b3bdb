using System.Numerics;
using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The largest eigenvalue of W'W alone, by the Lanczos iteration from a fixed start (Golub and Van Loan, section 10.1): tens of products with W instead of a
/// whole spectrum. Without reorthogonalisation copies of converged eigenvalues appear, which do not move the largest.
/// </summary>
internal static unsafe class LargestEigenvalue
{
    /// <summary>The relative error that is aimed at.</summary>
    public const double Tolerance = 1e-10;

    // Below this order a whole spectrum is as cheap.
    private const int SmallestOrder = 64;
    private const int MostIterations = 400;
    private const int FirstCheck = 10, StepsBetweenChecks = 5;
    private const int RowsTogether = 4; // rows of W that are widened at a time

    /// <summary>Computes lambda_max with a relative error of about <see cref="Tolerance"/>; where the iteration does not converge, from the whole spectrum.</summary>
    /// <param name="w">rows x columns, row-major; W and its transpose give the same value up to the tolerance.</param>
    /// <param name="rows">The rows, 0 or more.</param>
    /// <param name="columns">The columns, 0 or more.</param>
    /// <param name="lambdaMax">Receives the largest eigenvalue; 0 for zeros and for an empty matrix.</param>
    /// <param name="ct">Asked at every product.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape.</exception>
    public static SpectrumOutcome Compute(ReadOnlySpan<float> w, int rows, int columns, out double lambdaMax, CancellationToken ct) =>
        Compute<float>(w, rows, columns, out lambdaMax, ct);

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, int, int, out double, CancellationToken)"/>
    public static SpectrumOutcome Compute(ReadOnlySpan<double> w, int rows, int columns, out double lambdaMax, CancellationToken ct) =>
        Compute<double>(w, rows, columns, out lambdaMax, ct);

    private static SpectrumOutcome Compute<T>(ReadOnlySpan<T> w, int rows, int columns, out double lambdaMax, CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int order = Math.Min(rows, columns);
        MatrixShape.Check(w.Length, rows, columns, order);
        lambdaMax = 0;
        if (!ScaledCopy.TryGetExponent(w, out int? exponent))
            return SpectrumOutcome.NonFinite;
        if (exponent is not { } scale)
            return SpectrumOutcome.Converged;
        if (order >= SmallestOrder && Iterate(w, rows, columns, scale, ct) is { } found)
        {
            lambdaMax = Math.ScaleB(found, 2 * scale);
            return SpectrumOutcome.Converged;
        }

        double[] eigenvalues = new double[order];
        SpectrumOutcome outcome = GramEigenvalues.Compute(w, rows, columns, eigenvalues, InstructionPath.Fastest, EngineTuning.Default, ct);
        lambdaMax = outcome == SpectrumOutcome.Converged ? eigenvalues[^1] : 0;
        return outcome;
    }

    /// <summary>The largest eigenvalue for 2^-exponent W, or null when it is not certain after the last iteration.</summary>
    private static double? Iterate<T>(ReadOnlySpan<T> w, int rows, int columns, int exponent, CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (double first, double second) = ScaledCopy.Factors(exponent);
        using AlignedBuffer buffer = new((3L + RowsTogether) * columns);
        double* q = buffer.Pointer, previous = q + columns, product = previous + columns, wide = product + columns;
        double[] alphas = new double[MostIterations], betas = new double[MostIterations];
        Start(q, columns);
        new Span<double>(previous, columns).Clear();
        fixed (T* entries = w)
        {
            for (int k = 0; k < MostIterations; k++)
            {
                ct.ThrowIfCancellationRequested();
                Multiply(entries, rows, columns, first, second, q, product, wide);
                double alpha = Householder.Dot(q, product, columns);
                Householder.AddScaled(-alpha, q, product, columns);
                if (k > 0)
                    Householder.AddScaled(-betas[k - 1], previous, product, columns);
                double beta = Math.Sqrt(Householder.Dot(product, product, columns));
                alphas[k] = alpha;
                betas[k] = beta;
                bool exhausted = beta <= 1e-14 * Math.Abs(alpha);
                if (exhausted || (k >= FirstCheck && k % StepsBetweenChecks == 0))
                {
                    // An eigenvalue lies within the residual beta |s_k| of a Ritz value (Golub and Van Loan, theorem 10.1.3).
                    double largest = Largest(alphas, betas, k + 1);
                    if (exhausted || beta * LastComponent(alphas, betas, k + 1, largest) <= Tolerance * largest)
                        return largest;
                }

                double inverse = 1 / beta;
                for (int i = 0; i < columns; i++)
                    product[i] *= inverse;
                double* free = previous;
                previous = q;
                q = product;
                product = free;
            }
        }

        return null;
    }

    /// <summary>A unit vector of random signs and lengths, the same for equal lengths, from the generator SplitMix64 (Steele, Lea and Flood 2014).</summary>
    private static void Start(double* q, int n)
    {
        ulong state = 0x5EED;
        for (int i = 0; i < n; i++)
        {
            state += 0x9E3779B97F4A7C15;
            ulong z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            q[i] = ((long)(z ^ (z >> 31)) >> 11) * (1.0 / (1L << 52));
        }

        double inverse = 1 / Math.Sqrt(Householder.Dot(q, q, n));
        for (int i = 0; i < n; i++)
            q[i] *= inverse;
    }

    /// <summary>product = W'W q, reading W once; each row is widened to double precision beside its neighbours.</summary>
    private static void Multiply<T>(T* entries, int rows, int columns, double first, double second, double* q, double* product, double* wide)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        new Span<double>(product, columns).Clear();
        for (nint i = 0; i < rows; i += RowsTogether)
        {
            int count = (int)Math.Min(RowsTogether, rows - i);
            new RowMajorSource<T, double>(entries, columns, first, second).Pack(i, count, 0, columns, columns, wide);
            for (int r = 0; r < count; r++)
            {
                double* row = wide + ((nint)r * columns);
                Householder.AddScaled(Householder.Dot(row, q, columns), row, product, columns);
            }
        }
    }

    /// <summary>The largest eigenvalue of the Lanczos matrix, by bisection on Sturm counts (with divisions: it is small).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Largest(double[] alphas, double[] betas, int n)
    {
        double low = alphas[0], high = 0;
        for (int i = 0; i < n; i++)
        {
            low = Math.Max(low, alphas[i]);
            high = Math.Max(high, alphas[i] + (i > 0 ? betas[i - 1] : 0) + (i + 1 < n ? betas[i] : 0));
        }

        high *= 1 + (1.0 / (1L << 50));
        while (true)
        {
            double middle = 0.5 * (low + high);
            if (middle <= low || middle >= high)
                return high;

            // All pivots of the matrix minus the middle are negative exactly when no eigenvalue lies above it.
            double pivot = alphas[0] - middle;
            bool above = pivot >= 0;
            for (int i = 1; i < n && !above; i++)
            {
                pivot = alphas[i] - middle - (betas[i - 1] * betas[i - 1] / pivot);
                above = pivot >= 0;
            }

            if (above)
                low = middle;
            else
                high = middle;
        }
    }

    /// <summary>The magnitude of the last component of the unit eigenvector, by the three-term recurrence from the end, in which it grows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double LastComponent(double[] alphas, double[] betas, int n, double eigenvalue)
    {
        double last = 1, current = 1, after = 0, sum = 1;
        for (int i = n - 1; i > 0; i--)
        {
            double before = (((eigenvalue - alphas[i]) * current) - ((i + 1 < n ? betas[i] : 0) * after)) / betas[i - 1];
            sum += before * before;
            after = current;
            current = before;
            if (sum > 1e200)
            {
                (last, current, after, sum) = (last * 1e-100, current * 1e-100, after * 1e-100, sum * 1e-200);
            }
        }

        return last / Math.Sqrt(sum);
    }
}
