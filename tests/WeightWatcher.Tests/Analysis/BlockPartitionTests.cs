using System.Runtime.CompilerServices;
using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Elements moved into buckets in place.</summary>
public sealed class BlockPartitionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Lengths around a block of 256 and many of them; buckets that are even, that are one, and of which most are empty.</summary>
    public static MatrixTheoryData<int, int, string> Cases { get; } = new(
        [0, 1, 255, 256, 257, 511, 70_000], [1, 2, 256, BlockPartition.MostBuckets], ["even", "first", "last", "skewed", "runs", "falling"]);

    [Theory, MemberData(nameof(Cases))]
    [InlineData((1 << 20) + 300, 256, "even")]
    [InlineData((1 << 20) + 300, BlockPartition.MostBuckets, "skewed")]
    [InlineData((2 << 20) + 1, 3, "falling")]
    public void Every_element_is_in_its_bucket_and_none_is_lost(int length, int buckets, string kind)
    {
        Random random = new(length + buckets);
        int[] elements = [.. Enumerable.Range(0, length)];
        int[] owners = [.. elements.Select(i => kind switch
        {
            "even" => random.Next(buckets),
            "first" => 0,
            "last" => buckets - 1,
            "skewed" => (int)(buckets * Math.Pow(random.NextDouble(), 9)),
            "runs" => i / 1000 % buckets,
            _ => buckets - 1 - (int)((long)i * buckets / length),
        })];
        int[] starts = new int[buckets + 1], scratch = new int[BlockPartition.ScratchFor<int>(buckets)];
        Listed labels = new(owners);
        BlockPartition.Run(elements.AsSpan(), ref labels, starts, scratch.AsSpan(), Token);
        Assert.Equal((0, length), (starts[0], starts[^1]));
        Assert.Equal(starts.Order(), starts);
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            foreach (int element in elements[starts[bucket]..starts[bucket + 1]])
            {
                if (owners[element] != bucket)
                    Assert.Fail($"{element} of bucket {owners[element]} is in bucket {bucket}");
            }
        }

        Array.Sort(elements);
        Assert.Equal(Enumerable.Range(0, length), elements);
    }

    [Fact]
    public void Elements_of_eight_bytes_are_moved_as_well()
    {
        ulong[] elements = [.. Enumerable.Range(0, 100_001).Select(i => (ulong)(i * 7919 % 100_001))];
        int[] starts = new int[12];
        Tenths labels = default;
        BlockPartition.Run(elements.AsSpan(), ref labels, starts, new ulong[BlockPartition.ScratchFor<ulong>(11)], Token);
        for (int bucket = 0; bucket < 11; bucket++)
            Assert.All(elements[starts[bucket]..starts[bucket + 1]], e => Assert.Equal(bucket, (int)(e / 10_000)));
        Assert.Equal(Enumerable.Range(0, 100_001).Select(i => (ulong)i), elements.Order());
    }

    [Fact]
    public void It_can_be_cancelled()
    {
        int[] starts = new int[2];
        Listed labels = new(new int[10]);
        Assert.Throws<OperationCanceledException>(() => BlockPartition.Run(new int[10].AsSpan(), ref labels, starts, new int[BlockPartition.ScratchFor<int>(1)], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Too_little_scratch_and_too_many_buckets_are_refused()
    {
        Listed labels = new(new int[10]);
        Assert.Throws<ArgumentOutOfRangeException>("scratch", () => BlockPartition.Run(new int[10].AsSpan(), ref labels, new int[3], new int[BlockPartition.ScratchFor<int>(2) - 1], Token));
        Assert.Throws<ArgumentOutOfRangeException>("starts", () => BlockPartition.Run(
            new int[10].AsSpan(), ref labels, new int[BlockPartition.MostBuckets + 2], new int[BlockPartition.ScratchFor<int>(BlockPartition.MostBuckets + 1)], Token));
    }

    private struct Listed(int[] owners) : IBucketLabels<int>
    {
        private int _at;

        public int Of(int element)
        {
            if (element != _at)
                Assert.Fail($"element {element} was asked for in the place of {_at}");
            return owners[_at++];
        }
    }

    private readonly struct Tenths : IBucketLabels<ulong>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Of(ulong element) => (int)(element / 10_000);
    }
}
