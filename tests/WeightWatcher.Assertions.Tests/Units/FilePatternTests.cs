namespace WeightWatcher.Assertions.Tests.Units;

public sealed class FilePatternTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public FilePatternTests()
    {
        Add("net.onnx", "net.onnx.data", "a/net.onnx", "a/b/net.onnx", "a/b/other.onnx", "c/net.safetensors");

        void Add(params string[] paths)
        {
            foreach (string path in paths)
            {
                string full = Path.Combine(_folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                File.WriteAllText(full, "");
            }
        }
    }

    [Theory]
    [InlineData("net.onnx", "net.onnx")]
    [InlineData("*.onnx", "net.onnx")]
    [InlineData("*.onnx*", "net.onnx net.onnx.data")]
    [InlineData("net.?nnx", "net.onnx")]
    [InlineData("**/*.onnx", "a/b/net.onnx a/b/other.onnx a/net.onnx net.onnx")]
    [InlineData("a/**/net.onnx", "a/b/net.onnx a/net.onnx")]
    [InlineData("a/**", "a/b/net.onnx a/b/other.onnx a/net.onnx")]
    [InlineData("**/**/b/*", "a/b/net.onnx a/b/other.onnx")]
    [InlineData("*/*.onnx", "a/net.onnx")]
    [InlineData("./a/./net.onnx", "./a/./net.onnx")]
    [InlineData("a/../c/*", "a/../c/net.safetensors")]
    [InlineData("a\\b\\*.onnx", "a/b/net.onnx a/b/other.onnx")]
    [InlineData("absent/**/*.onnx", "")]
    [InlineData("net.onnx/*", "")]
    [InlineData("*.ONNX.nothing", "")]
    public void A_pattern_gives_the_paths_it_matches(string pattern, string expected) =>
        Assert.Equal(expected, string.Join(' ', FilePattern.Expand(pattern, _folder).Order(StringComparer.Ordinal)));

    [Fact]
    public void An_absolute_pattern_gives_absolute_paths()
    {
        string root = _folder.Replace('\\', '/');
        Assert.Equal([$"{root}/a/net.onnx"], FilePattern.Expand($"{root}/a/*.onnx", "unused"));
    }

    [Fact]
    public void A_linked_folder_that_leads_in_a_circle_is_not_entered()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "a", "circle"), _folder);
        Assert.Equal(4, FilePattern.Expand("**/*.onnx", _folder).Length);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
