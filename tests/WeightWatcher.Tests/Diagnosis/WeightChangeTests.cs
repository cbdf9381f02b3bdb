using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Diagnosis;

public sealed class WeightChangeTests
{
    private const int Rows = 160, Columns = 80;

    private static readonly AnalysisOptions Plain = AnalysisOptions.Default with { Randomize = Randomization.Off, DetX = false };

    private static readonly float[] Before = TestModel.Trained(Rows, Columns, 1);

    [Fact]
    public void Equal_weights_have_not_changed()
    {
        LayerReport layer = Compare(Before);
        Assert.Equal("none", layer.ChangeKind);
        Assert.Equal(0, layer["delta_relative"].Value);
        Assert.Equal(1, layer["delta_cka"].Value);
        Assert.Equal(0, layer["delta_rank"].Value);
    }

    [Fact]
    public void Rounding_is_named_by_its_format()
    {
        Assert.Equal("rounded to f16", Compare([.. Before.Select(x => (float)(Half)x)]).ChangeKind);
        Assert.Equal("rounded to bf16", Compare([.. Before.Select(x => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) + 0x8000) & 0xFFFF0000))]).ChangeKind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void An_adapter_has_its_rank(int rank)
    {
        double[] changed = [.. Before.Select(x => (double)x)];
        for (int k = 0; k < rank; k++)
        {
            float[] left = TestModel.Gaussian(Rows, 50 + k, 0.03), right = TestModel.Gaussian(Columns, 70 + k, 0.03);
            for (int i = 0; i < changed.Length; i++)
                changed[i] += (double)left[i / Columns] * right[i % Columns];
        }

        LayerReport layer = Compare([.. changed.Select(x => (float)x)]);
        Assert.Equal(rank, layer["delta_rank"].Value);
        Assert.Equal($"low rank ({rank})", layer.ChangeKind);
    }

    [Fact]
    public void Noise_makes_a_bulk_without_spikes()
    {
        float[] noise = TestModel.Gaussian(Rows * Columns, 9, 0.01);
        LayerReport layer = Compare([.. Before.Zip(noise, (x, e) => x + e)]);
        Assert.Equal("noise", layer.ChangeKind);
        Assert.Equal(0, layer["delta_spikes"].Value);
        Assert.InRange(layer["delta_mp_distance"].Value, 0, 0.05);
        Assert.Equal(Math.Sqrt(noise.Sum(e => (double)e * e)), layer["delta_frobenius"].Value, 1e-4);
    }

    [Fact]
    public void Training_turns_directions_that_stand_out()
    {
        // What is learned anew, in as many directions as stand out, beside small changes of all weights.
        float[] learned = TestModel.Trained(Rows, Columns, 1000);
        LayerReport layer = Compare([.. Before.Zip(learned, (x, y) => x + (0.3f * y))]);
        Assert.Equal("learned", layer.ChangeKind);
        Assert.InRange(layer["delta_cosine"].Value, 0.8, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_of_another_training_or_initialisation_are_called_replaced(bool trained)
    {
        LayerReport layer = Compare(trained ? TestModel.Trained(Rows, Columns, 1000) : TestModel.Gaussian(Rows * Columns, 3, 0.1));
        Assert.Equal("replaced", layer.ChangeKind);
        Assert.InRange(layer["delta_cosine"].Value, -0.2, 0.2);
        Assert.InRange(layer["delta_relative"].Value, 1, 2);
    }

    [Fact]
    public void Coarser_rounding_turns_the_leading_directions_further()
    {
        double Angle(int bits)
        {
            float step = Before.Max(Math.Abs) / ((1 << (bits - 1)) - 1);
            LayerReport layer = Compare([.. Before.Select(x => step * (float)Math.Round(x / step))]);
            Assert.StartsWith("rounded to ", layer.ChangeKind, StringComparison.Ordinal);
            return layer["delta_top_angle"].Value;
        }

        double[] angles = [Angle(8), Angle(6), Angle(4), Angle(3), Angle(2)];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', angles));
        Assert.Equal(angles.Order(), angles);
        Assert.InRange(angles[0], 0, 2);
        Assert.True(angles[^1] > 5 * angles[0]);
    }

    [Fact]
    public void Cka_does_not_see_a_scale_and_the_two_kinds_differ()
    {
        LayerReport layer = Compare([.. Before.Select(x => 3 * x)]);
        Assert.Equal(1, layer["delta_cka"].Value, 9);
        Assert.Equal(1, layer["delta_cosine"].Value, 6);
        Assert.Equal(2, layer["delta_relative"].Value, 6);
        LayerReport other = Compare(TestModel.Trained(Rows, Columns, 1000));
        Assert.True(other["delta_ww_cka"].Value > other["delta_cka"].Value);
    }

    [Fact]
    public void A_rule_can_ask_for_a_distance_from_the_initialisation()
    {
        using TestModel model = new();
        Policy policy = Policy.Parse("version: 1\nrules:\n  - { id: moved, metric: delta_relative, min: 0.1 }\n");
        string initial = model.Write(("a", [Rows, Columns], Before)), moved = model.Write(("a", [Rows, Columns], TestModel.Trained(Rows, Columns, 1000)));
        Assert.True(Gate(moved, initial, policy).Passed);
        Violation violation = Assert.Single(Gate(initial, initial, policy).Violations);
        Assert.Equal("moved", violation.Rule);
        Assert.Equal(0, violation.Value);
        Assert.Contains(Gate(moved, null, policy).Violations, v => v.Code == "WWG4001");
    }

    [Fact]
    public void Biases_and_missing_layers_are_said()
    {
        using TestModel model = new();
        string first = model.Write(("a.weight", [Rows, Columns], Before), ("a.bias", [Rows], TestModel.Gaussian(Rows, 3)), ("b.weight", [Rows, Columns], Before));
        string second = model.Write(("a.weight", [Rows, Columns], Before), ("a.bias", [Rows], new float[Rows]), ("c.weight", [Rows, Columns], Before));
        ModelDistances distances = ModelDistances.Between(first, second, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["b"], distances.OnlyInFirst);
        Assert.Equal(["c"], distances.OnlyInSecond);
        LayerDistance layer = Assert.Single(distances.Layers);
        Assert.Equal(0, layer.Weights.Value);
        Assert.Equal(Math.Sqrt(TestModel.Gaussian(Rows, 3).Sum(x => (double)x * x)), layer.Biases.Value, 6);
    }

    private static Verdict Gate(string path, string? baseline, Policy policy) =>
        ModelGate.Run(new GateRequest { ArtifactPath = path, BaselinePath = baseline, Policy = policy }, TestContext.Current.CancellationToken).Verdict;

    private static LayerReport Compare(float[] after)
    {
        using TestModel model = new();
        string path = model.Write(("a", [Rows, Columns], after)), baseline = model.Write(("a", [Rows, Columns], Before));
        return Assert.Single(ModelAnalyzer.Compare(path, baseline, Plain, TestContext.Current.CancellationToken).Layers);
    }
}
