using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Analysis;

/// <summary>The options of the Python tool that change what is fitted, in strict semantics.</summary>
public sealed class FitOptionsTests
{
    private static readonly AnalysisOptions Plain = AnalysisOptions.Default with { Randomize = Randomization.Off };

    private static readonly float[] Weights = TestModel.Trained(120, 60, 1);

    [Fact]
    public void The_inverse_has_the_reciprocal_eigenvalues()
    {
        using TestModel model = new();
        LayerReport plain = model.Layer(Plain, [120, 60], Weights), inverse = model.Layer(Plain with { Inverse = true }, [120, 60], Weights);
        Assert.Equal(1 / (plain["sv_min"].Value * plain["sv_min"].Value), inverse["lambda_max"].Value, 1e-9 * inverse["lambda_max"].Value);
        Assert.Equal(plain["sv_max"].Value, inverse["sv_max"].Value);
        Assert.Equal(MeasurementStatus.NotApplicable, inverse["sigma_mp"].Status);
        Assert.Equal(plain["still_at_init"], inverse["still_at_init"]);
    }

    [Fact]
    public void A_layer_of_low_rank_has_no_inverse()
    {
        float[] half = [.. Weights.Select((x, i) => i % 60 < 30 ? x : 0)];
        using TestModel model = new();
        Assert.Equal("failed", model.Layer(Plain with { Inverse = true }, [120, 60], half).Status);
    }

    [Fact]
    public void Xmax_leaves_out_the_largest_eigenvalues_of_the_fit_alone()
    {
        using TestModel model = new();
        LayerReport plain = model.Layer(Plain, [120, 60], Weights), without = model.Layer(Plain with { XMax = 2 }, [120, 60], Weights);
        Assert.True(without["xmax"].Value < plain["xmax"].Value);
        Assert.Equal(plain["lambda_max"], without["lambda_max"]);
        Assert.Equal(plain["stable_rank"], without["stable_rank"]);
    }

    [Fact]
    public void Clipping_removes_a_finger_and_says_how_many()
    {
        using TestModel model = new();
        LayerReport clipped = model.Layer(Plain with { FixFingers = FingerFix.ClipXMax }, [120, 60], Weights);
        Assert.Equal(model.Layer(Plain, [120, 60], Weights)["alpha"].Value, clipped["raw_alpha"].Value);
        Assert.InRange(clipped["num_fingers"].Value, 0, 9);
        Assert.True(clipped["num_fingers"].Value == 0 ? clipped["alpha"].Equals(clipped["raw_alpha"]) : clipped["alpha"].Value + 1 < clipped["raw_alpha"].Value);
    }

    [Fact]
    public void The_tail_around_the_peak_begins_there()
    {
        using TestModel model = new();
        LayerReport peak = model.Layer(Plain with { FixFingers = FingerFix.XMinPeak }, [120, 60], Weights);
        Assert.True(peak["xmin"].Value <= model.Layer(Plain, [120, 60], Weights)["lambda_max"].Value / 2);
        Assert.True(peak["num_pl_spikes"].Value >= 10);
    }

    [Fact]
    public void Vectors_that_few_entries_carry_are_told_from_spread_ones()
    {
        // The learned directions of the second matrix live on four columns.
        float[] noise = TestModel.Gaussian(120 * 60, 5, 0.02), localized = [.. noise];
        for (int i = 0; i < localized.Length; i++)
            localized[i] += i % 60 < 4 ? 5 * noise[i] : 0;
        using TestModel model = new();
        AnalysisOptions vectors = Plain with { Vectors = true };
        LayerReport spread = model.Layer(vectors, [120, 60], Weights), few = model.Layer(vectors, [120, 60], localized);
        Assert.All(VectorCatalog.Columns, column => Assert.True(few[column.Name].Status != MeasurementStatus.Failed));
        Assert.True(few["tail_mean_part_ratio"].Value < spread["tail_mean_part_ratio"].Value);
        Assert.InRange(spread["bulk_mean_part_ratio"].Value, 1.8, Math.Pow(60, 0.25));
        Assert.InRange(spread["bulk_mean_loc_ratio"].Value, 1, 60);
    }
}
