namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class FileStampTests : IDisposable
{
    private static readonly DateTime LongAgo = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "file");

    [Fact]
    public void A_file_that_nobody_touched_is_the_same()
    {
        File.WriteAllText(Path, "abc");
        FileStamp stamp = FileStamp.Take(Path);
        Assert.Equal(stamp, stamp.Refresh());
    }

    [Fact]
    public void Another_time_with_the_same_content_is_the_same_file_with_a_new_stamp()
    {
        File.WriteAllText(Path, "abc");
        FileStamp stamp = FileStamp.Take(Path);
        File.SetLastWriteTimeUtc(Path, LongAgo);
        Assert.Equal(stamp with { Modified = LongAgo.Ticks }, stamp.Refresh());
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
        Assert.Null(stamp.Refresh());
    }

    [Fact]
    public void What_appears_and_what_goes_is_a_change()
    {
        FileStamp absent = FileStamp.Take(Path);
        Assert.Equal(absent, absent.Refresh());
        File.WriteAllText(Path, "abc");
        Assert.Null(absent.Refresh());
        FileStamp present = FileStamp.Take(Path);
        File.Delete(Path);
        Assert.Null(present.Refresh());
        Directory.CreateDirectory(Path);
        Assert.Null(present.Refresh());
        Assert.Null(absent.Refresh());
    }

    [Fact]
    public void A_folder_changes_when_a_file_appears_anywhere_in_it()
    {
        Directory.CreateDirectory(System.IO.Path.Combine(_folder, "a"));
        FileStamp stamp = FileStamp.Take(_folder);
        Assert.Equal(stamp, stamp.Refresh());
        File.WriteAllText(System.IO.Path.Combine(_folder, "a", "shard"), "");
        Assert.Null(stamp.Refresh());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
