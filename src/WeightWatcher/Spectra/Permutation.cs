using System.Runtime.InteropServices;

namespace WeightWatcher.Spectra;

/// <summary>
/// Random permutations of the elements of a matrix. The elements are first put in order of value, so that the permuted matrix depends on the
/// elements and the seed alone, and not on the order in which a format stores them.
/// </summary>
internal static class Permutation
{
    /// <summary>How many elements are moved between two looks at the cancellation token: a few milliseconds of work.</summary>
    private const int Block = 1 << 20;

    /// <summary>Sorts finite elements ascending, -0 before +0.</summary>
    /// <param name="elements">The elements.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds for single precision; not for double, whose sort is the framework's.</param>
    public static void Sort<T>(Span<T> elements, CancellationToken cancellationToken)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            RadixSort(MemoryMarshal.Cast<T, uint>(elements), cancellationToken);
        else
            SortDoubles(MemoryMarshal.Cast<T, double>(elements));
    }

    /// <summary>Permutes elements at random: Fisher and Yates, in Durstenfeld's form (1964).</summary>
    /// <param name="elements">The elements; each order is equally likely.</param>
    /// <param name="random">The generator.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static void Shuffle<T>(Span<T> elements, ref RandomSource random, CancellationToken cancellationToken)
        where T : unmanaged
    {
        for (int i = elements.Length - 1; i > 0; i--)
        {
            if ((i & (Block - 1)) == 0)
                cancellationToken.ThrowIfCancellationRequested();
            int j = (int)random.NextBelow((uint)i + 1);
            (elements[i], elements[j]) = (elements[j], elements[i]);
        }
    }

    private static void SortDoubles(Span<double> elements)
    {
        // Total order of the bits: -0 sorts before +0, which Span.Sort leaves open.
        Span<long> keys = MemoryMarshal.Cast<double, long>(elements);
        foreach (ref long key in keys)
            key ^= key < 0 ? long.MaxValue : 0;
        keys.Sort();
        foreach (ref long key in keys)
            key ^= key < 0 ? long.MaxValue : 0;
    }

    /// <summary>Least-significant-digit radix sort of binary32 by bit pattern: three passes of 11 bits.</summary>
    private static void RadixSort(Span<uint> elements, CancellationToken cancellationToken)
    {
        const int Digits = 1 << 11;
        uint[] other = GC.AllocateUninitializedArray<uint>(elements.Length);
        int[] counts = new int[3 * Digits];
        foreach (ref uint value in elements)
        {
            uint key = (value & 0x80000000) != 0 ? ~value : value | 0x80000000;
            value = key;
            counts[key & (Digits - 1)]++;
            counts[Digits + ((key >> 11) & (Digits - 1))]++;
            counts[(2 * Digits) + (key >> 22)]++;
        }

        Span<uint> from = elements;
        Span<uint> to = other;
        for (int pass = 0; pass < 3; pass++)
        {
            Span<int> count = counts.AsSpan(pass * Digits, Digits);
            int sum = 0;
            foreach (ref int entry in count)
                (entry, sum) = (sum, sum + entry);
            int shift = 11 * pass;
            for (int start = 0; start < from.Length; start += Block)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (uint key in from.Slice(start, Math.Min(Block, from.Length - start)))
                    to[count[(int)((key >> shift) & (Digits - 1))]++] = key;
            }

            Span<uint> swap = from;
            from = to;
            to = swap;
        }

        for (int i = 0; i < elements.Length; i++)
        {
            uint key = from[i];
            elements[i] = (key & 0x80000000) != 0 ? key ^ 0x80000000 : ~key;
        }
    }
}
