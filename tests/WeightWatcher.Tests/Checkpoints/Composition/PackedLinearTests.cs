using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Composition;

/// <summary>GPTQ and AWQ: what is read is scale x (code - zero point), element by element, from codes packed by this file's own arithmetic.</summary>
public sealed class PackedLinearTests
{
    private const int Inputs = 64, Outputs = 64, Groups = 4;

    [Theory]
    [InlineData(2, false, null)]
    [InlineData(3, false, null)]
    [InlineData(4, false, "gptq")]
    [InlineData(4, true, "gptq_v2")]
    [InlineData(8, true, null)]
    public void Gptq_is_read_as_the_weight_that_it_stands_for(int bits, bool inOrderOfActivations, string? layout)
    {
        Random random = new(bits);
        int[,] codes = Codes(random, bits), zeros = new int[Groups, Outputs];
        int[] groups = [.. Enumerable.Range(0, Inputs).Select(i => inOrderOfActivations ? random.Next(Groups) : i / (Inputs / Groups))];
        float[] scales = [.. Enumerable.Range(0, Groups * Outputs).Select(_ => random.NextSingle() + 0.01f)];
        int offset = layout == "gptq_v2" ? 0 : 1;
        using StateDict file = new();
        file.Words("l.qweight", [Inputs * bits / 32, Outputs], Down(codes, bits));
        file.Words("l.qzeros", [Groups, Outputs * bits / 32], [.. Enumerable.Range(0, Groups).SelectMany(g => StateDict.Stream(
            Enumerable.Range(0, Outputs).Select(n => ((zeros[g, n] = random.Next(1 << bits)) - offset) & ((1 << bits) - 1)), bits))]);
        file.Floats("l.scales", [Groups, Outputs], scales);
        if (inOrderOfActivations)
            file.Words("l.g_idx", [Inputs], [.. groups.Select(g => (uint)g)]);
        if (layout is not null)
            file.Beside("quantize_config.json", $$"""{"bits": {{bits}}, "quant_method": "gptq", "checkpoint_format": "{{layout}}"}""");

        using Checkpoint checkpoint = file.Open();
        Tensor weight = checkpoint.Tensor("l.weight");
        Assert.Equal([Outputs, Inputs], weight.Shape);
        double[] expected = [.. Enumerable.Range(0, Outputs).SelectMany(n => Enumerable.Range(0, Inputs).Select(
            k => (double)scales[(groups[k] * Outputs) + n] * (codes[k, n] - zeros[groups[k], n])))];
        Assert.Equal(expected, weight.Values());
        double[] part = new double[100];
        weight.Read(77, part);
        Assert.Equal(expected[77..177], part);
        Assert.Equal(inOrderOfActivations ? 4 : 3, checkpoint.Unreadable.Length);
        Assert.All(checkpoint.Unreadable, u => Assert.Equal((0, "part of the weight 'l.weight'"), (u.Parameters, u.Reason)));
        Assert.Equal(layout is null, checkpoint.Notes.Length == 1);
        Assert.Equal(layout is null ? 1 : 2, checkpoint.Files.Length);
    }

    [Fact]
    public void Awq_is_read_as_the_weight_that_it_stands_for()
    {
        Random random = new(5);
        int[,] codes = Codes(random, 4), zeros = new int[Groups, Outputs];
        float[] scales = [.. Enumerable.Range(0, Groups * Outputs).Select(_ => random.NextSingle())];
        using StateDict file = new();
        file.Words("l.qweight", [Inputs, Outputs / 8], [.. Enumerable.Range(0, Inputs).SelectMany(k => Interleaved([.. Enumerable.Range(0, Outputs).Select(n => codes[k, n])]))]);
        file.Words("l.qzeros", [Groups, Outputs / 8], [.. Enumerable.Range(0, Groups).SelectMany(g => Interleaved([.. Enumerable.Range(0, Outputs).Select(n => zeros[g, n] = random.Next(16))]))]);
        file.Floats("l.scales", [Groups, Outputs], scales);
        file.Beside("config.json", """{"quantization_config": {"quant_method": "awq", "version": "gemm"}}""");
        using Checkpoint checkpoint = file.Open();
        double[] expected = [.. Enumerable.Range(0, Outputs).SelectMany(n => Enumerable.Range(0, Inputs).Select(
            k => (double)scales[(k / 16 * Outputs) + n] * (codes[k, n] - zeros[k / 16, n])))];
        Assert.Equal(expected, checkpoint.Tensor("l.weight").Values());
        double[] part = new double[130];
        checkpoint.Tensor("l.weight").Read(3, part);
        Assert.Equal(expected[3..133], part);
    }

