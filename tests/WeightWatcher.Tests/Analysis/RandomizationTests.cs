using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Randomized columns: what they must not depend on, and what they tell.</summary>
public sealed class RandomizationTests : IDisposable
{
    private static readonly AnalysisOptions Strict = AnalysisOptions.Default with { Randomize = Randomization.Both };
    private readonly TestModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Randomized_columns_do_not_depend_on_names_order_or_layout()
    {
        float[] weights = TestModel.Trained(70, 30, 1);
        LayerReport stored = _model.Layer(Strict, [70, 30], weights);
        LayerReport transposed = _model.Layer(Strict, [30, 70], TestModel.Transpose(weights, 70, 30));
        ModelReport among = _model.Analyze(Strict, ("first", [20, 20], TestModel.Gaussian(400, 9)), ("another name", [70, 30], weights));
        foreach ((string metric, Measurement value) in stored.Metrics)
        {
            Assert.Equal(value.Status, transposed[metric].Status);
            if (value.IsMeasured)
                Assert.Equal(value.Value, transposed[metric].Value, 1e-12 * Math.Max(1, Math.Abs(value.Value)));
            Assert.Equal(value.Value, among.Layers[1][metric].Value);
        }
    }

    [Fact]
    public void Another_seed_gives_another_permutation_and_nearly_the_same_distance()
    {
        float[] weights = TestModel.Trained(70, 30, 1);
        double first = _model.Layer(Strict, [70, 30], weights)["rand_distance"].Value;
        double second = _model.Layer(Strict with { Seed = 43 }, [70, 30], weights)["rand_distance"].Value;
        Assert.NotEqual(first, second);
        Assert.InRange(second, first * 0.9, first * 1.1);
    }

    [Theory]
    [InlineData(20, 12)]
    [InlineData(64, 64)]
    [InlineData(300, 40)]
    public void A_random_layer_is_as_far_from_its_permutations_as_they_are_from_each_other(int n, int m)
    {
        double[] ratios = [.. Enumerable.Range(0, 30).Select(seed => Math.Abs(_model.Layer(Strict, [n, m], TestModel.Gaussian(n * m, seed))["rand_distance_ratio"].Value))];
        Assert.InRange(ratios.Average(), 0.9, 1.1);
        Assert.All(ratios, ratio => Assert.InRange(ratio, 0.4, 2.5));
    }

    [Theory]
    [InlineData(60, 40)]
    [InlineData(200, 30)]
    public void Permuting_Gaussian_entries_or_drawing_them_anew_gives_spectra_alike(int n, int m)
    {
        LayerReport[] layers = [.. Enumerable.Range(0, 20).Select(seed => _model.Layer(Strict with { Seed = (ulong)seed }, [n, m], TestModel.Gaussian(n * m, seed, 0.3)))];
        double permuted = layers.Average(l => l["max_rand_eval"].Value), drawn = layers.Average(l => l["max_rand_eval_gaussian"].Value);
        Assert.InRange(drawn / permuted, 0.97, 1.03);
        Assert.InRange(layers.Average(l => l["rand_distance_gaussian"].Value) / layers.Average(l => l["rand_distance"].Value), 0.8, 1.25);
    }

    /// <summary>Permutations: 11, 5, 3, and 1 with the closed form of the null; last, entries of Student's t(3), whose permutations scatter more: 5, and 1 with the null of large entries.</summary>
    [Theory]
    [InlineData(20, 12, false)]
    [InlineData(64, 64, false)]
    [InlineData(400, 160, false)]
    [InlineData(1100, 360, false)]
    [InlineData(128, 64, true)]
    [InlineData(1100, 360, true)]
    public void A_random_layer_lies_few_standard_deviations_above_chance(int n, int m, bool heavyTailed)
    {
        double[] z = [.. Enumerable.Range(0, 40).Select(seed => Math.Abs(_model.Layer(Strict, [n, m], heavyTailed ? SpikedDrawsTests.HeavyTailed(n * m, seed) : TestModel.Gaussian(n * m, seed))["rand_distance_z"].Value))];
        // One in a hundred lies above 3 to 4, one in a thousand above 5.
        Assert.All(z, value => Assert.InRange(value, 0, 7));
        Assert.InRange(z.Count(value => value > 4), 0, 2);
        Assert.InRange(z.Count(value => value > 2), 0, 6);
        Assert.InRange(z.Count(value => value == 0), 8, 32);
    }

    [Fact]
    public void The_null_of_the_inverse_is_measured()
    {
        double[] ratios = [.. Enumerable.Range(0, 6).Select(seed => Math.Abs(_model.Layer(Strict with { Inverse = true }, [700, 450], TestModel.Gaussian(700 * 450, seed))["rand_distance_ratio"].Value))];
        Assert.InRange(ratios.Average(), 0.5, 2);
    }

    /// <summary>One entry that outweighs all others by far: every permutation has its eigenvalue, and what is left are rounding errors.</summary>
    [Theory]
    [InlineData(60, 40)]
    [InlineData(600, 600)]
    public void Rounding_errors_are_not_held_against_chance(int n, int m)
    {
        float[] weights = TestModel.Gaussian(n * m, 6);
        weights[m + 3] = 1e30f;
        LayerReport layer = _model.Layer(Strict, [n, m], weights);
        Assert.InRange(layer["rand_distance"].Value, 0, 1e-6);
        Assert.Equal(MeasurementStatus.NotApplicable, layer["rand_distance_ratio"].Status);
        Assert.Equal(MeasurementStatus.NotApplicable, layer["rand_distance_z"].Status);
    }

