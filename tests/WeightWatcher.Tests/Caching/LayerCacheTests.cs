using System.Runtime.Versioning;
using WeightWatcher.Caching;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Caching;

public sealed class LayerCacheTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    /// <summary>Lengths of zeros that are no entry.</summary>
    public static TheoryData<int> Lengths { get; } = [0, 3, 200, LayerEntry.LongestBytes + 1];

    [Fact]
    public void What_was_stored_is_found_and_counted()
    {
        LayerCache cache = new(_folder.Path);
        Assert.Null(cache.Find(Keys.Of(1), Rows.Identity));
        cache.Store(Keys.Of(1), Rows.Full);
        Rows.AssertSame(Rows.Full, cache.Find(Keys.Of(1), Rows.Identity)!);
        Assert.Null(cache.Find(Keys.Of(2), Rows.Identity));
        Assert.Equal((1, 2, 0, 1), (cache.Hits, cache.Misses, cache.Damaged, cache.Stored));
    }

    [Fact]
    public void A_row_takes_the_name_of_the_layer_that_asks()
    {
        LayerCache cache = new(_folder.Path);
        cache.Store(Keys.Of(1), Rows.Full);
        LayerReport found = cache.Find(Keys.Of(1), Rows.Identity with { Name = "another", LayerId = 9 })!;
        Assert.Equal(("another", 9), (found.Name, found.LayerId));
    }

    [Theory, MemberData(nameof(Lengths))]
    public void A_damaged_entry_is_a_miss_and_heals(int length)
    {
        LayerCache cache = new(_folder.Path);
        cache.Store(Keys.Of(1), Rows.Full);
        string path = cache.PathOf(Keys.Of(1));
        File.WriteAllBytes(path, new byte[length]);
        Assert.Null(cache.Find(Keys.Of(1), Rows.Identity));
        Assert.Equal(1, cache.Damaged);
        cache.Store(Keys.Of(1), Rows.Full);
        Rows.AssertSame(Rows.Full, cache.Find(Keys.Of(1), Rows.Identity)!);
    }

    [Fact]
    public void Any_changed_bit_and_any_cut_is_noticed()
    {
        byte[] entry = LayerEntry.Encode(Keys.Of(1), Rows.Full);
        for (int i = 0; i < entry.Length; i++)
        {
            byte[] changed = [.. entry];
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.False(LayerEntry.TryDecode(changed, Keys.Of(1), Rows.Identity, out _));
            Assert.False(LayerEntry.TryDecode(entry[..i], Keys.Of(1), Rows.Identity, out _));
        }
    }

    [Fact]
    public void The_entry_of_another_key_is_not_taken() =>
        Assert.False(LayerEntry.TryDecode(LayerEntry.Encode(Keys.Of(1), Rows.Full), Keys.Of(2), Rows.Identity, out _));

    [Fact]
    public void Readers_and_writers_of_one_entry_do_not_disturb_each_other()
    {
        Parallel.For(0, 8, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken }, writer =>
        {
            LayerCache own = new(_folder.Path);
            for (int i = 0; i < 100; i++)
            {
                LayerKey key = Keys.Of(i % 5);
                own.Store(key, Rows.Full);
                if (own.Find(key, Rows.Identity) is { } found)
                    Rows.AssertSame(Rows.Full, found);
            }

            Assert.Equal(0, own.Damaged);
            Assert.Null(own.Note);
        });
        Assert.Equal(5, Entries().Length);
    }

    [Fact]
    public void A_folder_keeps_the_most_recently_used_entries_that_fit()
    {
        Clock clock = new(Start);
        LayerCache cache = new(_folder.Path, LayerCache.Folders * 10 * CacheTrim.Block, clock);
        LayerKey used = Keys.InFolder(0x2a, 0);
        for (int i = 0; i < 200; i++)
        {
            clock.Now += TimeSpan.FromHours(13);
            LayerKey key = Keys.InFolder(0x2a, i);
            cache.Store(key, Rows.Full);
            File.SetLastWriteTimeUtc(cache.PathOf(key), clock.Now.UtcDateTime);
            Assert.NotNull(cache.Find(used, Rows.Identity));
        }

        new CacheTrim(10 * CacheTrim.Block, clock).Run(Path.GetDirectoryName(cache.PathOf(used))!);
        Assert.Equal(Enumerable.Range(191, 9).Select(i => cache.PathOf(Keys.InFolder(0x2a, i))).Append(cache.PathOf(used)).Order(), Entries().Order());
    }

    [Fact]
    public void Storing_trims_now_and_then()
    {
        LayerCache cache = new(_folder.Path, LayerCache.Folders * 2 * CacheTrim.Block);
        for (int i = 0; i < 400; i++)
            cache.Store(Keys.InFolder(0x2a, i), Rows.Full);
        Assert.InRange(Entries().Length, 1, 200);
    }

    [Fact]
    public void Files_of_writers_that_never_finished_are_removed_and_those_of_others_left()
    {
        Clock clock = new(Start);
        string old = _folder.Write("2a/old" + CacheTrim.TemporarySuffix, 1);
        string young = _folder.Write("2a/young" + CacheTrim.TemporarySuffix, 1);
        File.SetLastWriteTimeUtc(old, (Start - TimeSpan.FromHours(2)).UtcDateTime);
        File.SetLastWriteTimeUtc(young, (Start - TimeSpan.FromMinutes(2)).UtcDateTime);
        new CacheTrim(0, clock).Run(_folder.File("2a"));
        Assert.Equal([young], Entries());
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_noted_and_never_an_error()
    {
        LayerCache cache = new(Path.Combine(_folder.Write("file", 1), "cache"));
        Assert.Null(cache.Find(Keys.Of(1), Rows.Identity));
        cache.Store(Keys.Of(1), Rows.Full);
        cache.Store(Keys.Of(2), Rows.Full);
        Assert.Contains(_folder.Path, cache.Note, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', cache.Note!);
        Assert.Equal(0, cache.Stored);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_read_only_folder_still_serves_what_it_has()
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows() && !Environment.IsPrivilegedProcess, "needs a user for whom permissions count");
        new LayerCache(_folder.Path).Store(Keys.Of(1), Rows.Full);
        LayerCache cache = new(_folder.Path);
        string folder = Path.GetDirectoryName(cache.PathOf(Keys.Of(1)))!;
        UnixFileMode mode = File.GetUnixFileMode(folder);
        try
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Assert.NotNull(cache.Find(Keys.Of(1), Rows.Identity));
            cache.Store(Keys.InFolder(Keys.Of(1).Hash.Span[0], 1), Rows.Full);
            Assert.NotNull(cache.Note);
        }
        finally
        {
            File.SetUnixFileMode(folder, mode);
        }
    }

    public void Dispose() => _folder.Dispose();

    private string[] Entries() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
