using System.Numerics;
using System.Runtime.CompilerServices;

namespace WeightWatcher.Spectra;

/// <summary>
/// Sorts unsigned integers ascending by digits of 8 or 11 bits: least significant digit first through a buffer of the same length where that is short, else most significant digit first, in place
/// and by blocks (<see cref="BlockPartition"/>), until the buckets fit the buffer. Digits that all keys share cost little.
/// </summary>
internal static class RadixSort
{
    /// <summary>The most bytes that a sort takes beside the keys: what stays in the second and third level of the cache.</summary>
    public const int LongestBuffer = 1 << 22;

    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;

    /// <summary>Digits of few keys are shorter, so that counting does not take longer than moving.</summary>
    private const int FewKeys = 1 << 15, FewBits = 8;

    /// <summary>How many keys are moved between two looks at the cancellation token: a few milliseconds of work.</summary>
    private const int Block = 1 << 20;

    /// <summary>Up to here comparisons are faster than counting.</summary>
    private const int ShortLength = 128;

    /// <summary>Sorts.</summary>
    /// <param name="keys">The keys; any.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static void Sort<TKey>(Span<TKey> keys, CancellationToken cancellationToken)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>
    {
        if (keys.Length <= ShortLength)
        {
            keys.Sort();
            return;
        }

        using ElementBuffer<TKey> other = new(Math.Min(keys.Length, LongestBuffer / Unsafe.SizeOf<TKey>()));
        Sort(keys, 8 * Unsafe.SizeOf<TKey>(), other.Span, cancellationToken);
    }

    /// <summary>Sorts keys that differ in their lowest bits only.</summary>
    private static void Sort<TKey>(Span<TKey> keys, int bits, Span<TKey> other, CancellationToken cancellationToken)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>
    {
        if (bits <= 0 || keys.Length < 2)
            return;
        if (keys.Length <= ShortLength)
            keys.Sort();
        else if (keys.Length <= other.Length)
            LeastSignificantFirst(keys, bits, other[..keys.Length], cancellationToken);
        else
            MostSignificantFirst(keys, bits, other, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void LeastSignificantFirst<TKey>(Span<TKey> keys, int bits, Span<TKey> other, CancellationToken cancellationToken)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>
    {
        int digitBits = keys.Length < FewKeys ? FewBits : DigitBits, digits = 1 << digitBits, passes = (bits + digitBits - 1) / digitBits;
        int* counts = stackalloc int[passes * digits];
        new Span<int>(counts, passes * digits).Clear();
        fixed (TKey* keysFirst = keys, otherFirst = other)
        {
            for (int start = 0; start < keys.Length; start += Block)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Count(keysFirst + start, Math.Min(Block, keys.Length - start), counts, digitBits, passes);
            }

            TKey* from = keysFirst, to = otherFirst;
            for (int pass = 0; pass < passes; pass++)
            {
                int* next = counts + (pass * digits);
                int shift = pass * digitBits;
                if (next[Digit(keys[0], shift, digits - 1)] == keys.Length)
                    continue;
                Accumulate(new Span<int>(next, digits));
                for (int start = 0; start < keys.Length; start += Block)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Scatter(from + start, Math.Min(Block, keys.Length - start), to, next, shift, digits - 1);
                }

                TKey* swap = from;
                from = to;
                to = swap;
            }

            if (from != keysFirst)
                other.CopyTo(keys);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Count<TKey>(TKey* keys, int length, int* counts, int digitBits, int passes)
        where TKey : unmanaged, IBinaryInteger<TKey>
    {
        if (passes == 3 && digitBits == DigitBits)
        {
            int* second = counts + Digits, third = second + Digits;
            for (TKey* end = keys + length; keys < end; keys++)
            {
                TKey key = *keys;
                counts[Digit(key, 0, Digits - 1)]++;
                second[Digit(key, DigitBits, Digits - 1)]++;
                third[Digit(key, 2 * DigitBits, Digits - 1)]++;
            }

            return;
        }

        int mask = (1 << digitBits) - 1;
        for (int pass = 0; pass < passes; pass++, counts += mask + 1)
        {
            for (int i = 0; i < length; i++)
                counts[Digit(keys[i], pass * digitBits, mask)]++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Scatter<TKey>(TKey* from, int length, TKey* to, int* next, int shift, int mask)
        where TKey : unmanaged, IBinaryInteger<TKey>
    {
        int i = 0;
        for (; i + 4 <= length; i += 4)
        {
            TKey a = from[i], b = from[i + 1], c = from[i + 2], d = from[i + 3];
            to[next[Digit(a, shift, mask)]++] = a;
            to[next[Digit(b, shift, mask)]++] = b;
            to[next[Digit(c, shift, mask)]++] = c;
            to[next[Digit(d, shift, mask)]++] = d;
        }

        for (; i < length; i++)
            to[next[Digit(from[i], shift, mask)]++] = from[i];
    }

    private static void MostSignificantFirst<TKey>(Span<TKey> keys, int bits, Span<TKey> other, CancellationToken cancellationToken)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>
    {
        int shift = Math.Max(0, bits - DigitBits);
        int[] starts = new int[Digits + 1];
        DigitLabels<TKey> labels = new(shift);
        BlockPartition.Run(keys, ref labels, starts, other, cancellationToken);
        for (int digit = 0; digit < Digits; digit++)
            Sort(keys[starts[digit]..starts[digit + 1]], shift, other, cancellationToken);
    }

    /// <summary>Turns counts into the positions at which each digit starts.</summary>
    private static void Accumulate(Span<int> counts)
    {
        int sum = 0;
        foreach (ref int count in counts)
            (count, sum) = (sum, sum + count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digit<TKey>(TKey key, int shift, int mask)
        where TKey : unmanaged, IBinaryInteger<TKey> =>
        typeof(TKey) == typeof(uint)
            ? (int)(Unsafe.BitCast<TKey, uint>(key) >> shift) & mask
            : (int)(ulong.CreateTruncating(key) >> shift) & mask;

    private readonly struct DigitLabels<TKey>(int shift) : IBucketLabels<TKey>
        where TKey : unmanaged, IBinaryInteger<TKey>
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Of(TKey element) => Digit(element, shift, Digits - 1);
    }
}
