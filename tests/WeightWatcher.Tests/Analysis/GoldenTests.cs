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
    public void Clipped_fingers_equal_the_Python_tools() =>
        AssertRows(GoldenModel.Golden().GetProperty("analyze_clip_xmax"), Analyze(Compatible with { FixFingers = FingerFix.ClipXMax }));

    [Fact]
    public void A_fit_without_the_largest_eigenvalue_equals_the_Python_tools() =>
        AssertRows(GoldenModel.Golden().GetProperty("analyze_xmax_1"), Analyze(Compatible with { XMax = 1 }));

    [Fact]
    public void The_spectrum_of_the_inverse_equals_the_Python_tools() =>
        AssertRows(GoldenModel.Golden().GetProperty("analyze_inverse"), Analyze(Compatible with { Inverse = true }));

    [Fact]
    public void Convolutions_that_are_not_scaled_equal_the_Python_tools()
    {
        JsonElement expected = GoldenModel.Golden().GetProperty("analyze_conv2d_norm_False");
        ModelReport report = Analyze(Compatible with { Conv2DNorm = false });
        Assert.Empty(expected.EnumerateArray().SelectMany(row => PythonTool.Deviations(row, report.Layers.Single(l => l.Name == row.GetProperty("name").GetString()))));
    }

    [Theory]
    [InlineData("distances_raw", DistanceMethod.Raw)]
    [InlineData("distances_euclidean", DistanceMethod.Euclidean)]
    [InlineData("distances_cka", DistanceMethod.Cka)]
    public void Distances_of_two_models_equal_the_Python_tools(string key, DistanceMethod method)
    {
        using TemporaryFolder folder = new();
        (string first, string second) = (folder.File("first.safetensors"), folder.File("second.safetensors"));
        GoldenModel.WriteSafetensors(first);
        GoldenModel.WriteSafetensors(second, 100);
        ModelDistances distances = ModelDistances.Between(first, second, method, Compatible, TestContext.Current.CancellationToken);
        JsonElement golden = GoldenModel.Golden().GetProperty(key);
        foreach ((JsonElement row, LayerDistance layer) in golden.GetProperty("rows").EnumerateArray().Zip(distances.Layers))
        {
            Assert.True(PythonTool.TryNumber(row.GetProperty("delta_W"), out double expected));
            Assert.Equal(row.GetProperty("name").GetString(), layer.Name);
            Assert.Equal(expected, layer.Weights.Value, 1e-6 * expected);
        }

        Assert.True(PythonTool.TryNumber(golden.GetProperty("avg_dW"), out double mean));
        Assert.Equal(mean, distances.MeanWeights.Value, 1e-6 * mean);
        Assert.Equal(8, distances.Layers.Length);
    }

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
