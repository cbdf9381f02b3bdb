using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// Copies of a matrix in double precision, tall (N x M, N >= M) and row-major, multiplied by a power of two such that the largest |entry| lies in [1/2, 1):
/// then neither squares nor sums of squares overflow, and what underflows is far below the rounding errors.
/// </summary>
internal static unsafe class ScaledCopy
{
    /// <summary>Reads the range of a matrix.</summary>
    /// <param name="w">The entries in any order.</param>
    /// <param name="exponent">The e with max |w| in [2^(e-1), 2^e); null for a matrix of zeros and for an empty one.</param>
    /// <returns>False when an entry is NaN or infinite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryGetExponent<T>(ReadOnlySpan<T> w, out int? exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        exponent = null;
        double largest = LargestMagnitude(w);
        if (!double.IsFinite(largest))
            return false;
        if (largest > 0)
            exponent = Math.ILogB(largest) + 1;
        return true;
    }

    /// <summary>The largest magnitude of an entry, 0 where there is none; NaN or infinite when an entry is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double LargestMagnitude<T>(ReadOnlySpan<T> w)
        where T : unmanaged
    {
        // The bits of magnitudes are ordered as the magnitudes are, infinity and NaN above all numbers.
        if (typeof(T) == typeof(float))
            return BitConverter.Int32BitsToSingle(Largest(MemoryMarshal.Cast<T, int>(w), int.MaxValue));
        if (typeof(T) == typeof(double))
            return BitConverter.Int64BitsToDouble(Largest(MemoryMarshal.Cast<T, long>(w), long.MaxValue));
        throw new NotSupportedException(typeof(T).Name);
    }

    /// <summary>The largest of the numbers without their signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Largest<T>(ReadOnlySpan<T> bits, T mask)
        where T : unmanaged, IBinaryInteger<T>
    {
        T largest = T.Zero;
        int i = 0, lanes = Vector256<T>.Count;
        fixed (T* first = bits)
        {
            if (bits.Length >= 4 * lanes)
            {
                Vector256<T> masks = Vector256.Create(mask), m0 = default, m1 = default, m2 = default, m3 = default;
                for (; i <= bits.Length - (4 * lanes); i += 4 * lanes)
                {
                    m0 = Vector256.Max(m0, Vector256.Load(first + i) & masks);
                    m1 = Vector256.Max(m1, Vector256.Load(first + i + lanes) & masks);
                    m2 = Vector256.Max(m2, Vector256.Load(first + i + (2 * lanes)) & masks);
                    m3 = Vector256.Max(m3, Vector256.Load(first + i + (3 * lanes)) & masks);
                }

                m0 = Vector256.Max(Vector256.Max(m0, m1), Vector256.Max(m2, m3));
                for (int lane = 0; lane < lanes; lane++)
                    largest = T.Max(largest, m0[lane]);
            }
        }

        for (; i < bits.Length; i++)
            largest = T.Max(largest, bits[i] & mask);
        return largest;
    }

    /// <summary>Two powers of two whose product is 2^-exponent, which alone may be outside the range of a double.</summary>
    public static (double First, double Second) Factors(int exponent)
    {
        int half = -exponent / 2;
        return (Math.ScaleB(1, half), Math.ScaleB(1, -exponent - half));
    }

    /// <summary>Writes rows of W (of its transpose when rows &lt; columns) times 2^-exponent.</summary>
    /// <param name="w">rows x columns, row-major.</param>
    /// <param name="rows">The rows of <paramref name="w"/>.</param>
    /// <param name="columns">The columns of <paramref name="w"/>.</param>
    /// <param name="exponent">What <see cref="TryGetExponent"/> gave.</param>
    /// <param name="start">The first row, of max(rows, columns).</param>
    /// <param name="count">How many rows.</param>
    /// <param name="destination">Receives <paramref name="count"/> rows of min(rows, columns) entries, <paramref name="stride"/> doubles apart.</param>
    /// <param name="stride">At least min(rows, columns).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<T>(ReadOnlySpan<T> w, int rows, int columns, int exponent, nint start, nint count, double* destination, nint stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (double first, double second) = Factors(exponent);
        fixed (T* source = w)
        {
            if (rows >= columns)
            {
                for (nint i = 0; i < count; i++)
                {
                    T* from = source + ((start + i) * columns);
                    double* to = destination + (i * stride);
                    for (nint j = 0; j < columns; j++)
                        to[j] = double.CreateTruncating(from[j]) * first * second;
                }

                return;
            }

            // The transpose by strips of a cache line, which is read along the rows of W.
            const int Strip = 16;
            for (nint i0 = 0; i0 < rows; i0 += Strip)
            {
                nint i1 = Math.Min(i0 + Strip, rows);
                for (nint j = 0; j < count; j++)
                {
                    double* to = destination + (j * stride);
                    for (nint i = i0; i < i1; i++)
                        to[i] = double.CreateTruncating(source[(i * columns) + start + j]) * first * second;
                }
            }
        }
    }

    /// <summary>Multiplies by 2^exponent; a value beyond the largest double becomes infinite, one below the smallest 0.</summary>
    public static void ScaleBack(Span<double> values, int exponent)
    {
        foreach (ref double value in values)
            value = Math.ScaleB(value, exponent);
    }
}