    [Fact]
    public void Codes_without_scales_are_refused()
    {
        using StateDict file = new();
        file.Words("l.qweight", [8, 8], new uint[64]);
        ArtifactException refusal = file.Refused();
        Assert.Equal(("WWG2010", "l.qweight"), (refusal.Code.Id, refusal.Tensor));
        Assert.Contains("l.scales", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 8, 8 }, new long[] { 4, 8 }, new long[] { 3, 1 })]
    [InlineData(new long[] { 8, 8 }, new long[] { 3, 8 }, new long[] { 3, 1 })]
    [InlineData(new long[] { 8, 8 }, new long[] { 4, 8 }, new long[] { 4, 5 })]
    [InlineData(new long[] { 7, 8 }, new long[] { 1, 8 }, new long[] { 1, 1 })]
    public void Parts_that_do_not_fit_each_other_are_refused(long[] words, long[] scales, long[] zeros)
    {
        using StateDict file = new();
        file.Words("l.qweight", words, new uint[words[0] * words[1]]).Floats("l.scales", scales, new float[scales[0] * scales[1]]).Words("l.qzeros", zeros, new uint[zeros[0] * zeros[1]]);
        Assert.Equal("WWG2012", file.Refused().Code.Id);
    }

    [Fact]
    public void A_group_that_does_not_exist_is_refused_when_the_layer_is_read()
    {
        using StateDict file = new();
        file.Words("l.qweight", [8, 8], new uint[64]).Floats("l.scales", [4, 8], new float[32]).Words("l.qzeros", [4, 1], new uint[4]).Words("l.g_idx", [64], [.. Enumerable.Repeat(4u, 64)]);
        using Checkpoint checkpoint = file.Open();
        ArtifactException refusal = Assert.Throws<ArtifactException>(() => checkpoint.Tensor("l.weight").Values());
        Assert.Equal(("WWG2011", "l.g_idx"), (refusal.Code.Id, refusal.Tensor));
    }

    [Fact]
    public void A_layout_for_a_kernel_is_skipped_and_counted()
    {
        using StateDict file = new();
        file.Words("l.qweight", [8, 8], new uint[64]).Floats("l.scales", [4, 8], new float[32]).Beside("quantize_config.json", """{"checkpoint_format": "marlin"}""");
        using Checkpoint checkpoint = file.Open();
        Assert.Equal(["l.qweight", "l.scales"], checkpoint.Unreadable.Select(u => u.Name));
        UnreadableTensor codes = checkpoint.Unreadable[0];
        Assert.Equal(64, codes.Parameters);
        Assert.Contains("marlin", codes.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quantize_config.json", """{"checkpoint_format": "marlin", "bits": 4}""", false, 128 * 64)]
    [InlineData("quantize_config.json", """{"checkpoint_format": "marlin", "bits": 8}""", false, 64 * 64)]
    [InlineData("quantize_config.json", """{"checkpoint_format": "marlin", "bits": 8}""", true, 128 * 64)]
    [InlineData("config.json", """{"quantization_config": {"quant_method": "awq", "version": "gemv"}}""", true, 128 * 64)]
    [InlineData("quant_config.json", """{"w_bit": 4, "version": "gemv"}""", false, 128 * 64)]
    [InlineData("quantize_config.json", """{"bits": 40}""", false, 16 * 64)]
    public void Scales_of_codes_that_are_not_decoded_are_no_layer_and_codes_count_by_their_bits(string beside, string settings, bool hasZeros, long parameters)
    {
        using StateDict file = new();
        file.Words("l.qweight", [16, 64], new uint[16 * 64]).Floats("l.scales", [16, 64], new float[16 * 64]).Words("l.g_idx", [128], new uint[128]).Beside(beside, settings);
        if (hasZeros)
            file.Words("l.qzeros", [16, 8], new uint[16 * 8]);
        using (Checkpoint checkpoint = file.Open())
        {
            Assert.Empty(checkpoint.Tensors);
            Assert.Equal(parameters, Assert.Single(checkpoint.Unreadable, u => u.Name == "l.qweight").Parameters);
            Assert.All(checkpoint.Unreadable.Where(u => u.Name != "l.qweight"), u => Assert.Equal((0, "part of the codes 'l.qweight', which are not decoded"), (u.Parameters, u.Reason)));
            Assert.Equal(hasZeros ? 4 : 3, checkpoint.Unreadable.Length);
        }

        Assert.Equal("WWG2021", Assert.Throws<ArtifactException>(() => ModelAnalyzer.Analyze(file.Write(), cancellationToken: TestContext.Current.CancellationToken)).Code.Id);
    }

    [Fact]
    public void A_settings_file_that_is_no_JSON_is_refused_by_its_own_name()
    {
        using StateDict file = new();
        file.Words("l.qweight", [8, 8], new uint[64]).Floats("l.scales", [4, 8], new float[32]).Words("l.qzeros", [4, 1], new uint[4]).Beside("quantize_config.json", "{");
        ArtifactException refusal = file.Refused();
        Assert.Equal(("WWG2010", "quantize_config.json"), (refusal.Code.Id, Path.GetFileName(refusal.Path)));
    }

    private static int[,] Codes(Random random, int bits)
    {
        int[,] codes = new int[Inputs, Outputs];
        for (int k = 0; k < Inputs; k++)
        {
            for (int n = 0; n < Outputs; n++)
                codes[k, n] = random.Next(1 << bits);
        }

        return codes;
    }

    /// <summary>A stream of bits down each column.</summary>
    private static uint[] Down(int[,] codes, int bits)
    {
        uint[][] columns = [.. Enumerable.Range(0, Outputs).Select(n => StateDict.Stream(Enumerable.Range(0, Inputs).Select(k => codes[k, n]), bits))];
        return [.. Enumerable.Range(0, columns[0].Length).SelectMany(w => columns.Select(c => c[w]))];
    }

    /// <summary>Eight codes in a word: from the low bits up those of outputs 0, 2, 4, 6, 1, 3, 5, 7.</summary>
    private static uint[] Interleaved(int[] codes)
    {
        int[] order = [0, 2, 4, 6, 1, 3, 5, 7];
        uint[] words = new uint[codes.Length / 8];
        for (int i = 0; i < codes.Length; i++)
            words[i / 8] |= (uint)codes[(i / 8 * 8) + order[i % 8]] << (4 * (i % 8));
        return words;
    }
}
