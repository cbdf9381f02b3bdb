using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

/// <summary>Scratch memory of all sizes, those that a thread keeps among them: what is in use is nobody else's.</summary>
public sealed unsafe class AlignedBufferTests
{
    /// <summary>From a few doubles to more than a thread keeps.</summary>
    private static readonly long[] Lengths = [1, 1000, 260_000, 270_000, 300_000, 600_000, 1_100_000, 2_000_000, 3_000_000];

    [Fact]
    public void Buffers_in_use_do_not_overlap_whatever_was_given_back_before()
    {
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(seed => new Thread(() => TakeAndGiveBack(seed)))];
        void TakeAndGiveBack(int seed)
        {
            try
            {
                Random random = new(seed);
                List<(AlignedBuffer Buffer, double Mark)> used = [];
                for (int step = 0; step < 300; step++)
                {
                    if (used.Count == 5 || (used.Count > 0 && random.Next(2) == 0))
                    {
                        int at = random.Next(used.Count);
                        RequireMark(used[at].Buffer, used[at].Mark);
                        used[at].Buffer.Dispose();
                        used.RemoveAt(at);
                    }
                    else
                    {
                        AlignedBuffer buffer = new(Lengths[random.Next(Lengths.Length)]);
                        Mark(buffer, step);
                        used.Add((buffer, step));
                    }
                }

                foreach ((AlignedBuffer buffer, double mark) in used)
                {
                    RequireMark(buffer, mark);
                    buffer.Dispose();
                }

                HugePages.Trim();
                using AlignedBuffer after = new(Lengths[4]);
                Mark(after, -1);
                RequireMark(after, -1);
            }
#pragma warning disable CA1031 // It is thrown where the test waits.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }

        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Null(failure);
    }

    [Fact]
    public void Buffers_begin_at_a_cache_line_and_are_cleared_when_asked()
    {
        foreach (long length in Lengths)
        {
            using AlignedBuffer buffer = new(length);
            Assert.Equal(0, (nint)buffer.Pointer % 64);
            Mark(buffer, 7);
            buffer.Clear();
            RequireMark(buffer, 0);
        }
    }

    // A double in each page, and the last one.
    private static void Mark(AlignedBuffer buffer, double mark)
    {
        for (long i = 0; i < buffer.Length; i += 512)
            buffer.Pointer[i] = mark;
        buffer.Pointer[buffer.Length - 1] = mark;
    }

    private static void RequireMark(AlignedBuffer buffer, double mark)
    {
        for (long i = 0; i < buffer.Length; i += 512)
            Assert.Equal(mark, buffer.Pointer[i]);
        Assert.Equal(mark, buffer.Pointer[buffer.Length - 1]);
    }
}
