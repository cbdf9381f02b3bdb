using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Layers;

public sealed class FoldedNormTests
{
    private static readonly AnalysisOptions Folding = AnalysisOptions.Default with { FoldBatchNorm = true, Randomize = Randomization.Off };

    [Theory]
    [InlineData("features.0", "features.1")]
    [InlineData("layer1.conv2", "layer1.bn2")]
    [InlineData("block.conv", "block.bn")]
    public void Folding_gives_the_weights_that_inference_has(string layer, string norm)
    {
        float[] weights = TestModel.Trained(24, 90, 1), gamma = TestModel.Gaussian(24, 2), variance = [.. TestModel.Gaussian(24, 3).Select(x => x * x)];
        using TestModel model = new();
        ModelReport folded = model.Analyze(
            Folding, ($"{layer}.weight", [24, 10, 3, 3], weights), ($"{norm}.weight", [24], gamma), ($"{norm}.running_var", [24], variance));
        float[] expected = [.. weights.Select((x, i) => x * (float)(gamma[i / 90] / Math.Sqrt(variance[i / 90] + 1e-5)))];
        LayerReport effective = model.Layer(Folding with { FoldBatchNorm = false }, [24, 10, 3, 3], expected);
        LayerReport row = Assert.Single(folded.Layers);
        Assert.Equal(effective.WeightHash, row.WeightHash);
        Assert.Equal(effective.Metrics, row.Metrics);
        Assert.Contains(folded.Notes, note => note.Contains("1 of 1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_normalisation_of_another_size_or_name_is_left_alone()
    {
        float[] weights = TestModel.Trained(24, 90, 1);
        using TestModel model = new();
        ModelReport report = model.Analyze(
            Folding, ("conv1.weight", [24, 10, 3, 3], weights), ("bn1.running_var", [12], TestModel.Gaussian(12, 3)), ("bn2.running_var", [24], TestModel.Gaussian(24, 3)));
        Assert.Equal(model.Layer(Folding, [24, 10, 3, 3], weights).WeightHash, Assert.Single(report.Layers).WeightHash);
    }
}
