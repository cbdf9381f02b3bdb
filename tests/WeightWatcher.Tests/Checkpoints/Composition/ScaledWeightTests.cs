using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Composition;

/// <summary>Narrow weights with scales beside them, against products formed here.</summary>
public sealed class ScaledWeightTests
{
    /// <summary>OCP FP4 (E2M1), positive codes.</summary>
    private static readonly double[] Fp4 = [0, 0.5, 1, 1.5, 2, 3, 4, 6];

    [Theory]
    [InlineData("W_scale_inv", 130, 150, 2, 2, 128, 128, null)]
    [InlineData("W_scale_inv", 100, 60, 4, 2, 25, 30, null)]
    [InlineData("W_scale_inv", 100, 60, 4, 2, 32, 32, """{"quantization_config": {"quant_method": "fp8", "weight_block_size": [32, 32]}}""")]
    [InlineData("W_scale", 5, 6, 5, 1, 1, 6, null)]
    [InlineData("W_scale", 5, 6, 1, 1, 5, 6, null)]
    [InlineData("W_scale", 4, 64, 4, 2, 1, 32, null)]
    public void Eight_bit_floats_are_multiplied_by_their_blocks_scale(string scaleName, int rows, int columns, int down, int across, int blockRows, int blockColumns, string? config)
    {
        Random random = new(1);
        // E4M3 codes of 1.0 to 1.875 by eighths.
        byte[] codes = [.. Enumerable.Range(0, rows * columns).Select(_ => (byte)(0x38 + random.Next(8)))];
        float[] scales = [.. Enumerable.Range(0, down * across).Select(i => i + 0.5f)];
        using StateDict file = new();
        file.Bytes("W", "F8_E4M3", [rows, columns], codes).Floats(scaleName, [down, across], scales);
        if (config is not null)
            file.Beside("config.json", config);
        using Checkpoint checkpoint = file.Open();
        double[] expected = [.. codes.Select((code, i) => (1 + ((code - 0x38) / 8.0)) * scales[(i / columns / blockRows * across) + (i % columns / blockColumns)])];
        Assert.Equal(expected, checkpoint.Tensor("W").Values());
        double[] part = new double[7];
        checkpoint.Tensor("W").Read(columns - 2, part);
        Assert.Equal(expected[(columns - 2)..(columns + 5)], part);
        Assert.Equal(scaleName, Assert.Single(checkpoint.Unreadable).Name);
    }

    [Fact]
    public void Each_expert_of_a_stack_has_its_own_blocks()
    {
        using StateDict file = new();
        file.Bytes("experts.up", "F8_E4M3", [2, 3, 2], [.. Enumerable.Repeat((byte)0x38, 12)]).Floats("experts.up_scale_inv", [2, 2, 1], 1, 2, 3, 4);
        file.Beside("config.json", """{"quantization_config": {"weight_block_size": [2, 2]}}""");
        using Checkpoint checkpoint = file.Open();
        Assert.Equal([1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4], checkpoint.Tensor("experts.up").Values());
    }

