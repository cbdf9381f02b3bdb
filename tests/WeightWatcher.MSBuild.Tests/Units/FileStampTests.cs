namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class FileStampTests : IDisposable
{
    private static readonly DateTime LongAgo = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => InFolder("file");

    [Fact]
    public void A_file_that_nobody_touched_is_the_same()
    {
        File.WriteAllText(Path, "abc");
        FileStamp stamp = FileStamp.Take(Path);
        Assert.Equal(stamp, stamp.Refresh(Token));
    }

    [Fact]
    public void Another_time_with_the_same_content_is_the_same_file_with_a_new_stamp()
    {
        File.WriteAllText(Path, "abc");
        FileStamp stamp = FileStamp.Take(Path);
        File.SetLastWriteTimeUtc(Path, LongAgo);
        Assert.Equal(stamp with { Modified = LongAgo.Ticks }, stamp.Refresh(Token));
    }

    [Theory]
    [InlineData("abd")]
    [InlineData("abcd")]
    [InlineData("")]
    public void Another_content_is_another_file_however_old(string content)
    {
        File.WriteAllText(Path, "abc");
        FileStamp stamp = FileStamp.Take(Path);
        File.WriteAllText(Path, content);
        File.SetLastWriteTimeUtc(Path, LongAgo);
        Assert.Null(stamp.Refresh(Token));
    }

    [Theory]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 21) + 1)]
    public void Of_a_long_file_every_byte_counts(int length)
    {
        byte[] content = new byte[length];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(Path, content);
        FileStamp stamp = FileStamp.Take(Path);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)), stamp.Hash);
        content[^1] ^= 1;
        File.WriteAllBytes(Path, content);
        File.SetLastWriteTimeUtc(Path, LongAgo);
        Assert.Null(stamp.Refresh(Token));
    }

    [Fact]
    public void Hashing_can_be_cancelled()
    {
        File.WriteAllText(Path, "abc");
        FileStamp stamp = FileStamp.Take(Path);
        File.SetLastWriteTimeUtc(Path, LongAgo);
        Assert.Throws<OperationCanceledException>(() => stamp.Refresh(new CancellationToken(canceled: true)));
    }

    [Fact]
    public void What_appears_and_what_goes_is_a_change()
    {
        FileStamp absent = FileStamp.Take(Path);
        Assert.Equal(absent, absent.Refresh(Token));
        File.WriteAllText(Path, "abc");
        Assert.Null(absent.Refresh(Token));
        FileStamp present = FileStamp.Take(Path);
        File.Delete(Path);
        Assert.Null(present.Refresh(Token));
        Directory.CreateDirectory(Path);
        Assert.Null(present.Refresh(Token));
        Assert.Null(absent.Refresh(Token));
    }

    [Fact]
    public void A_link_is_what_it_leads_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        string target = InFolder("target");
        File.WriteAllText(target, "abc");
        File.CreateSymbolicLink(Path, target);
        FileStamp stamp = FileStamp.Take(Path);
        Assert.Equal((3, stamp), (stamp.Length, stamp.Refresh(Token)));
        Assert.Equal(FileStamp.Take(target), stamp with { Path = target });
        File.WriteAllText(target, "abd");
        File.SetLastWriteTimeUtc(target, LongAgo);
        Assert.Null(stamp.Refresh(Token));
        stamp = FileStamp.Take(Path);
        File.Delete(target);
        Assert.Null(stamp.Refresh(Token));
        stamp = FileStamp.Take(Path);
        Assert.Equal((null, null, stamp), (stamp.Length, stamp.Hash, stamp.Refresh(Token)));
    }

    [Theory]
    [InlineData("link", "link")]
    [InlineData("folder", "folder/file")]
    public void A_link_that_is_turned_elsewhere_is_another_file(string link, string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        foreach (string folder in (string[])["a", "b"])
        {
            Directory.CreateDirectory(InFolder(folder));
            File.WriteAllText(InFolder(folder, "file"), "abc");
            File.SetLastWriteTimeUtc(InFolder(folder, "file"), LongAgo);
        }

        void Turn(string folder)
        {
            File.Delete(InFolder(link));
            File.CreateSymbolicLink(InFolder(link), link == path ? InFolder(folder, "file") : folder);
        }

        Turn("a");
        FileStamp stamp = FileStamp.Take(InFolder(path.Split('/')));
        Turn("a");
        Assert.Equal(stamp, stamp.Refresh(Token));
        Turn("b");
        Assert.Null(stamp.Refresh(Token));
    }

    [Fact]
    public void Links_in_a_circle_lead_to_no_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        File.CreateSymbolicLink(Path, InFolder("other"));
        File.CreateSymbolicLink(InFolder("other"), Path);
        Assert.ThrowsAny<IOException>(() => FileStamp.Take(Path));
    }

    [Fact]
    public void A_folder_changes_when_a_file_appears_anywhere_in_it()
    {
        Directory.CreateDirectory(System.IO.Path.Combine(_folder, "a"));
        FileStamp stamp = FileStamp.Take(_folder);
        Assert.Equal(stamp, stamp.Refresh(Token));
        File.WriteAllText(System.IO.Path.Combine(_folder, "a", "shard"), "");
        Assert.Null(stamp.Refresh(Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_changes_when_a_link_appears_anywhere_in_it(bool toFolder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        Directory.CreateDirectory(InFolder("a"));
        File.WriteAllText(Path, "abc");
        FileStamp stamp = FileStamp.Take(_folder);
        File.CreateSymbolicLink(InFolder("a", "link"), toFolder ? _folder : Path);
        Assert.Null(stamp.Refresh(Token));
        stamp = FileStamp.Take(_folder);
        Assert.Equal(stamp, stamp.Refresh(Token));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string InFolder(params string[] parts) => System.IO.Path.Combine([_folder, .. parts]);
}
