using WeightWatcher.Metrics;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Layers that are made of a part, several parts or a product of tensors have the columns of the matrices that one builds by hand.</summary>
public sealed class PlainMatrixTests
{
    private static readonly AnalysisOptions Options = AnalysisOptions.Default with { MinEvals = 1, Randomize = Randomization.Off };

    [Theory]
    [InlineData("Conv", new long[] { 12, 5, 3, 3 })]
    [InlineData("Conv", new long[] { 12, 5, 2, 2, 2 })]
    [InlineData("Conv", new long[] { 12, 5, 7 })]
    [InlineData("ConvTranspose", new long[] { 5, 12, 3, 3 })]
    [InlineData("ConvTranspose", new long[] { 12, 5, 2, 3, 2 })]
    public void A_convolution_is_the_matrices_of_its_kernel_positions(string operation, long[] shape)
    {
        float[] values = Values(shape);
        int outputs = (int)shape[0], inputs = (int)shape[1], kernel = values.Length / (outputs * inputs);
        LayerReport layer = Assert.Single(Analyze(OnnxWriter.Model(new OnnxGraph().Initializer("w", shape, values).Node(operation, ["x", "w"], ["y"]))));

        (string, long[], float[])[] slices =
            [.. Enumerable.Range(0, kernel).Select(k => ($"s{k}", new long[] { outputs, inputs }, (float[])[.. Enumerable.Range(0, outputs * inputs).Select(i => values[(i * kernel) + k])]))];
        LayerReport[] plain = Analyze(SafetensorsWriter.Bytes(slices));
        Assert.Equal((12, 5, kernel, 5 * kernel), (layer["N"].Value, layer["M"].Value, layer["rf"].Value, layer["num_evals"].Value));
        AssertClose(plain.Sum(s => s["norm"].Value), layer["norm"].Value);
        AssertClose(plain.Max(s => s["lambda_max"].Value), layer["lambda_max"].Value);
        AssertClose(plain.Min(s => s["sv_min"].Value), layer["sv_min"].Value);
    }

    [Theory]
    [InlineData(new long[] { 20, 1, 3, 3 })]
    [InlineData(new long[] { 1, 20, 3, 3 })]
    public void A_depthwise_kernel_is_channels_by_positions(long[] shape) =>
        AssertSame(("w", [20, 9], Values(shape)), Assert.Single(Analyze(SafetensorsWriter.Bytes(("w", shape, Values(shape))))));

    [Fact]
    public void A_grouped_kernel_is_taken_as_it_is_stored()
    {
        // Two groups: 12 outputs, of which each has 3 of the 6 inputs.
        float[] values = Values([12, 3, 1, 1]);
        AssertSame(("w", [12, 3], values), Assert.Single(Analyze(OnnxWriter.Model(
            new OnnxGraph().Initializer("w", [12, 3, 1, 1], values).Node("Conv", ["x", "w"], ["y"], OnnxWriter.IntAttribute("group", 2))))), "layer_type");
    }

    [Fact]
    public void The_projections_of_attention_are_their_own_matrices()
    {
        float[] values = Values([48, 16]);
        LayerReport[] layers = Analyze(SafetensorsWriter.Bytes(("a.in_proj_weight", [48, 16], values)));
        Assert.Equal(3, layers.Length);
        for (int part = 0; part < 3; part++)
            AssertSame(("p", [16, 16], values[(256 * part)..(256 * (part + 1))]), layers[part]);
    }

    [Theory]
    [InlineData("w_g", "w_v")]
    [InlineData("parametrizations.w.original0", "parametrizations.w.original1")]
    public void A_normalised_weight_is_its_directions_times_their_lengths(string length, string direction)
    {
        float[] v = Values([20, 8]), g = Values([20, 1]), w = new float[160];
        for (int row = 0; row < 20; row++)
        {
            double norm = Math.Sqrt(v.Skip(8 * row).Take(8).Sum(x => (double)x * x));
            for (int i = 0; i < 8; i++)
                w[(8 * row) + i] = (float)(g[row] * v[(8 * row) + i] / norm);
        }

        LayerReport layer = Assert.Single(Analyze(SafetensorsWriter.Bytes(($"fc.{length.Replace("w", "weight", StringComparison.Ordinal)}", [20, 1], g), ($"fc.{direction.Replace("w", "weight", StringComparison.Ordinal)}", [20, 8], v))));
        LayerReport plain = Assert.Single(Analyze(SafetensorsWriter.Bytes(("w", [20, 8], w))));
        Assert.Equal((20, 8), (layer["N"].Value, layer["M"].Value));
        foreach (string column in (string[])["norm", "lambda_max", "sv_min", "stable_rank", "entropy"])
            Assert.Equal(plain[column].Value, layer[column].Value, 1e-5 * plain[column].Value);
    }

    [Fact]
    public void Each_direction_of_a_recurrent_operator_is_the_stacked_matrix_of_its_gates()
    {
        float[] values = Values([2, 32, 6]);
        LayerReport[] layers = Analyze(OnnxWriter.Model(new OnnxGraph().Initializer("W", [2, 32, 6], values).Initializer("R", [2, 32, 8], Values([2, 32, 8])).Node("LSTM", ["x", "W", "R"], ["y"])));
        AssertSame(("p", [32, 6], values[..192]), Assert.Single(layers, l => l.Name == "W[0]"));
        AssertSame(("p", [32, 6], values[192..]), Assert.Single(layers, l => l.Name == "W[1]"));
        Assert.All(layers, l => Assert.Equal("recurrent", l.LayerType));
    }

    [Fact]
    public void Tied_weights_are_analysed_once_and_count_once()
    {
        byte[] pickle = TorchWriter.Dictionary(("embed.weight", TorchWriter.Full), ("head.weight", TorchWriter.Full));
        using TemporaryFolder folder = new();
        ModelReport report = ModelAnalyzer.Analyze(folder.Write("m.pt", TorchWriter.Zip(pickle)), Options, TestContext.Current.CancellationToken);
        Assert.Equal("embed", Assert.Single(report.Layers).Name);
        Assert.Equal("tied: the same elements as 'embed.weight'", Assert.Single(report.Skipped).Reason);
        foreach (string total in (string[])["parameters", "parameters_analysed"])
            Assert.Equal(12, Assert.Single(report.Summary, s => s.Key == total).Value.Value);
    }

    private static float[] Values(long[] shape)
    {
        Random random = new(shape.Length);
        return [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)((random.NextDouble() * 2) - 1))];
    }

    private static LayerReport[] Analyze(byte[] file)
    {
        using TemporaryFolder folder = new();
        return [.. ModelAnalyzer.Analyze(folder.Write("model.bin", file), Options, TestContext.Current.CancellationToken).Layers];
    }

    private static void AssertSame((string Name, long[] Shape, float[] Values) matrix, LayerReport layer, params string[] except)
    {
        LayerReport plain = Assert.Single(Analyze(SafetensorsWriter.Bytes(matrix)));
        Assert.Equal(plain["N"].Value * plain["M"].Value, layer["N"].Value * layer["M"].Value);
        foreach ((string column, Measurement value) in plain.Metrics.Where(m => m.Key is not ("scale_z" or "glorot_gain" or "duplicate_of" or "rf") && !except.Contains(m.Key)))
        {
            Assert.Equal((column, value.Status), (column, layer[column].Status));
            if (value.IsMeasured)
                AssertClose(value.Value, layer[column].Value);
        }
    }

    private static void AssertClose(double expected, double actual) => Assert.Equal(expected, actual, 1e-10 * Math.Max(1, Math.Abs(expected)));
}
