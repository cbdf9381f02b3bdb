using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WeightWatcher.Spectra;

/// <summary>Finds the entries of a matrix that raise eigenvalues of their own, with their places.</summary>
internal static class LargeEntries
{
    /// <summary>How many entries are looked at between two looks at the cancellation token.</summary>
    private const int Block = 1 << 22;

    /// <summary>
    /// The entries beyond the BBP size, the farthest from the mean first, at most <see cref="RandomizedSlice.MostLargest"/>. Which of equally far ones are kept follows from
    /// their places in the N x M matrix.
    /// </summary>
    /// <param name="matrix">Finite entries in the order in which they are stored.</param>
    /// <param name="entries">Their mean and the BBP size.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static ImmutableArray<LargeEntry> Find<T>(SliceMatrix<T> matrix, EntryStatistics entries, CancellationToken cancellationToken)
        where T : unmanaged, INumber<T>
    {
        PriorityQueue<LargeEntry, (double Distance, int Row, int Column)> largest = new();
        double least = entries.BbpSize;
        ReadOnlySpan<T> elements = matrix.Elements.Span;
        for (int start = 0; start < elements.Length; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int end = Math.Min(elements.Length, start + Block);
            for (int i = start; (i = Next(elements, i, end, entries.Mean, least)) < end; i++)
            {
                double value = double.CreateChecked(elements[i]), distance = Math.Abs(value - entries.Mean);
                if (!(distance >= least) || distance <= entries.BbpSize)
                    continue;
                (int row, int column) = Math.DivRem(i, matrix.Columns);
                LargeEntry entry = matrix.IsTransposed ? new(value, column, row) : new(value, row, column);
                (double, int, int) rank = (distance, -entry.Row, -entry.Column);
                if (largest.Count < RandomizedSlice.MostLargest)
                {
                    largest.Enqueue(entry, rank);
                    continue;
                }

                largest.EnqueueDequeue(entry, rank);
                largest.TryPeek(out _, out (double Distance, int, int) last);
                least = last.Distance;
            }
        }

        return [.. largest.UnorderedItems.OrderByDescending(e => e.Priority).Select(e => e.Element)];
    }
    /// <summary>The index of the first entry from a place on that may be as far from the mean as asked for, or the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Next<T>(ReadOnlySpan<T> entries, int from, int end, double mean, double least)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) != typeof(float))
            return from;
        Vector256<double> means = Vector256.Create(mean), limit = Vector256.Create(least);
        for (; from + 8 <= end; from += 8)
        {
            Vector256<double> low = WideEntries.Four(entries, from), high = WideEntries.Four(entries, from + 4);
            if (Vector256.GreaterThanOrEqualAny(Vector256.Max(Vector256.Abs(low - means), Vector256.Abs(high - means)), limit))
                return from;
        }

        return from;
    }
}
