namespace WeightWatcher.Assertions.Tests.Units;

public sealed class CacheFolderTests
{
    private static readonly string Data = Path.Combine(Path.GetTempPath(), "data");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void The_default_is_the_folder_of_the_user(string? variable) =>
        Assert.Equal(Path.Combine(Data, "weightwatcher", "cache"), CacheFolder.Of(variable, Data, Path.GetTempPath()));

    [Theory]
    [InlineData("off")]
    [InlineData(" OFF ")]
    public void Off_keeps_nothing(string variable) => Assert.Null(CacheFolder.Of(variable, Data, Path.GetTempPath()));

    [Fact]
    public void Without_a_folder_of_the_user_nothing_is_kept() => Assert.Null(CacheFolder.Of(null, "", Path.GetTempPath()));

    [Fact]
    public void A_relative_path_starts_from_the_current_directory() =>
        Assert.Equal(Path.Combine(Data, "kept"), CacheFolder.Of("kept", "", Data));
}
