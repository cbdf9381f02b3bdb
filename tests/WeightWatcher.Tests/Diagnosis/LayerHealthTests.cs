using WeightWatcher.Metrics;
using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Diagnosis;

public sealed class LayerHealthTests
{
    private static readonly AnalysisOptions Plain = AnalysisOptions.Default with { Randomize = Randomization.Off, MpFit = false, DetX = false };

    [Fact]
    public void A_trained_layer_has_nothing_wrong()
    {
        using TestModel model = new();
        LayerReport layer = model.Layer(Plain, [96, 40], TestModel.Trained(96, 40, 1));
        Assert.All(["nonfinite_weights", "zero_share", "dead_rows", "dead_columns", "still_at_init", "duplicate_of"], column => Assert.Equal(0, layer[column].Value));
        Assert.InRange(layer["spike_entry_ratio"].Value, 1, 3);
        Assert.InRange(layer["value_bits"].Value, 11.5, Math.Log2(96 * 40));
    }

    [Theory]
    [InlineData(40, 96)]
    [InlineData(96, 40)]
    public void Dead_outputs_and_inputs_are_counted_on_the_side_where_they_are(int outputs, int inputs)
    {
        float[] weights = TestModel.Trained(outputs, inputs, 2);
        for (int i = 0; i < weights.Length; i++)
            weights[i] *= i / inputs < 5 ? 0 : i % inputs == 7 ? 1e-8f : 1;
        using TestModel model = new();
        LayerReport layer = model.Layer(Plain, [outputs, inputs], weights);
        (string longer, string shorter) = outputs > inputs ? ("dead_rows", "dead_columns") : ("dead_columns", "dead_rows");
        Assert.Equal(5, layer[longer].Value);
        Assert.Equal(1, layer[shorter].Value);
        Assert.Equal(5.0 / outputs, layer[longer + "_share"].Value);
        Assert.Equal(5.0 / outputs, layer["zero_share"].Value, 12);
    }

    [Theory]
    [InlineData(60, 100, 6)]
    [InlineData(128, 128, 12)]
    public void A_product_of_thin_matrices_in_single_precision_has_their_rank(int outputs, int inputs, int rank)
    {
        Random random = new(5);
        float[] left = [.. Enumerable.Range(0, outputs * rank).Select(_ => (float)Initialisations.Normal(random))], right = [.. Enumerable.Range(0, inputs * rank).Select(_ => (float)Initialisations.Normal(random))];
        float[] weights = new float[outputs * inputs];
        for (int i = 0; i < weights.Length; i++)
        {
            for (int k = 0; k < rank; k++)
                weights[i] += left[(i / inputs * rank) + k] * right[(i % inputs * rank) + k];
        }

        using TestModel model = new();
        Assert.Equal((double)rank / Math.Min(outputs, inputs), model.Layer(Plain, [outputs, inputs], weights)["clear_rank_share"].Value);
        Assert.Equal(1, model.Layer(Plain, [outputs, inputs], TestModel.Trained(outputs, inputs, 6))["clear_rank_share"].Value);
    }

    [Fact]
    public void Kernels_of_which_half_of_the_filters_are_dead_are_measured()
    {
        // Square slices, so that the mean rank that is left of each is no whole number.
        float[] weights = TestModel.Trained(16, 144, 7);
        Array.Clear(weights, 0, weights.Length / 2);
        using TestModel model = new();
        LayerReport layer = model.Layer(AnalysisOptions.Default, [16, 16, 3, 3], weights);
        Assert.Equal(0.5, Math.Max(layer["dead_rows_share"].Value, layer["dead_columns_share"].Value));
        Assert.Equal(0.5, layer["clear_rank_share"].Value);
    }

    [Fact]
    public void Rounding_to_one_scale_is_not_taken_for_coarse_where_a_few_rows_are_large()
    {
        float[] weights = TestModel.Trained(96, 40, 8);
        for (int i = 0; i < weights.Length; i++)
            weights[i] = MathF.Round(weights[i] * (i / 40 % 5 == 0 ? 100 : 1) / 0.02f) * 0.02f;
        using TestModel model = new();
        Assert.True(model.Layer(Plain, [96, 40], weights)["value_bits"].Value > 4);
    }

    [Fact]
    public void A_flipped_exponent_bit_is_seen_in_nearly_every_entry()
    {
        float[] weights = TestModel.Trained(96, 40, 3);
        using TestModel model = new();
        int seen = 0, tried = 0;
        for (int at = 5; at < weights.Length; at += 97)
        {
            float[] damaged = [.. weights];
            damaged[at] *= 65536;
            LayerReport layer = model.Layer(Plain, [96, 40], damaged);
            tried++;
            seen += layer["spike_entry_ratio"].Value > 30 && layer["spike_entry_z"].Value > 5 ? 1 : 0;
        }

        // An entry below a two-thousandth of the largest does not become thirty times the largest.
        Assert.InRange(seen, tried - 1, tried);
    }

    [Fact]
    public void Three_flipped_bits_do_not_hide_each_other()
    {
        float[] weights = TestModel.Trained(96, 40, 3);
        foreach (int at in (int[])[100, 1000, 3000])
            weights[at] *= 65536;
        using TestModel model = new();
        Assert.True(model.Layer(Plain, [96, 40], weights)["spike_entry_ratio"].Value > 30);
    }

