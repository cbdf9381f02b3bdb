using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Composition;

/// <summary>Low-rank adapters become the products that they stand for.</summary>
public sealed class AdapterTests
{
    private static readonly float[] Down = [1, 2, 3, 4, 5, 6];
    private static readonly float[] Up = [1, 0, 0, 1, 2, -1, 0.5f, 0.5f];

    [Theory]
    [InlineData("""{"peft_type": "LORA", "r": 2, "lora_alpha": 6}""", 3)]
    [InlineData("""{"r": 2, "lora_alpha": 6, "use_rslora": true}""", 4.242640687119285)]
    [InlineData("""{"r": 8, "lora_alpha": 6, "rank_pattern": {"q_proj": 2}, "alpha_pattern": {"layers\\.[0-9]\\.q_proj": 10}}""", 5)]
    [InlineData("""{"r": 8, "lora_alpha": 6, "rank_pattern": {"^unused": 3, "q_.*": 2}}""", 3)]
    [InlineData("""{"r": 2}""", 4)]
    public void The_product_is_scaled_as_the_settings_say(string settings, double scale)
    {
        using StateDict file = Peft("base_model.model.m.layers.0.q_proj.lora_A.weight", "base_model.model.m.layers.0.q_proj.lora_B.weight");
        using Checkpoint checkpoint = file.Beside("adapter_config.json", settings).Open();
        Tensor product = checkpoint.Tensor("m.layers.0.q_proj.lora_BA");
        Assert.Equal([4, 3], product.Shape);
        double[] expected = Product(scale);
        double[] found = product.Values();
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-14 * scale * 12));
        double[] part = new double[5];
        product.Read(2, part);
        Assert.Equal(found[2..7], part);
        Assert.Equal(["part of the weight 'm.layers.0.q_proj.lora_BA'", "part of the weight 'm.layers.0.q_proj.lora_BA'"], checkpoint.Unreadable.Select(u => u.Reason));
        Assert.Empty(checkpoint.Notes);
        Assert.Empty(checkpoint.LookedFor);
    }

    [Theory]
    [InlineData("a.lora_A.default.weight", "a.lora_B.default.weight", "a")]
    [InlineData("a.to_q_lora.down.weight", "a.to_q_lora.up.weight", "a.to_q")]
    [InlineData("a.lora.down.weight", "a.lora.up.weight", "a")]
    [InlineData("lora_unet_a.lora_down.weight", "lora_unet_a.lora_up.weight", "lora_unet_a")]
    public void The_names_of_other_tools_are_known(string down, string up, string module)
    {
        using StateDict file = Peft(down, up);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal(Product(1), checkpoint.Tensor(module + ".lora_BA").Values());
        Assert.Contains("adapter_config.json", Assert.Single(checkpoint.Notes), StringComparison.Ordinal);
        Assert.Equal(["adapter_config.json"], checkpoint.LookedFor.Select(Path.GetFileName));
    }

    [Fact]
    public void An_alpha_beside_the_factors_scales_them()
    {
        using StateDict file = Peft("x.lora_down.weight", "x.lora_up.weight").Floats("x.alpha", [], 8);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal(Product(4), checkpoint.Tensor("x.lora_BA").Values());
    }

    [Fact]
    public void Embeddings_and_transposed_layers_are_turned()
    {
        double[] turned = [.. Enumerable.Range(0, 12).Select(i => Product(1)[(i % 4 * 3) + (i / 4)])];
        using StateDict embedding = Peft("e.lora_embedding_A", "e.lora_embedding_B").Beside("adapter_config.json", """{"r": 2, "lora_alpha": 2}""");
        using StateDict transposed = Peft("e.lora_A.weight", "e.lora_B.weight").Beside("adapter_config.json", """{"r": 2, "lora_alpha": 2, "fan_in_fan_out": true}""");
        foreach (StateDict file in (StateDict[])[embedding, transposed])
        {
            using Checkpoint checkpoint = file.Open();
            Assert.Equal([3, 4], checkpoint.Tensor("e.lora_BA").Shape);
            Assert.Equal(turned, checkpoint.Tensor("e.lora_BA").Values());
        }
    }

    [Fact]
    public void Factors_of_a_convolution_make_a_kernel()
    {
        float[] down = [.. Enumerable.Range(0, 2 * 3 * 4).Select(i => (float)i)];
        using StateDict file = new StateDict().Floats("c.lora_A.weight", [2, 3, 2, 2], down).Floats("c.lora_B.weight", [4, 2, 1, 1], Up).Beside("adapter_config.json", """{"r": 2, "lora_alpha": 2}""");
        using Checkpoint checkpoint = file.Open();
        Tensor kernel = checkpoint.Tensor("c.lora_BA");
        Assert.Equal([4, 3, 2, 2], kernel.Shape);
        double[] expected = [.. Enumerable.Range(0, 48).Select(i => ((double)Up[i / 12 * 2] * down[i % 12]) + (Up[(i / 12 * 2) + 1] * down[12 + (i % 12)]))];
        Assert.Equal(expected, kernel.Values());
        double[] part = new double[11];
        kernel.Read(9, part);
        Assert.Equal(expected[9..20], part);
    }

    [Fact]
    public void A_factor_without_its_partner_is_refused()
    {
        using StateDict file = new StateDict().Floats("a.lora_A.weight", [2, 3], Down);
        ArtifactException refusal = file.Refused();
        Assert.Equal("WWG2010", refusal.Code.Id);
        Assert.Contains("a.lora_B.weight", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"r": 4}""", "WWG2012")]
    [InlineData("""{"r": 2, "rank_pattern": {"(": 2}}""", "WWG2010")]
    [InlineData("""{"r": 2, "rank_pattern": {"(?=a)": 2}}""", "WWG2010")]
    [InlineData("""{"r": 2, "alpha_pattern": {"a": "2"}}""", "WWG2010")]
    [InlineData("[]", "WWG2010")]
    public void Settings_that_cannot_be_right_are_refused(string settings, string code)
    {
        using StateDict file = Peft("a.lora_A.weight", "a.lora_B.weight").Beside("adapter_config.json", settings);
        Assert.Equal(code, file.Refused().Code.Id);
    }

    [Fact]
    public void Factors_of_different_ranks_are_refused()
    {
        using StateDict file = new StateDict().Floats("a.lora_A.weight", [3, 2], Down).Floats("a.lora_B.weight", [4, 2], Up);
        Assert.Equal("WWG2012", file.Refused().Code.Id);
    }

    [Fact]
    public void A_product_that_outgrows_its_factors_is_skipped_and_counted()
    {
        const int Length = 20_000;
        using StateDict file = new StateDict().Floats("a.lora_A.weight", [1, Length], new float[Length]).Floats("a.lora_B.weight", [Length, 1], new float[Length]);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal(2 * Length, checkpoint.Unreadable.Sum(u => u.Parameters));
    }

    private static StateDict Peft(string down, string up) => new StateDict().Floats(down, [2, 3], Down).Floats(up, [4, 2], Up);

    private static double[] Product(double scale) =>
        [.. Enumerable.Range(0, 12).Select(i => scale * (((double)Up[i / 3 * 2] * Down[i % 3]) + ((double)Up[(i / 3 * 2) + 1] * Down[3 + (i % 3)])))];
}