    [Fact]
    public void Bytes_with_a_scale_per_row_are_read_as_numbers()
    {
        using StateDict file = new();
        file.Bytes("a.weight", "I8", [2, 3], 1, 2, 3, 0xff, 0xfe, 127).Floats("a.weight_scale", [2, 1], 0.5f, 10);
        file.Bytes("b.weight", "I8", [2, 2], 127, 1, 0x81, 2).Floats("b.SCB", [2], 127, 254);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal([0.5, 1, 1.5, -10, -20, 1270], checkpoint.Tensor("a.weight").Values());
        double[] expected = [127, 1, -254, 4];
        double[] found = checkpoint.Tensor("b.weight").Values();
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-13 * 254));
    }

    [Fact]
    public void Zero_points_are_taken_off()
    {
        using StateDict file = new();
        file.Bytes("a.weight", "I8", [2, 2], 1, 2, 3, 4).Floats("a.weight_scale", [2, 1], 1, 10).Bytes("a.weight_zero_point", "I8", [2, 1], 1, 0xff);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal([0, 1, 40, 50], checkpoint.Tensor("a.weight").Values());
    }

    [Fact]
    public void Scales_that_do_not_fit_are_refused()
    {
        using StateDict file = new();
        file.Bytes("W", "F8_E4M3", [4, 4], new byte[16]).Floats("W_scale", [3, 5], new float[15]);
        Assert.Equal("WWG2012", file.Refused().Code.Id);
    }

    [Fact]
    public void Integers_without_scales_under_a_weights_name_are_skipped_and_counted()
    {
        using StateDict file = new();
        file.Bytes("a.weight", "I8", [4, 4], new byte[16]).Bytes("tokens", "I8", [4, 4], new byte[16]);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal(("a.weight", 16), (Assert.Single(checkpoint.Unreadable).Name, checkpoint.Unreadable[0].Parameters));
        Assert.False(checkpoint.Tensor("tokens").IsFloatingPoint);
    }

    /// <summary>compressed-tensors with <c>actorder: group</c>: column j has the scale of group g_idx[j].</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_the_order_of_activations_each_column_names_its_group(bool packed)
    {
        const int rows = 3, columns = 16, groups = 4;
        uint[] groupOf = [.. Enumerable.Range(0, columns).Select(j => (uint)(j * 7 % columns / groups))];
        float[] scales = [.. Enumerable.Range(0, rows * groups).Select(i => i + 0.5f)];
        int Code(int i, int j) => ((5 * i) + j) % 8;
        using StateDict file = new();
        if (packed)
        {
            // Four bits each, eight to a word, stored half their range above their value.
            file.Words("l.weight_packed", [rows, 2], [.. Enumerable.Range(0, rows * 2).Select(w => (uint)Enumerable.Range(0, 8).Sum(k => (long)(Code(w / 2, (w % 2 * 8) + k) + 8) << (4 * k)))]);
            file.Add("l.weight_shape", "I64", [2], [rows, 0, 0, 0, 0, 0, 0, 0, columns, 0, 0, 0, 0, 0, 0, 0]);
        }
        else
        {
            file.Bytes("l.weight", "I8", [rows, columns], [.. Enumerable.Range(0, rows * columns).Select(i => (byte)Code(i / columns, i % columns))]);
        }

        file.Floats("l.weight_scale", [rows, groups], scales).Words("l.weight_g_idx", [columns], groupOf);
        using Checkpoint checkpoint = file.Open();
        double[] expected = [.. Enumerable.Range(0, rows * columns).Select(i => Code(i / columns, i % columns) * (double)scales[(i / columns * groups) + (int)groupOf[i % columns]])];
        Assert.Equal(expected, checkpoint.Tensor("l.weight").Values());
        double[] part = new double[9];
        checkpoint.Tensor("l.weight").Read(columns - 3, part);
        Assert.Equal(expected[(columns - 3)..(columns + 6)], part);
        Assert.Contains("l.weight_g_idx", checkpoint.Unreadable.Select(u => u.Name));
        Assert.All(checkpoint.Unreadable, u => Assert.Equal(0, u.Parameters));
    }

    [Fact]
    public void Groups_that_were_never_set_are_runs_of_columns()
    {
        using StateDict file = new();
        file.Bytes("l.weight", "I8", [1, 4], 1, 1, 1, 1).Floats("l.weight_scale", [1, 2], 2, 3).Words("l.weight_g_idx", [4], [.. Enumerable.Repeat(uint.MaxValue, 4)]);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal([2, 2, 3, 3], checkpoint.Tensor("l.weight").Values());
    }

    [Fact]
    public void A_column_of_no_group_is_refused_and_so_are_groups_of_other_columns()
    {
        using StateDict file = new(), other = new();
        file.Bytes("l.weight", "I8", [1, 4], 1, 1, 1, 1).Floats("l.weight_scale", [1, 2], 2, 3).Words("l.weight_g_idx", [4], [0, 1, 2, 0]);
        using Checkpoint checkpoint = file.Open();
        ArtifactException refusal = Assert.Throws<ArtifactException>(() => checkpoint.Tensor("l.weight").Values());
        Assert.Equal(("WWG2011", "l.weight_g_idx"), (refusal.Code.Id, refusal.Tensor));
        other.Bytes("l.weight", "I8", [1, 4], 1, 1, 1, 1).Floats("l.weight_scale", [1, 2], 2, 3).Words("l.weight_g_idx", [3], [0, 1, 1]);
        Assert.Equal("WWG2012", other.Refused().Code.Id);
    }

    [Theory]
    // AQLM: 4 x 6 groups of 2 x 8 weights.
    [InlineData("l.codes", "I8", new long[] { 4, 6, 3 }, "l.codebooks", new long[] { 3, 16, 2, 8 }, "l.scales", new long[] { 8, 12 }, "{}", 8 * 48)]
    // EXL2: the order of the inputs gives their number.
    [InlineData("l.q_weight", "I32", new long[] { 10, 12 }, "l.q_invperm", new long[] { 64 }, "l.q_scale_max", new long[] { 5 }, "{}", 64 * 12)]
    // QuIP#: signs of inputs and outputs.
    [InlineData("l.Qidxs", "I16", new long[] { 12, 4 }, "l.SU", new long[] { 32 }, "l.SV", new long[] { 12 }, "{}", 32 * 12)]
    [InlineData("l.W_q", "U8", new long[] { 12, 16 }, "l.scale", new long[] { 12, 12 }, "l.zero", new long[] { 12, 12 }, """{"quantization_config": {"bits": 4}}""", 2 * 12 * 16)]
    // Marlin: tiles of 16 x 16 weights, 4 bits each.
    [InlineData("l.B", "I32", new long[] { 4, 32 }, "l.s", new long[] { 12, 16 }, null, null, "{}", 64 * 16)]
    [InlineData("l.weight", "U8", new long[] { 12, 16 }, "l.weight_scale", new long[] { 12, 12 }, null, null, """{"quantization_config": {"quant_method": "bitnet"}}""", 4 * 12 * 16)]
    [InlineData("l.weight", "U8", new long[] { 12, 16 }, "l.weight_scales", new long[] { 12, 12 }, null, null, "{}", 12 * 16)]
    [InlineData("mlp.experts.gate_up_proj", "U8", new long[] { 12, 16 }, "mlp.experts.gate_up_proj_scales", new long[] { 12, 12 }, null, null, """{"quantization_config": {"bits": 64}}""", 12 * 16)]
    public void What_lies_beside_codes_that_no_rule_knows_is_no_layer_and_tells_how_many_weights_they_are(
        string codes, string dtype, long[] shape, string part, long[] partShape, string? other, long[]? otherShape, string config, long parameters)
    {
        int bytes = dtype switch { "I32" => 4, "I16" => 2, _ => 1 };
        using StateDict file = new();
        file.Add(codes, dtype, shape, new byte[bytes * shape.Aggregate(1L, (a, b) => a * b)]).Floats(part, partShape, new float[partShape.Aggregate(1L, (a, b) => a * b)]).Beside("config.json", config);
        if (other is not null)
            file.Floats(other, otherShape!, new float[otherShape!.Aggregate(1L, (a, b) => a * b)]);
        file.Floats("k.weight", [2, 2], 1, 2, 3, 4);
        using Checkpoint checkpoint = file.Open();
        Assert.Equal("k.weight", Assert.Single(checkpoint.Tensors).Name);
        string[] expected = other is null ? [codes, part] : [codes, part, other];
        Assert.Equal(expected.Order(StringComparer.Ordinal), checkpoint.Unreadable.Select(u => u.Name).Order(StringComparer.Ordinal));
        Assert.Equal(parameters, checkpoint.Unreadable.Sum(u => u.Parameters));
    }

    [Theory]
    [InlineData(24, 64, 24 * 64)]
    [InlineData(1, 1, 12 * 16)]
    public void Codes_of_HQQ_are_as_many_as_the_shape_beside_them_says_but_no_fewer_than_are_stored(byte rows, byte columns, long parameters)
    {
        using StateDict file = new();
        file.Bytes("l.W_q", "U8", [12, 16], new byte[192]).Floats("l.scale", [96, 1], new float[96]).Add("l.shape", "I64", [2], [rows, 0, 0, 0, 0, 0, 0, 0, columns, 0, 0, 0, 0, 0, 0, 0]);
        using Checkpoint checkpoint = file.Open();
        Assert.Empty(checkpoint.Tensors);
        Assert.Equal(parameters, Assert.Single(checkpoint.Unreadable, u => u.Name == "l.W_q").Parameters);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Codes_in_words_along_a_row_are_read_as_numbers(int bits)
    {
        const int Rows = 6, Columns = 40, Group = 10;
        Random random = new(bits);
        int half = 1 << (bits - 1);
        int[] codes = [.. Enumerable.Range(0, Rows * Columns).Select(_ => random.Next(-half, half))];
        int[] zeros = [.. Enumerable.Range(0, Rows * 4).Select(_ => random.Next(-half, half))];
        float[] scales = [.. Enumerable.Range(0, Rows * 4).Select(_ => random.NextSingle())];
        int perWord = 32 / bits;
        using StateDict file = new();
        uint[] words = [.. Enumerable.Range(0, Rows).SelectMany(r => StateDict.Stream(codes[(r * Columns)..((r + 1) * Columns)].Select(c => c + half), bits))];
        uint[][] zeroColumns = [.. Enumerable.Range(0, 4).Select(g => StateDict.Stream(Enumerable.Range(0, Rows).Select(r => zeros[(r * 4) + g] + half), bits))];
        file.Words("l.weight_packed", [Rows, Columns / perWord], words).Floats("l.weight_scale", [Rows, 4], scales);
        file.Words("l.weight_zero_point", [zeroColumns[0].Length, 4], [.. Enumerable.Range(0, zeroColumns[0].Length).SelectMany(w => zeroColumns.Select(c => c[w]))]);
        file.Add("l.weight_shape", "I64", [2], [Rows, 0, 0, 0, 0, 0, 0, 0, Columns, 0, 0, 0, 0, 0, 0, 0]);
        using Checkpoint checkpoint = file.Open();
        double[] expected = [.. codes.Select((c, i) => (c - zeros[(i / Columns * 4) + (i % Columns / Group)]) * (double)scales[(i / Columns * 4) + (i % Columns / Group)])];
        Assert.Equal(expected, checkpoint.Tensor("l.weight").Values());
        double[] part = new double[50];
        checkpoint.Tensor("l.weight").Read(13, part);
        Assert.Equal(expected[13..63], part);
    }

    [Theory]
    [InlineData("l.weight_packed", "l.weight_global_scale", 0.25f)]
    [InlineData("l.weight", "l.weight_scale_2", 4f)]
    public void Nvfp4_is_read_with_both_its_scales(string codes, string second, float factor)
    {
        using StateDict file = new();
        byte[] bytes = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 37))];
        // Scales 1.0 and 1.5 in E4M3.
        file.Bytes(codes, "U8", [2, 16], bytes).Bytes("l.weight_scale", "F8_E4M3", [2, 2], 0x38, 0x3c, 0x3c, 0x38).Floats(second, [1], factor);
        using Checkpoint checkpoint = file.Open();
        double[] scales = [1, 1.5, 1.5, 1];
        double[] expected = [.. Enumerable.Range(0, 64).Select(i => 4 * scales[i / 16] * Number(bytes[i / 2] >> (4 * (i % 2))))];
        Assert.Equal(expected, checkpoint.Tensor("l.weight").Values());
    }

    [Fact]
    public void Mxfp4_blocks_are_read_with_their_exponents()
    {
        byte[] bytes = [.. Enumerable.Range(0, 2 * 3 * 2 * 16).Select(i => (byte)(i * 91))];
        byte[] exponents = [.. Enumerable.Range(0, 12).Select(i => (byte)(120 + i))];
        using StateDict file = new();
        file.Bytes("mlp.experts.up_blocks", "U8", [2, 3, 2, 16], bytes).Bytes("mlp.experts.up_scales", "U8", [2, 3, 2], exponents);
        using Checkpoint checkpoint = file.Open();
        Tensor weight = checkpoint.Tensor("mlp.experts.up");
        Assert.Equal([2, 3, 64], weight.Shape);
        double[] expected = [.. Enumerable.Range(0, 384).Select(i => Number(bytes[i / 2] >> (4 * (i % 2))) * Math.ScaleB(1, exponents[i / 32] - 127))];
        Assert.Equal(expected, weight.Values());
        double[] part = new double[70];
        weight.Read(61, part);
        Assert.Equal(expected[61..131], part);
    }

    [Fact]
    public void Mxfp4_scales_that_do_not_fit_are_refused()
    {
        using StateDict file = new();
        file.Bytes("up_blocks", "U8", [3, 2, 16], new byte[96]).Bytes("up_scales", "U8", [3, 1], new byte[3]);
        Assert.Equal(("WWG2012", "up_scales"), (file.Refused().Code.Id, file.Refused().Tensor));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Blocks_of_bitsandbytes_are_read_with_their_scales(bool nested)
    {
        const int Rows = 5, Columns = 30, Block = 64;
        Random random = new(3);
        int[] codes = [.. Enumerable.Range(0, Rows * Columns).Select(_ => random.Next(16))];
        float[] map = [.. Enumerable.Range(0, 16).Select(i => (i - 7.5f) / 8)];
        float[] nestedMap = [.. Enumerable.Range(0, 256).Select(i => i / 255f)];
        byte[] scaleCodes = [200, 100, 50];
        float[] scales = [0.5f, 2, 3];
        string state = nested
            ? """{"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [5, 30], "nested_blocksize": 2, "nested_dtype": "float32", "nested_offset": 0.25}"""
            : """{"quant_type": "nf4", "blocksize": 64, "dtype": "bfloat16", "shape": [5, 30]}""";
        using StateDict file = new();
        file.Bytes("l.weight", "U8", [75, 1], [.. Enumerable.Range(0, 75).Select(i => (byte)((codes[2 * i] << 4) | codes[(2 * i) + 1]))]);
        file.Floats("l.weight.quant_map", [16], map);
        file.Bytes("l.weight.quant_state.bitsandbytes__nf4", "U8", [state.Length], Encoding.ASCII.GetBytes(state));
        if (nested)
            file.Bytes("l.weight.absmax", "U8", [3], scaleCodes).Floats("l.weight.nested_absmax", [2], 4, 8).Floats("l.weight.nested_quant_map", [256], nestedMap);
        else
            file.Floats("l.weight.absmax", [3], scales);
        using Checkpoint checkpoint = file.Open();
        double[] blockScales = nested ? [(nestedMap[200] * 4.0) + 0.25, (nestedMap[100] * 4.0) + 0.25, (nestedMap[50] * 8.0) + 0.25] : [0.5, 2, 3];
        Tensor weight = checkpoint.Tensor("l.weight");
        Assert.Equal([Rows, Columns], weight.Shape);
        Assert.Equal([.. codes.Select((c, i) => map[c] * blockScales[i / Block])], weight.Values());
        Assert.Equal(nested ? 5 : 3, checkpoint.Unreadable.Length);
    }

    [Theory]
    [InlineData("""{"blocksize": 64, "shape": [5, 31]}""", "WWG2012")]
    [InlineData("""{"blocksize": 0, "shape": [5, 30]}""", "WWG2010")]
    [InlineData("""{"blocksize": 32, "shape": [5, 30]}""", "WWG2012")]
    [InlineData("""{"blocksize": 64, "shape": [5, -30]}""", "WWG2010")]
    [InlineData("{", "WWG2010")]
    public void Blocks_of_bitsandbytes_that_contradict_their_state_are_refused(string state, string code)
    {
        using StateDict file = new();
        file.Bytes("l.weight", "U8", [75, 1], new byte[75]).Floats("l.weight.quant_map", [16], new float[16]).Floats("l.weight.absmax", [3], 1, 2, 3);
        file.Bytes("l.weight.quant_state.bitsandbytes__nf4", "U8", [state.Length], Encoding.ASCII.GetBytes(state));
        Assert.Equal(code, file.Refused().Code.Id);
    }

    private static double Number(int code) => ((code & 8) == 0 ? 1 : -1) * Fp4[code & 7];
}