    [Fact]
    public void Heavy_tails_alone_are_no_spike()
    {
        // Student's t with two degrees of freedom: a tail index of 2, heavier than that of trained layers.
        using TestModel model = new();
        int alarms = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            Random random = new(seed);
            float[] weights = [.. Enumerable.Range(0, 64 * 32).Select(_ => (float)(Initialisations.Normal(random) / Math.Sqrt(-Math.Log(1 - random.NextDouble()))))];
            LayerReport layer = model.Layer(Plain, [64, 32], weights);
            alarms += layer["spike_entry_z"].Value > 5 ? 1 : 0;
            Assert.InRange(layer["spike_entry_ratio"].Value, 1, 30);
        }

        Assert.Equal(0, alarms);
    }

    [Fact]
    public void Equal_layers_are_found_up_to_sign_and_transposition()
    {
        float[] weights = TestModel.Trained(40, 40, 4), other = TestModel.Trained(40, 40, 5), wide = TestModel.Trained(40, 60, 6);
        using TestModel model = new();
        ModelReport report = model.Analyze(
            Plain,
            ("a", [40, 40], weights),
            ("b", [40, 40], other),
            ("c", [40, 40], [.. weights.Select(x => -x)]),
            ("d", [40, 40], TestModel.Transpose(weights, 40, 40)),
            ("e", [40, 60], wide),
            ("f", [60, 40], TestModel.Transpose(wide, 40, 60)),
            ("g", [40, 40], [.. weights.Select((x, i) => i == 77 ? x * 1.0001f : x)]));
        Assert.Equal([0, 0, 1, 1, 0, 5, 0], report.Layers.Select(l => l["duplicate_of"].Value));
    }

    [Fact]
    public void An_output_matrix_that_is_the_embedding_is_tied_and_no_duplicate()
    {
        float[] weights = TestModel.Trained(100, 40, 4);
        using TestModel model = new();
        ModelReport report = model.Analyze(Plain, ("tok_embeddings.weight", [100, 40], weights), ("output.weight", [100, 40], weights));
        Assert.All(report.Layers, l => Assert.Equal(0, l["duplicate_of"].Value));
    }

    [Fact]
    public void A_rescaled_layer_lies_far_from_its_peers()
    {
        using TestModel model = new();
        ModelReport report = model.Analyze(
            Plain, [.. Enumerable.Range(0, 6).Select(i => ($"l{i}", new long[] { 64, 32 + i }, TestModel.Trained(64, 32 + i, 10 + i).Select(x => x * (i == 3 ? 100 : 1)).ToArray()))]);
        Assert.All(report.Layers, l => Assert.True(l.Name == "l3" ? l["scale_z"].Value > 10 : Math.Abs(l["scale_z"].Value) < 3));
    }

    [Fact]
    public void Few_layers_have_no_peers()
    {
        using TestModel model = new();
        Assert.Equal(MeasurementStatus.NotApplicable, model.Layer(Plain, [64, 32], TestModel.Trained(64, 32, 1))["scale_z"].Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_rounded_to_two_bits_have_two_bits(bool perRow)
    {
        float[] weights = TestModel.Trained(128, 64, 8);
        float largest = weights.Max(Math.Abs);
        for (int row = 0; row < 128; row++)
        {
            Span<float> line = weights.AsSpan(row * 64, 64);
            float step = (perRow ? line.ToArray().Max(Math.Abs) : largest) / 2;
            foreach (ref float x in line)
                x = step * (float)Math.Clamp(Math.Floor(x / step) + 0.5, -1.5, 1.5);
        }

        using TestModel model = new();
        Assert.InRange(model.Layer(Plain, [128, 64], weights)["value_bits"].Value, 1, 2);
    }

    /// <summary>Each row, or each column, has values of its own that no other one has, each of them twice: half as many values as entries, which is the limit.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    public void Lines_in_which_half_of_the_values_repeat_are_just_coarse(bool perColumn, int more)
    {
        const int Rows = 48, Columns = 32;
        (int lines, int length) = perColumn ? (Columns, Rows) : (Rows, Columns);
        float[] weights = new float[Rows * Columns];
        Random random = new(3);
        for (int line = 0; line < lines; line++)
        {
            // With one more value a line is above the limit.
            int different = (length / 2) + more;
            int[] places = [.. Enumerable.Range(0, length)];
            random.Shuffle(places);
            for (int i = 0; i < length; i++)
            {
                float value = ((line * length) + (places[i] % different) + 1) * 0.001f;
                weights[perColumn ? (i * Columns) + line : (line * Columns) + i] = value;
            }
        }

        using TestModel model = new();
        double bits = model.Layer(Plain, [Rows, Columns], weights)["value_bits"].Value;
        Assert.Equal(more == 0 ? Math.Log2(length / 2) : Math.Log2(weights.Distinct().Count()), bits, 1e-12);
    }

    [Fact]
    public void Non_finite_weights_are_counted()
    {
        float[] weights = TestModel.Trained(64, 32, 1);
        (weights[3], weights[40], weights[41]) = (float.NaN, float.PositiveInfinity, float.NaN);
        using TestModel model = new();
        Assert.Equal(3, model.Layer(Plain, [64, 32], weights)["nonfinite_weights"].Value);
    }
}