    /// <summary>Products of double precision, and of single; a constant, and one beside which the entries' spread is rounding.</summary>
    [Theory]
    [InlineData(50, 40, 0)]
    [InlineData(600, 520, 0)]
    [InlineData(50, 40, 1e-9)]
    [InlineData(600, 520, 1e-6)]
    public void Rounding_errors_are_no_bulk(int n, int m, double spread)
    {
        double[] weights = [.. TestModel.Gaussian(n * m, 6).Select(w => 0.25 + (spread * w))];
        LayerReport layer = spread == 0 ? _model.Layer(Strict, [n, m], [.. weights.Select(w => (float)w)]) : _model.Layer(Strict, [n, m], weights);
        foreach (string metric in (string[])["rand_sigma_mp", "rand_bulk_max", "rand_bulk_min", "rand_mp_softrank", "rand_num_spikes"])
            Assert.Equal(MeasurementStatus.NotApplicable, layer[metric].Status);
    }

    [Theory]
    [InlineData(100, 80)]
    [InlineData(600, 520)]
    public void A_huge_element_leaves_the_bulk_of_permutations(int n, int m)
    {
        float[] weights = TestModel.Gaussian(n * m, 6);
        weights[m + 3] = 1e4f;
        Assert.InRange(_model.Layer(Strict, [n, m], weights)["rand_bulk_max"].Value / Math.Pow(Math.Sqrt(n) + Math.Sqrt(m), 2), 0.95, 1.05);
    }

    [Fact]
    public void A_trained_layer_is_far_from_random()
    {
        LayerReport layer = _model.Layer(Strict, [100, 60], TestModel.Trained(100, 60, 5));
        Assert.True(layer["rand_distance_ratio"].Value > 5);
        Assert.True(layer["rand_distance_z"].Value > 20);
    }

    [Fact]
    public void An_orthogonal_layer_is_far_from_random_with_the_opposite_sign()
    {
        // Householder's reflection is orthogonal: all singular values are one, below those of its permutations.
        float[] v = TestModel.Gaussian(50, 3);
        double norm = v.Sum(x => (double)x * x);
        float[] reflection = [.. Enumerable.Range(0, 2500).Select(k => (float)((k / 50 == k % 50 ? 1 : 0) - (2.0 * v[k / 50] * v[k % 50] / norm)))];
        LayerReport layer = _model.Layer(Strict, [50, 50], reflection);
        Assert.True(layer["rand_distance_effect"].Value < -0.1);
        Assert.True(layer["rand_distance_ratio"].Value < -5);
        Assert.True(layer["rand_distance_z"].Value < -20);
    }

    [Fact]
    public void A_huge_element_is_a_trap_and_is_named()
    {
        float[] weights = TestModel.Gaussian(120 * 80, 7);
        weights[(33 * 80) + 21] = 40;
        LayerReport layer = _model.Layer(Strict, [120, 80], weights);
        TrapReport trap = Assert.Single(layer.Traps);
        Assert.Equal(1, layer["num_traps"].Value);
        Assert.Equal(("element", 33L, 21L), (trap.Cause, trap.Row, trap.Column));
        Assert.InRange(trap.Size, 38, 42);
        Assert.True(trap.Lambda > trap.Edge);

        // The Gaussian counterpart has no such element: the two randomizations differ by it.
        Assert.True(layer["max_rand_eval"].Value > 3 * layer["max_rand_eval_gaussian"].Value);
    }

    [Fact]
    public void The_element_of_a_wide_layer_is_named_in_the_N_by_M_matrix()
    {
        float[] weights = TestModel.Gaussian(80 * 120, 7);
        weights[(21 * 120) + 33] = 40;
        TrapReport trap = Assert.Single(_model.Layer(Strict, [80, 120], weights).Traps);
        Assert.Equal((33L, 21L), (trap.Row, trap.Column));
    }

    [Fact]
    public void A_shifted_mean_is_a_trap()
    {
        float[] weights = [.. TestModel.Gaussian(120 * 80, 8).Select(w => w + 0.5f)];
        TrapReport trap = Assert.Single(_model.Layer(Strict, [120, 80], weights).Traps);
        Assert.Equal("mean-shift", trap.Cause);
        Assert.InRange(trap.Size, 0.45, 0.55);
    }

    [Fact]
    public void Random_layers_rarely_show_traps()
    {
        int layersWithTraps = Enumerable.Range(0, 200).Count(seed => _model.Layer(Strict with { Randomize = Randomization.Permute, MpFit = false }, [60, 30], TestModel.Gaussian(1800, seed))["num_traps"].Value > 0);
        Assert.InRange(layersWithTraps, 0, 6);
    }

    [Fact]
    public void Heavy_tailed_entries_have_no_edge()
    {
        Random random = new(4);
        float[] pareto = [.. Enumerable.Range(0, 9600).Select(_ => (float)(Math.Pow(1 - random.NextDouble(), -1 / 1.5) * (random.Next(2) == 0 ? 1 : -1)))];
        LayerReport layer = _model.Layer(Strict, [120, 80], pareto);
        Assert.Equal(MeasurementStatus.NotApplicable, layer["num_traps"].Status);
        Assert.Contains("heavy-tailed", layer["num_traps"].Reason);
    }
}
