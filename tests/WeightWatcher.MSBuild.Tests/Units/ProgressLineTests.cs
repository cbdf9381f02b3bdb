namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class ProgressLineTests
{
    [Fact]
    public void A_short_analysis_says_nothing()
    {
        List<string> lines = [];
        ProgressLine line = new("net.onnx", lines.Add);
        for (int i = 1; i <= 1000; i++)
            line.Report(new(i, 1000, i / 1000.0, "fc"));
        Assert.Empty(lines);
    }
}
