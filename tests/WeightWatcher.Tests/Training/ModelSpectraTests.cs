using System.Globalization;
using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Training;

/// <summary>What training leaves in the spectra of examples/models, from nothing learned to too much.</summary>
public class ModelSpectraTests
{
    // The last layers have ten eigenvalues, too few for a power law.
    private static readonly string[] WideLayers = ["fc1", "fc2"];

    private static string Folder { get; } = Path.Combine(Reference.RepositoryRoot, "examples", "models");

    [Fact]
    public void An_untrained_network_looks_like_its_own_permutation()
    {
        ModelReport report = Analyze("initial");
        Assert.All(report.Layers, layer => Assert.InRange(Value(layer, "rand_distance"), 0, 1.5 * ByChance(layer)));
        Assert.All(report.Layers, layer => Assert.Equal(0, Value(layer, "num_traps")));
    }

    [Theory]
    [InlineData("well-trained")]
    [InlineData("epoch-20")]
    public void A_well_trained_network_is_far_from_chance_with_alpha_between_2_and_4_and_no_trap(string model)
    {
        ModelReport report = Analyze(model);
        Assert.All(WideLayers.Select(name => Layer(report, name)), layer =>
        {
            Assert.InRange(Value(layer, "alpha"), 2, 4);
            Assert.InRange(Value(layer, "rand_distance"), 20 * ByChance(layer), 0.8327);
            Assert.Equal(0, Value(layer, "num_traps"));
        });
    }

    [Fact]
    public void An_over_trained_network_has_alpha_below_2_and_a_trap_by_a_mean_shift()
    {
        ModelReport report = Analyze("over-trained");
        Assert.All(WideLayers.Select(name => Layer(report, name)), layer =>
        {
            Assert.InRange(Value(layer, "alpha"), 1, 1.95);
            Assert.Equal("mean-shift", Assert.Single(layer.Traps).Cause);
        });
    }

    [Fact]
    public void A_diverged_network_has_only_layers_that_are_no_numbers() =>
        Assert.All(Analyze("diverged").Layers, layer => Assert.Equal(LayerFault.NonFinite, layer.Fault));

    [Fact]
    public void Training_on_moves_the_spectra_away_from_chance_and_lowers_alpha()
    {
        ModelReport early = Analyze("epoch-01"), late = Analyze("epoch-20");
        Assert.All(WideLayers, name =>
        {
            Assert.True(Value(Layer(late, name), "rand_distance") > 1.2 * Value(Layer(early, name), "rand_distance"));
            Assert.True(Value(Layer(late, name), "alpha") < Value(Layer(early, name), "alpha") - 0.2);
        });
    }

    [Theory]
    [InlineData("well-trained")]
    [InlineData("over-trained")]
    [InlineData("convolutional")]
    public void Both_formats_of_a_model_give_the_same_numbers_randomized_ones_included(string model)
    {
        ModelReport safetensors = Analyze(model), onnx = Analyze(model, extension: ".onnx");
        Assert.Equal(safetensors.Layers.Select(l => l.Name), onnx.Layers.Select(l => l.Name));
        foreach ((LayerReport first, LayerReport second) in safetensors.Layers.Zip(onnx.Layers))
            Assert.Equal(first.Metrics, second.Metrics);
    }

    [Theory]
    [InlineData("initial")]
    [InlineData("well-trained")]
    [InlineData("over-trained")]
    [InlineData("convolutional")]
    [InlineData("epoch-01")]
    [InlineData("epoch-20")]
    public void The_readme_s_table_holds_what_is_measured(string model)
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Folder, "README.md")).Where(line => line.StartsWith($"| `{model}` | `", StringComparison.Ordinal))];
        ModelReport report = Analyze(model, Semantics.Compatible);
        Assert.Equal(report.Layers.Length, rows.Length);
        foreach (string row in rows)
        {
            string[] cells = [.. row.Split('|').Select(cell => cell.Trim(' ', '`'))];
            LayerReport layer = Layer(report, cells[2]);
            Assert.Equal(Value(layer, "alpha"), Number(cells[3]), 0.0051);
            Assert.Equal(Value(layer, "num_pl_spikes"), Number(cells[4]));
            Assert.Equal(Value(layer, "rand_distance"), Number(cells[5].Split(' ')[0]), 0.03);
        }
    }

    private static ModelReport Analyze(string model, Semantics semantics = Semantics.Strict, string extension = ".safetensors") => ModelAnalyzer.Analyze(
        Path.Combine(Folder, model + extension),
        AnalysisOptions.Default with { Semantics = semantics, MpFit = false, DetX = false, MaxThreads = 1 },
        TestContext.Current.CancellationToken);

    private static LayerReport Layer(ModelReport report, string name) => Assert.Single(report.Layers, layer => layer.Name == name);

    // The rand_distance of independent Gaussian entries: 0.96 sqrt((0.45 ln M - 0.25) / (N M)), within 7 %.
    private static double ByChance(LayerReport layer)
    {
        double n = Value(layer, "N"), m = Value(layer, "M");
        return 0.96 * Math.Sqrt(((0.45 * Math.Log(m)) - 0.25) / (n * m));
    }

    private static double Value(LayerReport layer, string metric)
    {
        Measurement measurement = layer[metric];
        Assert.True(measurement.IsMeasured, $"{layer.Name} {metric}: {measurement.Reason}");
        return measurement.Value;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
