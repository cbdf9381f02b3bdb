using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.Spectra;

/// <summary>Sums over the entries of a matrix in double precision. Vectors of four everywhere, so that sums are formed in one order on every processor.</summary>
internal static class EntrySums
{
    /// <summary>How many entries are summed between two looks at the cancellation token.</summary>
    private const int Block = 1 << 22;

    /// <summary>The sums of (x - origin), of its squares and of its fourth powers.</summary>
    /// <param name="entries">Single or double precision.</param>
    /// <param name="origin">What is subtracted; near the mean, so that the spread keeps its digits.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static (double Sum, double Squares, double Fourths) About<T>(ReadOnlySpan<T> entries, double origin, CancellationToken cancellationToken)
        where T : unmanaged, INumberBase<T>
    {
        double sum = 0, squares = 0, fourths = 0;
        for (int start = 0; start < entries.Length; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<T> block = entries.Slice(start, Math.Min(Block, entries.Length - start));
            (double s, double q, double f) = OfBlock(block, origin);
            sum += s;
            squares += q;
            fourths += f;
        }

        return (sum, squares, fourths);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Sum, double Squares, double Fourths) OfBlock<T>(ReadOnlySpan<T> entries, double origin)
        where T : unmanaged, INumberBase<T>
    {
        Vector256<double> o = Vector256.Create(origin), s0 = default, s1 = default, q0 = default, q1 = default, f0 = default, f1 = default;
        int i = 0;
        for (; i + 8 <= entries.Length; i += 8)
        {
            Vector256<double> x0 = WideEntries.Four(entries, i) - o, x1 = WideEntries.Four(entries, i + 4) - o;
            s0 += x0;
            s1 += x1;
            Vector256<double> square0 = x0 * x0, square1 = x1 * x1;
            q0 += square0;
            q1 += square1;
            f0 += square0 * square0;
            f1 += square1 * square1;
        }

        double sum = Vector256.Sum(s0 + s1), squares = Vector256.Sum(q0 + q1), fourths = Vector256.Sum(f0 + f1);
        for (; i < entries.Length; i++)
        {
            double x = double.CreateTruncating(entries[i]) - origin, square = x * x;
            sum += x;
            squares += square;
            fourths += square * square;
        }

        return (sum, squares, fourths);
    }
}
