using System.Runtime.CompilerServices;

namespace WeightWatcher.Spectra;

/// <summary>Says which part of a partition each element belongs to.</summary>
/// <typeparam name="T">The elements.</typeparam>
internal interface IPartLabels<T>
    where T : unmanaged
{
    /// <summary>The part of the next element, from 0; asked once for each element, in order.</summary>
    int Of(T element);
}

/// <summary>
/// Moves elements into parts in place, reading and writing memory in its order: elements are gathered in a small block for each part, full blocks go to the front of the array, and then
/// blocks change places (Axtmann, Witt, Ferizovic and Sanders 2017). What lies beyond the caches is so moved three times by whole lines; by single elements each would cost a line.
/// </summary>
internal static class BlockPartition
{
    /// <summary>The most parts.</summary>
    public const int MostParts = 1 << 11;

    /// <summary>The bytes of a block: enough to hide the way to it.</summary>
    private const int BlockBytes = 1024;

    /// <summary>The bytes from one part's block to the next one's, a line more than a block: those that fill alike would share the same few lines of the first-level cache.</summary>
    private const int BlockDistance = BlockBytes + 64;

    /// <summary>How many elements are moved between two looks at the cancellation token: a few milliseconds of work.</summary>
    private const int Often = 1 << 20;

    /// <summary>The elements of scratch that <see cref="Run"/> needs.</summary>
    public static int ScratchFor<T>(int parts)
        where T : unmanaged => parts * (BlockDistance / Unsafe.SizeOf<T>());

    /// <summary>Partitions. The order within a part is any, but always the same.</summary>
    /// <param name="elements">The elements; afterwards those of part 0, then those of part 1 and so on. Of no use any more once <paramref name="cancellationToken"/> was cancelled.</param>
    /// <param name="labels">Names the part of each.</param>
    /// <param name="starts">Receives where each part starts and then the length: one number more than there are parts, of which there are <see cref="MostParts"/> at most.</param>
    /// <param name="scratch"><see cref="ScratchFor"/> elements or more.</param>
    /// <param name="cancellationToken">Looked at every few milliseconds.</param>
    public static void Run<T, TLabels>(Span<T> elements, ref TLabels labels, Span<int> starts, Span<T> scratch, CancellationToken cancellationToken)
        where T : unmanaged
        where TLabels : struct, IPartLabels<T>
    {
        int parts = starts.Length - 1, length = BlockBytes / Unsafe.SizeOf<T>(), distance = BlockDistance / Unsafe.SizeOf<T>(), blocks = 0;
        Span<int> waiting = stackalloc int[parts], full = starts[1..];
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

        // Blocks move on to make room for what is left of the parts before them: the last part first, so that none is overwritten.
        int from = blocks * length, to = elements.Length;
        for (int part = parts - 1; part >= 0; part--)
        {
            int whole = full[part] * length, rest = waiting[part];
            full[part] = to;
            to -= whole + rest;
            from -= whole;
            for (int end = whole; end > 0 && from != to; end -= Often)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int begin = Math.Max(0, end - Often);
                elements[(from + begin)..(from + end)].CopyTo(elements[(to + begin)..]);
            }

            scratch.Slice(part * distance, rest).CopyTo(elements[(to + whole)..]);
        }

        starts[0] = 0;
    }

    /// <summary>Gathers some elements, and writes each block that is full over what has been read.</summary>
    /// <returns>How many blocks have been written.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Gather<T, TLabels>(
        Span<T> elements, int start, int end, ref TLabels labels, Span<int> waiting, Span<T> scratch, int length, ushort[] owners, int blocks)
        where T : unmanaged
        where TLabels : struct, IPartLabels<T>
    {
        TLabels own = labels;
        fixed (T* first = elements, gathered = scratch)
        fixed (int* counts = waiting)
        {
            for (int i = start; i < end; i++)
            {
                T element = first[i];
                int part = own.Of(element), count = counts[part];
                T* block = gathered + (part * (BlockDistance / sizeof(T)));
                block[count++] = element;
                if (count == length)
                {
                    Unsafe.CopyBlock(first + ((long)blocks * length), block, BlockBytes);
                    owners[blocks++] = (ushort)part;
                    count = 0;
                }

                counts[part] = count;
            }
        }

        labels = own;
        return blocks;
    }

    /// <summary>Brings the blocks of each part together, those of the first part first.</summary>
    private static void Group<T>(Span<T> elements, ushort[] owners, ReadOnlySpan<int> full, int length, CancellationToken cancellationToken)
        where T : unmanaged
    {
        Span<T> other = stackalloc T[length];
        Span<int> next = stackalloc int[full.Length];
        int sum = 0, moved = 0;
        for (int part = 0; part < full.Length; part++)
            (next[part], sum) = (sum, sum + full[part]);
        int end = 0;
        for (int part = 0; part < full.Length; part++)
        {
            end += full[part];
            while (next[part] < end)
            {
                int here = next[part], owner = owners[here];
                if (owner == part)
                {
                    next[part]++;
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
