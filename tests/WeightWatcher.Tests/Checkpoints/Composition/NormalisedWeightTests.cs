using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Composition;

/// <summary>Weights that PyTorch keeps as direction and length, or with the vectors of their largest singular value.</summary>
public sealed class NormalisedWeightTests
{
    private static readonly float[] Values = [.. Enumerable.Range(0, 24).Select(i => (float)Math.Sin(i + 1))];

    [Theory]
    [InlineData("c.weight_g", "c.weight_v")]
    [InlineData("c.parametrizations.weight.original0", "c.parametrizations.weight.original1")]
    [InlineData("parametrizations.weight.original0", "parametrizations.weight.original1")]
    public void Rows_have_the_lengths_that_are_kept_apart(string lengths, string directions)
    {
        using StateDict file = new();
        file.Floats(lengths, [4, 1, 1], 1, 2, 3, 4).Floats(directions, [4, 3, 2], Values);
        using Checkpoint checkpoint = file.Open();
        Tensor weight = Assert.Single(checkpoint.Tensors);
        Assert.Equal(directions[0] == 'c' ? "c.weight" : "weight", weight.Name);
        double[] expected = [.. Values.Select((v, i) => (double)v * (1 + (i / 6)) / Norm(Values[(i / 6 * 6)..((i / 6 * 6) + 6)]))];
        Near(expected, weight.Values());
        double[] part = new double[9];
        weight.Read(5, part);
        Near(expected[5..14], part);
    }

    [Fact]
    public void The_axis_of_the_lengths_is_that_of_their_shape()
    {
        using StateDict file = new();
        file.Floats("weight_hh_l0_g", [1, 3], 1, 2, 3).Floats("weight_hh_l0_v", [8, 3], Values);
        using Checkpoint checkpoint = file.Open();
        double[] expected = [.. Values.Select((v, i) => (double)v * (1 + (i % 3)) / Norm([.. Values.Where((_, j) => j % 3 == i % 3)]))];
        Near(expected, checkpoint.Tensor("weight_hh_l0").Values());
    }

    [Fact]
    public void One_length_is_that_of_all_elements()
    {
        using StateDict file = new();
        file.Floats("w_g", [], 5).Floats("w_v", [8, 3], Values);
        using Checkpoint checkpoint = file.Open();
        Near([.. Values.Select(v => (double)v * 5 / Norm(Values))], checkpoint.Tensor("w").Values());
    }

    [Fact]
    public void Names_alone_prove_nothing()
    {
        using StateDict file = new();
        file.Floats("attn_g", [8, 4], new float[32]).Floats("attn_v", [8, 3], Values);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal(["attn_g", "attn_v"], checkpoint.Tensors.Select(t => t.Name));
    }

    [Theory]
    [InlineData("c.weight_orig", "c.weight_u", "c.weight_v")]
    [InlineData("c.parametrizations.weight.original", "c.parametrizations.weight.0._u", "c.parametrizations.weight.0._v")]
    public void A_spectrally_normalised_weight_is_divided_by_its_stored_norm(string original, string left, string right)
    {
        float[] u = [0.5f, -0.5f, 0.5f, 0.5f], v = [.. Enumerable.Range(0, 6).Select(i => (i + 1) / 10f)];
        using StateDict file = new();
        file.Floats(original, [4, 3, 2], Values).Floats(left, [4], u).Floats(right, [6], v);
        using Checkpoint checkpoint = file.Open();
        double sigma = Values.Select((w, i) => (double)u[i / 6] * w * v[i % 6]).Sum();
        Near([.. Values.Select(w => w / sigma)], checkpoint.Tensor("c.weight").Values());
    }

    [Fact]
    public void A_parametrization_that_is_not_known_is_skipped_and_counted()
    {
        using StateDict file = new();
        file.Floats("c.parametrizations.weight.original", [4, 6], Values);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal(24, Assert.Single(checkpoint.Unreadable).Parameters);
    }

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));

    private static void Near(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], 1e-14 * expected.Max(Math.Abs));
    }
}
