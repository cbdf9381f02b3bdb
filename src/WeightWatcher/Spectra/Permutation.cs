using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace WeightWatcher.Spectra;

/// <summary>
/// Random permutations of the elements of a matrix. The elements are first put in order of value, so that the permuted matrix depends on the
/// elements and the seed alone, and not on the order in which a format stores them.
/// </summary>
internal static class Permutation
{
    /// <summary>How many elements are moved between two looks at the cancellation token: a few milliseconds of work.</summary>
    private const int Block = 1 << 20;

    /// <summary>How many draws ahead an element is called into the cache. A power of two.</summary>
    private const int Ahead = 64;

    /// <summary>From so many bytes on elements are dealt to buckets first: those of a bucket are exchanged in the second level of the cache, those of all would each cost two lines of memory.</summary>
    public const int SmallestDealt = 32 << 20;

    private const int Buckets = 256;

    /// <summary>Sorts finite elements ascending, -0 before +0.</summary>
    /// <param name="elements">The elements, single or double precision.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static void Sort<T>(Span<T> elements, CancellationToken cancellationToken)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            SortKeys<uint, int>(MemoryMarshal.Cast<T, uint>(elements), cancellationToken);
        else
            SortKeys<ulong, long>(MemoryMarshal.Cast<T, ulong>(elements), cancellationToken);
    }

    private static void SortKeys<TKey, TSigned>(Span<TKey> keys, CancellationToken cancellationToken)
        where TKey : unmanaged, IBinaryInteger<TKey>, IUnsignedNumber<TKey>
        where TSigned : unmanaged, IBinaryInteger<TSigned>, IMinMaxValue<TSigned>
    {
        // As unsigned integers, the bits of positive numbers are in order once the sign is set, those of negative ones in reverse order.
        Span<TSigned> bits = MemoryMarshal.Cast<TKey, TSigned>(keys);
        Flip(bits, TSigned.Zero, cancellationToken);
        RadixSort.Sort(keys, cancellationToken);
        Flip(bits, TSigned.AllBitsSet, cancellationToken);
    }

    private static void Flip<TSigned>(Span<TSigned> bits, TSigned of, CancellationToken cancellationToken)
        where TSigned : unmanaged, IBinaryInteger<TSigned>, IMinMaxValue<TSigned>
    {
        for (int start = 0; start < bits.Length; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Flip(bits.Slice(start, Math.Min(Block, bits.Length - start)), of);
        }
    }

    /// <summary>Inverts the sign of each number and, where it is set in the number exclusive-or <paramref name="of"/>, all other bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Flip<TSigned>(Span<TSigned> bits, TSigned of)
        where TSigned : unmanaged, IBinaryInteger<TSigned>, IMinMaxValue<TSigned>
    {
        int last = (Unsafe.SizeOf<TSigned>() * 8) - 1, i = 0;
        Vector<TSigned> sign = Vector.Create(TSigned.MinValue), mask = Vector.Create(of);
        for (; i + Vector<TSigned>.Count <= bits.Length; i += Vector<TSigned>.Count)
        {
            Vector<TSigned> one = new(bits[i..]);
            (one ^ (((one ^ mask) >> last) | sign)).CopyTo(bits[i..]);
        }

        for (; i < bits.Length; i++)
            bits[i] ^= ((bits[i] ^ of) >> last) | TSigned.MinValue;
    }

    /// <summary>
    /// Permutes elements at random. Many of them are first dealt to buckets, each to any of them, and then the buckets are permuted, which together is a permutation as likely as every other
    /// (Rao 1961, Sandelius 1962).
    /// </summary>
    /// <param name="elements">The elements; each order is equally likely.</param>
    /// <param name="random">The generator.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static void Shuffle<T>(Span<T> elements, ref RandomSource random, CancellationToken cancellationToken)
        where T : unmanaged
    {
        if ((long)elements.Length * Unsafe.SizeOf<T>() < SmallestDealt)
        {
            Exchange(elements, ref random, cancellationToken);
            return;
        }

        Span<int> starts = stackalloc int[Buckets + 1];
        T[] scratch = ArrayPool<T>.Shared.Rent(BlockPartition.ScratchFor<T>(Buckets));
        Dealer<T> dealer = new(random);
        BlockPartition.Run(elements, ref dealer, starts, scratch.AsSpan(), cancellationToken);
        ArrayPool<T>.Shared.Return(scratch);
        random = dealer.Random;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Exchange(elements[starts[bucket]..starts[bucket + 1]], ref random, cancellationToken);
        }
    }

    /// <summary>
    /// Permutes elements at random: Fisher and Yates, in Durstenfeld's form (1964). Which elements are exchanged does not depend on them, so draws run ahead of
    /// exchanges and the cache is asked for what comes.
    /// </summary>
    /// <param name="elements">The elements; each order is equally likely.</param>
    /// <param name="random">The generator.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Exchange<T>(Span<T> elements, ref RandomSource random, CancellationToken cancellationToken)
        where T : unmanaged
    {
        RandomSource source = random;
        int* ahead = stackalloc int[Ahead];
        fixed (T* first = elements)
        {
            int drawn = elements.Length - 1;
            for (int i = 0; i < Ahead && drawn > 0; i++, drawn--)
                ahead[drawn & (Ahead - 1)] = (int)source.NextBelow((uint)drawn + 1);
            for (int i = elements.Length - 1; i > 0; i--)
            {
                if ((i & (Block - 1)) == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                int j = ahead[i & (Ahead - 1)];
                if (drawn > 0)
                {
                    int later = (int)source.NextBelow((uint)drawn + 1);
                    if (Sse.IsSupported)
                        Sse.Prefetch0(first + later);
                    ahead[drawn & (Ahead - 1)] = later;
                    drawn--;
                }

                (first[i], first[j]) = (first[j], first[i]);
            }
        }

        random = source;
    }

    /// <summary>Names one of 256 buckets at random, eight at a draw.</summary>
    private struct Dealer<T>(RandomSource random) : IBucketLabels<T>
        where T : unmanaged
    {
        private RandomSource _random = random;
        private ulong _bits;
        private int _left;

        /// <summary>The generator after the last draw.</summary>
        public readonly RandomSource Random => _random;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Of(T element)
        {
            if (_left == 0)
            {
                _bits = _random.NextBits();
                _left = 8;
            }

            int bucket = (int)(_bits & (Buckets - 1));
            _bits >>= 8;
            _left--;
            return bucket;
        }
    }
}
