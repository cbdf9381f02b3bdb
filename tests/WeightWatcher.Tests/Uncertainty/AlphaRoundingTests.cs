using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Uncertainty;

public sealed class AlphaRoundingTests
{
    private static readonly AnalysisOptions Plain = AnalysisOptions.Default with { Randomize = Randomization.Off, MpFit = false, DetX = false };

    [Fact]
    public void It_bounds_what_rounding_to_8_bits_does_in_nearly_every_layer()
    {
        using TestModel model = new();
        int within = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            float[] weights = TestModel.Trained(160, 96, 40 + seed);
            float step = weights.Max(MathF.Abs) / 127;
            LayerReport layer = model.Layer(Plain, [160, 96], weights), rounded = model.Layer(Plain, [160, 96], [.. weights.Select(w => step * MathF.Round(w / step))]);
            within += Math.Abs(rounded["alpha"].Value - layer["alpha"].Value) <= (1.5 * layer["alpha_rounding"].Value) + 0.02 ? 1 : 0;
        }

        Assert.InRange(within, 7, 10);
    }

    [Fact]
    public void It_does_not_depend_on_the_scale_of_the_weights()
    {
        using TestModel model = new();
        float[] weights = TestModel.Trained(96, 64, 3);
        double one = model.Layer(Plain, [96, 64], weights)["alpha_rounding"].Value, other = model.Layer(Plain, [96, 64], [.. weights.Select(w => 64 * w)])["alpha_rounding"].Value;
        Assert.Equal(one, other, 1e-9);
    }
}
