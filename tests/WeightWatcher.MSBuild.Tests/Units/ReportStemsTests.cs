namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class ReportStemsTests
{
    [Theory]
    [InlineData("/m/a.onnx /m/b.onnx", "a.onnx b.onnx")]
    [InlineData("/m/x/a.onnx /m/y/a.onnx", "a.onnx-x a.onnx-y")]
    [InlineData("/m/x/a.onnx /m/y/A.onnx", "a.onnx-x A.onnx-y")]
    [InlineData("/1/x/a.onnx /2/x/a.onnx", "a.onnx-1-x a.onnx-2-x")]
    [InlineData("/m/x/a.onnx=good /m/y/a.onnx", "good a.onnx")]
    [InlineData("/m/x/a.onnx=same /m/y/a.onnx=same", "a.onnx-x a.onnx-y")]
    [InlineData("/m/x/a.onnx=lone", "a.onnx")]
    [InlineData("/m/x/a.onnx=p/q: /m/y/a.onnx", "p_q_ a.onnx")]
    [InlineData("/m/model/ /m/b.onnx", "model b.onnx")]
    [InlineData("/m/a.onnx /m/a.onnx /m/a.onnx", "a.onnx a.onnx-2 a.onnx-3")]
    [InlineData("/m/a.onnx /m/a.onnx=strict", "a.onnx strict")]
    [InlineData("/m/x/a.onnx /m/x/a.onnx /m/y/a.onnx", "a.onnx-x a.onnx-2 a.onnx-y")]
    [InlineData("/m/a.onnx=same /m/a.onnx=same", "same a.onnx-2")]
    public void Names_are_the_file_names_where_they_can_be_and_differ_always(string paths, string expected)
    {
        ModelItem[] items = [.. paths.Split(' ').Select(p => p.Split('=')).Select(p => new ModelItem { Path = p[0], Name = p.ElementAtOrDefault(1) })];
        Assert.Equal(expected, string.Join(' ', ReportStems.Assign(items)));
    }

    [Fact]
    public void Paths_that_differ_only_in_what_file_names_cannot_hold_are_numbered()
    {
        IReadOnlyList<string> stems = ReportStems.Assign([new ModelItem { Path = "/a:" }, new ModelItem { Path = "/a?" }]);
        Assert.Equal(2, stems.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }
}
