using System.Runtime.CompilerServices;

namespace WeightWatcher.Spectra;

/// <summary>Says which bucket each element belongs to.</summary>
/// <typeparam name="T">The elements.</typeparam>
internal interface IBucketLabels<T>
    where T : unmanaged
{
    /// <summary>The bucket of the next element, from 0; asked once for each element, in order.</summary>
    int Of(T element);
}

/// <summary>
/// Moves elements into buckets in place, reading and writing memory in its order: elements are gathered in a small block for each bucket, full blocks go to the front of the array, and then
/// blocks change places (Axtmann, Witt, Ferizovic and Sanders 2017). What lies beyond the caches is so moved three times by whole lines; by single elements each would cost a line.
/// </summary>
internal static class BlockPartition
{
    /// <summary>The most buckets.</summary>
    public const int MostBuckets = 1 << 11;

    /// <summary>The bytes of a block: enough to hide the way to it.</summary>
    private const int BlockBytes = 1024;

    /// <summary>The bytes from one bucket's block to the next one's, a line more than a block: those that fill alike would share the same few lines of the first-level cache.</summary>
    private const int BlockDistance = BlockBytes + 64;

    /// <summary>How many elements are moved between two looks at the cancellation token: a few milliseconds of work.</summary>
    private const int Often = 1 << 20;

    /// <summary>The elements of scratch that <see cref="Run"/> needs.</summary>
    public static int ScratchFor<T>(int buckets)
        where T : unmanaged => buckets * (BlockDistance / Unsafe.SizeOf<T>());

    /// <summary>Partitions. The order within a bucket is any, but always the same.</summary>
    /// <param name="elements">The elements; afterwards those of bucket 0, then those of bucket 1 and so on. Of no use any more once <paramref name="cancellationToken"/> was cancelled.</param>
    /// <param name="labels">Names the bucket of each.</param>
    /// <param name="starts">Receives where each bucket starts and then the length: one number more than there are buckets, of which there are <see cref="MostBuckets"/> at most.</param>
    /// <param name="scratch"><see cref="ScratchFor"/> elements or more.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too many buckets, or too little scratch for them.</exception>
    public static void Run<T, TLabels>(Span<T> elements, ref TLabels labels, Span<int> starts, Span<T> scratch, CancellationToken cancellationToken)
        where T : unmanaged
        where TLabels : struct, IBucketLabels<T>
    {
        int buckets = starts.Length - 1, length = BlockBytes / Unsafe.SizeOf<T>(), distance = BlockDistance / Unsafe.SizeOf<T>(), blocks = 0;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(buckets, MostBuckets, nameof(starts));
        ArgumentOutOfRangeException.ThrowIfLessThan(scratch.Length, ScratchFor<T>(buckets), nameof(scratch));
        Span<int> waiting = stackalloc int[buckets], full = starts[1..];
        waiting.Clear();
        ushort[] owners = new ushort[elements.Length / length];
        for (int start = 0; start < elements.Length; start += Often)
        {
            cancellationToken.ThrowIfCancellationRequested();
            blocks = Gather(elements, start, Math.Min(elements.Length, start + Often), ref labels, waiting, scratch, length, owners, blocks);
        }

        full.Clear();
        foreach (ushort owner in owners.AsSpan(0, blocks))
            full[owner]++;
        Group(elements, owners, full, length, cancellationToken);

        // Blocks move on to make room for what is left of the buckets before them: the last bucket first, so that none is overwritten.
        int from = blocks * length, to = elements.Length;
        for (int bucket = buckets - 1; bucket >= 0; bucket--)
        {
            int whole = full[bucket] * length, rest = waiting[bucket];
            full[bucket] = to;
            to -= whole + rest;
            from -= whole;
            for (int end = whole; end > 0 && from != to; end -= Often)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int begin = Math.Max(0, end - Often);
                elements[(from + begin)..(from + end)].CopyTo(elements[(to + begin)..]);
            }

            scratch.Slice(bucket * distance, rest).CopyTo(elements[(to + whole)..]);
        }

        starts[0] = 0;
    }

    /// <summary>Gathers some elements, and writes each block that is full over what has been read.</summary>
    /// <returns>How many blocks have been written.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Gather<T, TLabels>(
        Span<T> elements, int start, int end, ref TLabels labels, Span<int> waiting, Span<T> scratch, int length, ushort[] owners, int blocks)
        where T : unmanaged
        where TLabels : struct, IBucketLabels<T>
    {
        TLabels own = labels;
        fixed (T* first = elements, gathered = scratch)
        fixed (int* counts = waiting)
        {
            for (int i = start; i < end; i++)
            {
                T element = first[i];
                int bucket = own.Of(element), count = counts[bucket];
                T* block = gathered + (bucket * (BlockDistance / sizeof(T)));
                block[count++] = element;
                if (count == length)
                {
                    Unsafe.CopyBlock(first + ((long)blocks * length), block, BlockBytes);
                    owners[blocks++] = (ushort)bucket;
                    count = 0;
                }

                counts[bucket] = count;
            }
        }

        labels = own;
        return blocks;
    }

    /// <summary>Brings the blocks of each bucket together, those of the first bucket first.</summary>
    private static void Group<T>(Span<T> elements, ushort[] owners, ReadOnlySpan<int> full, int length, CancellationToken cancellationToken)
        where T : unmanaged
    {
        Span<T> other = stackalloc T[length];
        Span<int> next = stackalloc int[full.Length];
        int sum = 0, moved = 0;
        for (int bucket = 0; bucket < full.Length; bucket++)
            (next[bucket], sum) = (sum, sum + full[bucket]);
        int end = 0;
        for (int bucket = 0; bucket < full.Length; bucket++)
        {
            end += full[bucket];
            while (next[bucket] < end)
            {
                int here = next[bucket], owner = owners[here];
                if (owner == bucket)
                {
                    next[bucket]++;
                    continue;
                }

                while (owners[next[owner]] == owner)
                    next[owner]++;
                int there = next[owner]++;
                (owners[here], owners[there]) = (owners[there], owners[here]);
                Span<T> one = elements.Slice(here * length, length), two = elements.Slice(there * length, length);
                one.CopyTo(other);
                two.CopyTo(one);
                other.CopyTo(two);
                if (++moved % (Often / length) == 0)
                    cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }
}
