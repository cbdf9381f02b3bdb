using System.Collections.Immutable;
using System.Numerics;

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
        for (int start = 0; start < matrix.Elements.Length; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int end = Math.Min(matrix.Elements.Length, start + Block);
            for (int i = start; i < end; i++)
            {
                double value = double.CreateChecked(matrix.Elements[i]), distance = Math.Abs(value - entries.Mean);
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
}
