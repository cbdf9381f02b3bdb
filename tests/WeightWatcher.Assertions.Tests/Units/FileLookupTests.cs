namespace WeightWatcher.Assertions.Tests.Units;

public sealed class FileLookupTests
{
    [Fact]
    public void A_file_of_the_output_folder_is_found_there()
    {
        string name = Path.GetFileName(typeof(FileLookupTests).Assembly.Location);
        Assert.Equal(Path.Combine(AppContext.BaseDirectory, name), FileLookup.Of(name).Found);
    }

    [Fact]
    public void The_places_of_a_relative_path_are_distinct_and_begin_with_the_output_folder()
    {
        FileLookup lookup = FileLookup.Of("models/absent.onnx");
        Assert.Null(lookup.Found);
        Assert.Distinct(lookup.Places);
        Assert.Equal(Path.Combine(AppContext.BaseDirectory, "models", "absent.onnx"), lookup.Places[0]);
        Assert.Equal(Path.GetFullPath("models/absent.onnx"), lookup.Places[^1]);
    }

    [Fact]
    public void An_absolute_path_is_looked_for_only_at_itself()
    {
        string absolute = Path.Combine(Path.GetTempPath(), "absent.onnx");
        Assert.Equal([absolute], FileLookup.Of(absolute).Places);
    }

    [Fact]
    public void A_list_of_places_names_each_in_quotes() =>
        Assert.Equal("'/a/net.onnx' and at '/b/net.onnx'", FileLookup.List(["/a/net.onnx", "/b/net.onnx"]));
}
