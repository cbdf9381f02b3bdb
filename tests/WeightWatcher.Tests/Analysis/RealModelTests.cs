using System.Text.Json;
using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Analysis;

/// <summary>The compatible semantics against what the Python tool says of real trained models.</summary>
public sealed class RealModelTests
{
    private static readonly AnalysisOptions Compatible = AnalysisOptions.Default with { Semantics = Semantics.Compatible };

    /// <summary>Models of the formats that are read, as folder and file.</summary>
    public static TheoryData<string> Models =>
    [
        "dtln/model.h5", "fer2013-mini-xception/fer2013_mini_XCEPTION.00-0.47.hdf5", "fer2013-mini-xception/fer2013_mini_XCEPTION.107-0.66.hdf5", "fer2013-mini-xception/fer2013_mini_XCEPTION.29-0.62.hdf5",
        "keras-mnist/mnist_model.h5", "mlperf-tiny/ad01.h5",
        "dtln/model_1.onnx", "dtln/model_2.onnx", "ggml-mnist/mnist_model.state_dict", "pretrain-gnns/chem_gcn_contextpred.pth",
        "pretrain-gnns/chem_gcn_supervised_contextpred.pth", "resnet-cifar10/resnet20-12fca82f.th", "silero-vad/silero_vad.jit", "silero-vad/silero_vad.onnx",
        "silero-vad/silero_vad_16k.safetensors", "silero-vad/silero_vad_16k_op15.onnx", "stories260K/stories260K-f32.safetensors",
        "ultraface/training-run-RFB/RFB-Epoch-0-Loss-6.496268930889311.pth", "ultraface/training-run-RFB/RFB-Epoch-120-Loss-2.8258132253374373.pth",
        "ultraface/training-run-RFB/RFB-Epoch-20-Loss-3.7015854631151472.pth", "ultraface/training-run-RFB/RFB-Epoch-200-Loss-2.701671838760376.pth",
        "ultraface/training-run-RFB/RFB-Epoch-280-Loss-2.635728222983224.pth", "ultraface/training-run-RFB/RFB-Epoch-499-Loss-2.6552731423150924.pth",
        "ultraface/version-RFB-320.onnx", "ultraface/version-RFB-320.pth", "ultraface/version-RFB-320_simplified.onnx",
    ];

    /// <summary>
    /// Where the top of the Python tool's kernel density is flat, the last bit of the eigenvalues chooses its mode, and the mode bounds the fit: here four grid
    /// points tie. The deviations are named, so that no other one can hide behind them.
    /// </summary>
    private static readonly Dictionary<string, string[]> Ties = new()
    {
        ["fer2013-mini-xception/fer2013_mini_XCEPTION.29-0.62.hdf5"] =
        [
            "conv2d_7/conv2d_7_1/kernel.bulk_max", "conv2d_7/conv2d_7_1/kernel.bulk_min", "conv2d_7/conv2d_7_1/kernel.mp_softrank",
            "conv2d_7/conv2d_7_1/kernel.num_spikes", "conv2d_7/conv2d_7_1/kernel.sigma_mp", "summary.mp_softrank",
        ],
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Deterministic_columns_equal_the_Python_tools(string model)
    {
        (JsonElement expected, ModelReport report) = Analyze(model);
        JsonElement[] rows = [.. expected.GetProperty("layers").EnumerateArray()];
        Dictionary<string, LayerReport> layers = report.Layers.ToDictionary(l => l.Name);
        Assert.Equal(rows.Select(r => r.GetProperty("name").GetString()).Order(StringComparer.Ordinal), layers.Keys.Order(StringComparer.Ordinal));
        Dictionary<string, Measurement> summary = new(report.Summary);
        List<string> deviations =
        [
            .. rows.SelectMany(row => PythonTool.Deviations(row, layers[row.GetProperty("name").GetString()!])),
            .. expected.GetProperty("summary").EnumerateObject()
                .Where(mean => Math.Abs(mean.Value.GetDouble() - summary[mean.Name].Value) > PythonTool.Tolerance(mean.Name, mean.Value.GetDouble()))
                .Select(mean => FormattableString.Invariant($"summary.{mean.Name}: expected {mean.Value.GetDouble():R}, got {summary[mean.Name].Value:R}")),
        ];
        string[] ties = Ties.GetValueOrDefault(model, []);
        Assert.DoesNotContain(deviations, d => !ties.Contains(d.Split(':')[0]));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_rand_distance_lies_among_the_Python_tools_draws(string model)
    {
        (JsonElement expected, ModelReport report) = Analyze(model);
        Dictionary<string, LayerReport> layers = report.Layers.ToDictionary(l => l.Name);
        foreach (JsonElement row in expected.GetProperty("layers").EnumerateArray())
        {
            double mean = row.GetProperty("rand_distance_mean").GetDouble(), sd = row.GetProperty("rand_distance_sd").GetDouble();
            Assert.InRange(layers[row.GetProperty("name").GetString()!]["rand_distance"].Value, mean - (4 * sd), mean + (4 * sd));
        }
    }

    private static (JsonElement Expected, ModelReport Report) Analyze(string model)
    {
        string expected = Reference.Require("expected", model.Replace("/", "__", StringComparison.Ordinal) + ".json");
        string path = Reference.Require(["models", .. model.Split('/')]);
        return (JsonDocument.Parse(File.ReadAllText(expected)).RootElement, ModelAnalyzer.Analyze(path, Compatible, TestContext.Current.CancellationToken));
    }
}
