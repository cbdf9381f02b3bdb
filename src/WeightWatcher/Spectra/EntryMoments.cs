using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.Spectra;

/// <summary>Sums of powers of entries, and how many of them differ. Vectors of four everywhere, so that sums are formed in one order on every processor.</summary>
/// <param name="Sum">The sum of the entries.</param>
/// <param name="Squares">The sum of their squares.</param>
/// <param name="Fourths">The sum of their fourth powers.</param>
/// <param name="Zeros">How many are zero, of either sign.</param>
/// <param name="Distinct">How many different values there are; the two zeros are one.</param>
internal readonly record struct EntryMoments(double Sum, double Squares, double Fourths, int Zeros, int Distinct)
{
    /// <summary>How many entries are summed between two looks at the cancellation token.</summary>
    private const int Block = 1 << 20;

    /// <summary>Sums over entries.</summary>
    /// <param name="sorted">Single or double precision, finite, ascending; at least one.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static EntryMoments Of<T>(ReadOnlySpan<T> sorted, CancellationToken cancellationToken)
        where T : unmanaged, INumberBase<T>
    {
        EntryMoments total = new(0, 0, 0, 0, 1);
        for (int start = 0; start < sorted.Length; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            EntryMoments block = typeof(T) == typeof(float)
                ? OfBlock(MemoryMarshal.Cast<T, float>(sorted), start, Math.Min(Block, sorted.Length - start))
                : OfBlock(MemoryMarshal.Cast<T, double>(sorted), start, Math.Min(Block, sorted.Length - start));
            total = new EntryMoments(
                total.Sum + block.Sum, total.Squares + block.Squares, total.Fourths + block.Fourths, total.Zeros + block.Zeros, total.Distinct + block.Distinct);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe EntryMoments OfBlock(ReadOnlySpan<float> sorted, int start, int count)
    {
        Vector256<double> s0 = default, s1 = default, q0 = default, q1 = default, f0 = default, f1 = default;
        int zeros = 0, distinct = 0, i = start, end = start + count;
        fixed (float* first = sorted)
        {
            // The first entry of all has nobody before it.
            if (i == 0)
            {
                s0 = Vector256.CreateScalar((double)first[0]);
                q0 = s0 * s0;
                f0 = q0 * q0;
                zeros = first[0] == 0 ? 1 : 0;
                i++;
            }

            for (; i + 8 <= end; i += 8)
            {
                Vector256<float> x = Vector256.Load(first + i);
                zeros += BitOperations.PopCount(Vector256.Equals(x, Vector256<float>.Zero).ExtractMostSignificantBits());
                distinct += 8 - BitOperations.PopCount(Vector256.Equals(x, Vector256.Load(first + i - 1)).ExtractMostSignificantBits());
                (Vector256<double> x0, Vector256<double> x1) = Vector256.Widen(x);
                Vector256<double> square0 = x0 * x0, square1 = x1 * x1;
                s0 += x0;
                s1 += x1;
                q0 += square0;
                q1 += square1;
                f0 += square0 * square0;
                f1 += square1 * square1;
            }

            double sum = Vector256.Sum(s0 + s1), squares = Vector256.Sum(q0 + q1), fourths = Vector256.Sum(f0 + f1);
            for (; i < end; i++)
            {
                double x = first[i], square = x * x;
                sum += x;
                squares += square;
                fourths += square * square;
                zeros += first[i] == 0 ? 1 : 0;
                distinct += first[i] == first[i - 1] ? 0 : 1;
            }

            return new EntryMoments(sum, squares, fourths, zeros, distinct);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe EntryMoments OfBlock(ReadOnlySpan<double> sorted, int start, int count)
    {
        Vector256<double> s0 = default, s1 = default, q0 = default, q1 = default, f0 = default, f1 = default;
        int zeros = 0, distinct = 0, i = start, end = start + count;
        fixed (double* first = sorted)
        {
            if (i == 0)
            {
                s0 = Vector256.CreateScalar(first[0]);
                q0 = s0 * s0;
                f0 = q0 * q0;
                zeros = first[0] == 0 ? 1 : 0;
                i++;
            }

            for (; i + 8 <= end; i += 8)
            {
                Vector256<double> x0 = Vector256.Load(first + i), x1 = Vector256.Load(first + i + 4);
                zeros += BitOperations.PopCount(Vector256.Equals(x0, Vector256<double>.Zero).ExtractMostSignificantBits())
                    + BitOperations.PopCount(Vector256.Equals(x1, Vector256<double>.Zero).ExtractMostSignificantBits());
                distinct += 8 - BitOperations.PopCount(Vector256.Equals(x0, Vector256.Load(first + i - 1)).ExtractMostSignificantBits())
                    - BitOperations.PopCount(Vector256.Equals(x1, Vector256.Load(first + i + 3)).ExtractMostSignificantBits());
                Vector256<double> square0 = x0 * x0, square1 = x1 * x1;
                s0 += x0;
                s1 += x1;
                q0 += square0;
                q1 += square1;
                f0 += square0 * square0;
                f1 += square1 * square1;
            }

            double sum = Vector256.Sum(s0 + s1), squares = Vector256.Sum(q0 + q1), fourths = Vector256.Sum(f0 + f1);
            for (; i < end; i++)
            {
                double x = first[i], square = x * x;
                sum += x;
                squares += square;
                fourths += square * square;
                zeros += first[i] == 0 ? 1 : 0;
                distinct += first[i] == first[i - 1] ? 0 : 1;
            }

            return new EntryMoments(sum, squares, fourths, zeros, distinct);
        }
    }
}
