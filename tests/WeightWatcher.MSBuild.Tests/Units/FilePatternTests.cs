namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class FilePatternTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weightwatcher-").FullName;

    public FilePatternTests()
    {
        foreach (string file in (string[])["a.onnx", "b.bin", "x/a.onnx", "x/y/c.onnx", "x/y/c.onnx.data", "z/a.onnx"])
        {
            string path = Path.Combine(_folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
    }

    [Theory]
    [InlineData("*.onnx", "a.onnx")]
    [InlineData("**/*.onnx", "a.onnx x/a.onnx x/y/c.onnx z/a.onnx")]
    [InlineData("x/**", "x/a.onnx x/y/c.onnx x/y/c.onnx.data")]
    [InlineData("x\\**\\*.onnx", "x/a.onnx x/y/c.onnx")]
    [InlineData("?/a.onnx", "x/a.onnx z/a.onnx")]
    [InlineData("**/y/*.onnx", "x/y/c.onnx")]
    [InlineData("x/../*.bin", "b.bin")]
    [InlineData("./b.bin", "b.bin")]
    [InlineData("b.bin", "b.bin")]
    [InlineData("none/*.onnx", "")]
    [InlineData("none", "")]
    public void Patterns_find_files_in_ordinal_order(string pattern, string expected)
    {
        IEnumerable<string> found = FilePattern.Expand(pattern, _folder).Select(p => Path.GetRelativePath(_folder, p).Replace('\\', '/'));
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Fact]
    public void A_rooted_pattern_needs_no_base() =>
        Assert.Equal(FilePattern.Expand("**/*.onnx", _folder), FilePattern.Expand(Path.Combine(_folder, "**", "*.onnx"), Path.GetTempPath()));

    [Theory]
    [InlineData("*/a.onnx", "link/a.onnx x/a.onnx z/a.onnx")]
    [InlineData("link/*.onnx", "link/a.onnx")]
    [InlineData("l*/**/*.onnx", "link/a.onnx link/y/c.onnx")]
    [InlineData("**/inner/*.onnx", "z/inner/d.onnx")]
    [InlineData("**/*.onnx", "a.onnx x/a.onnx x/y/c.onnx z/a.onnx z/inner/d.onnx")]
    [InlineData("z/**/*.onnx", "z/a.onnx z/again/a.onnx z/again/y/c.onnx z/inner/d.onnx")]
    public void Linked_folders_are_entered_once_and_never_in_a_circle(string pattern, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        string outside = Directory.CreateTempSubdirectory("weightwatcher-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(outside, "d.onnx"), "");
            foreach ((string link, string target) in ((string, string)[])[
                ("link", "x"), ("x/up", ".."), ("x/y/self", "."), ("z/inner", outside), ("z/above", ".."), ("z/x", "../x"), ("z/again", "x"), (Path.Combine(outside, "back"), _folder)])
                Directory.CreateSymbolicLink(Path.Combine(_folder, link), target);
            Patterns_find_files_in_ordinal_order(pattern, expected);
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
