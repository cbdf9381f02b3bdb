using System.Text.Json;
using WeightWatcher.Metrics;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Columns that are computed only on request, and rows without spectra.</summary>
public sealed class RequestedColumnTests : IDisposable
{
    private readonly TestModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Coarser_rounding_turns_leading_directions_more()
    {
        LayerReport layer = _model.Layer(AnalysisOptions.Default with { Quantization = true }, [120, 60], TestModel.Trained(120, 60, 1));
        double[] angles = [.. QuantizationCatalog.Bits.Select(bits => layer[QuantizationCatalog.NameOf(bits)].Value)];
        Assert.Equal(angles.Order(), angles);
        Assert.InRange(angles[0], 0.001, 3);
        Assert.InRange(angles[^1], 5, 90);
        LayerReport random = _model.Layer(AnalysisOptions.Default with { Quantization = true }, [120, 60], TestModel.Gaussian(7200, 1));
        Assert.Equal(MeasurementStatus.NotApplicable, random["quant_angle_8"].Status);
        Assert.DoesNotContain(_model.Layer(AnalysisOptions.Default, [120, 60], TestModel.Gaussian(7200, 1)).Metrics, m => m.Key.StartsWith("quant_", StringComparison.Ordinal));
    }

    [Fact]
    public void The_density_distance_is_free_of_scale_and_tells_structure_from_chance()
    {
        float[] trained = TestModel.Trained(200, 100, 1);
        double structured = _model.Layer(AnalysisOptions.Default, [200, 100], trained)["rand_density_distance"].Value;
        double scaled = _model.Layer(AnalysisOptions.Default, [200, 100], [.. trained.Select(x => x * 1024)])["rand_density_distance"].Value;
        double random = _model.Layer(AnalysisOptions.Default, [200, 100], TestModel.Gaussian(20_000, 1))["rand_density_distance"].Value;
        Assert.Equal(structured, scaled, 1e-9);
        Assert.InRange(structured / random, 1.2, 20);
        Assert.InRange(structured, 0, Math.Sqrt(Math.Log(2)));
    }

    [Fact]
    public void The_p_value_of_the_power_law_is_there_on_request_alone()
    {
        AnalysisOptions options = AnalysisOptions.Default with { ClausetP = true };
        float[] w = TestModel.Trained(120, 60, 1);
        double p = _model.Layer(options, [120, 60], w)["clauset_p"].Value;
        Assert.InRange(p, 0, 1);
        Assert.Equal(p, _model.Layer(options, [60, 120], TestModel.Transpose(w, 120, 60))["clauset_p"].Value);
        Assert.DoesNotContain(_model.Layer(AnalysisOptions.Default, [120, 60], w).Metrics, m => m.Key == "clauset_p");
        Assert.Equal(MeasurementStatus.NotApplicable, _model.Layer(options with { XMax = 1 }, [120, 60], w)["clauset_p"].Status);
    }

    [Fact]
    public void A_description_has_the_rows_of_the_Python_tools()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.safetensors");
        GoldenModel.WriteSafetensors(path);
        ModelReport report = ModelAnalyzer.Describe(path, AnalysisOptions.Default with { Semantics = Semantics.Compatible }, TestContext.Current.CancellationToken);
        JsonElement[] golden = [.. GoldenModel.Golden().GetProperty("describe").EnumerateArray()];
        Assert.Equal(golden.Length, report.Layers.Length);
        foreach ((JsonElement row, LayerReport layer) in golden.Zip(report.Layers))
        {
            Assert.Equal(row.GetProperty("layer_id").GetInt32(), layer.LayerId);
            Assert.Equal(row.GetProperty("name").GetString(), layer.Name);
            Assert.Equal(row.GetProperty("layer_type").GetString(), layer.LayerType);
            foreach (string column in (string[])["N", "M", "rf", "num_evals"])
                Assert.Equal(row.GetProperty(column).GetInt32(), layer[column].Value);
            Assert.False(layer["alpha"].IsMeasured);
        }

        // Who judges a description by mistake learns that nothing was measured.
        Assert.False(Policy.WellTrained.Judge(ModelAnalyzer.Describe(path, null, TestContext.Current.CancellationToken)).Passed);
    }
}
