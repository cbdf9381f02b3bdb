using System.Text.Json;
using WeightWatcher.Metrics;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Analysis;

/// <summary>The compatible semantics against values of the Python tool 0.7.5 for matrices made by formula.</summary>
public sealed class GoldenTests
{
    private static readonly AnalysisOptions Compatible = AnalysisOptions.Default with { Semantics = Semantics.Compatible };

    [Fact]
    public void Every_deterministic_column_equals_the_Python_tools()
    {
        JsonElement golden = GoldenModel.Golden();
        ModelReport report = Analyze(Compatible);
        AssertRows(golden.GetProperty("analyze_default_detX_mpfit"), report);
        Assert.All(golden.GetProperty("describe").EnumerateArray().Zip(report.Layers), pair =>
            Assert.Equal(pair.First.GetProperty("layer_id").GetInt32(), pair.Second.LayerId));
    }

    [Fact]
    public void Slices_that_are_not_pooled_are_rows_of_their_own() =>
        AssertRows(GoldenModel.Golden().GetProperty("analyze_pool_false_min1"), Analyze(Compatible with { Pool = false, MinEvals = 5 }));

    [Fact]
    public void The_summary_holds_the_Python_tools_means()
    {
        ModelReport report = Analyze(Compatible);
        Dictionary<string, Measurement> summary = new(report.Summary);
        foreach (JsonProperty mean in GoldenModel.Golden().GetProperty("summary").EnumerateObject())
        {
            Assert.True(PythonTool.TryNumber(mean.Value, out double expected));
            Assert.Equal(expected, summary[mean.Name].Value, PythonTool.Tolerance(mean.Name, expected));
        }
    }

    private static ModelReport Analyze(AnalysisOptions options)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("golden.safetensors");
        GoldenModel.WriteSafetensors(path);
        return ModelAnalyzer.Analyze(path, options, TestContext.Current.CancellationToken);
    }

    private static void AssertRows(JsonElement expected, ModelReport report)
    {
        Assert.Equal(expected.GetArrayLength(), report.Layers.Length);
        Assert.Empty(expected.EnumerateArray().Zip(report.Layers).SelectMany(pair => PythonTool.Deviations(pair.First, pair.Second)));
    }
}
