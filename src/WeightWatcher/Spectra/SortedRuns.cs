using System.Buffers;

namespace WeightWatcher.Spectra;

/// <summary>Merges what is sorted in pieces: the spectra of the slices of a layer, one behind the other.</summary>
internal static class SortedRuns
{
    /// <summary>Sorts values ascending.</summary>
    /// <param name="values">Runs of equal length, each ascending; the last may be shorter. None is NaN.</param>
    /// <param name="run">The length of a run, 1 or more.</param>
    public static void Merge(Span<double> values, int run)
    {
        if (values.Length <= run)
            return;
        double[] rented = ArrayPool<double>.Shared.Rent(values.Length);
        Span<double> from = values, to = rented.AsSpan(0, values.Length);
        for (long length = run; length < values.Length; length *= 2)
        {
            for (long start = 0; start < values.Length; start += 2 * length)
            {
                int middle = (int)Math.Min(start + length, values.Length), end = (int)Math.Min(start + (2 * length), values.Length);
                Merge(from[(int)start..middle], from[middle..end], to[(int)start..end]);
            }

            Span<double> swap = from;
            from = to;
            to = swap;
        }

        if (from != values)
            from.CopyTo(values);
        ArrayPool<double>.Shared.Return(rented);
    }

    private static void Merge(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> merged)
    {
        int i = 0, j = 0, k = 0;
        while (i < left.Length && j < right.Length)
        {
            // Without a branch: which of two is the smaller is anybody's guess.
            double a = left[i], b = right[j];
            int second = b < a ? 1 : 0;
            merged[k++] = second != 0 ? b : a;
            j += second;
            i += 1 - second;
        }

        left[i..].CopyTo(merged[k..]);
        right[j..].CopyTo(merged[(k + left.Length - i)..]);
    }
}
