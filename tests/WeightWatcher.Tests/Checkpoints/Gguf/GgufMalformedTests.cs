using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.PyTorch;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Gguf;

/// <summary>The hand-made cases of ggml's own tests (tests/test-gguf.cpp), and more, each with the code it must give.</summary>
public class GgufMalformedTests
{
    private static readonly float[] Eight = new float[8];

    [Fact]
    public void Another_magic_number_is_not_gguf() => Refused(ArtifactCodes.UnknownFormat, new GgufWriter { Magic = "GGUg" }.Add("w", [8], Eight));

    [Theory]
    [InlineData(0u, "WWG2010", "expected 2 or 3")]
    [InlineData(1u, "WWG2008", "version 1")]
    [InlineData(4u, "WWG2008", "version 4")]
    [InlineData(0x03000000u, "WWG2008", "big-endian")]
    [InlineData(0x02000000u, "WWG2008", "big-endian")]
    [InlineData(uint.MaxValue, "WWG2008", "version 4294967295")]
    public void Other_versions_and_byte_orders_are_refused(uint version, string code, string said)
    {
        ArtifactException refusal = Refused(code, new GgufWriter { Version = version }.Add("w", [8], Eight));
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("gguf", refusal.Format);
    }

    [Theory]
    [InlineData(ulong.MaxValue, "WWG2010")]
    [InlineData(0x8000_0000_0000_0000UL, "WWG2010")]
    [InlineData(long.MaxValue, "WWG2003")]
    [InlineData(1_000_000UL, "WWG2003")]
    public void Impossible_counts_are_refused(ulong count, string code)
    {
        Refused(code, new GgufWriter { TensorCount = count }.Add("w", [8], Eight));
        Refused(code, new GgufWriter { PairCount = count }.Add("w", [8], Eight));
    }

    [Fact]
    public void More_pairs_than_there_are_do_not_read_as_pairs() => Refused(ArtifactCodes.Malformed, new GgufWriter { PairCount = 1 }.Add("w", [8], Eight).Add("v", [8], Eight));

    [Fact]
    public void Keys_must_be_named_once_and_be_text()
    {
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("", 0, 1).Add("w", [8], Eight));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("a", 0, 1).Pair("a", 0, 2));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair(BitConverter.GetBytes(ulong.MaxValue), 0, 1).Add("w", [8], Eight));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair([1, 0, 0, 0, 0, 0, 0, 0, 0xff], 0, 1));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair(new string('k', 5000), 0, 1));
        Refused(ArtifactCodes.Truncated, new GgufWriter().Pair(BitConverter.GetBytes(1UL << 29), 0, 1).Add("w", [8], Eight));
    }

    [Fact]
    public void Values_must_be_of_a_known_type_and_inside_the_file()
    {
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("a", 13, new byte[16]));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("a", uint.MaxValue, new byte[16]));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("a", 9, GgufWriter.Array(13, 1, new byte[16])));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("a", 9, GgufWriter.Array(9, 1, GgufWriter.Array(0, 1, 1))));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("a", 9, GgufWriter.Array(0, ulong.MaxValue, new byte[16])));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("a", 9, GgufWriter.Array(8, ulong.MaxValue, new byte[16])));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("a", 9, GgufWriter.Array(0, (1UL << 30) + 1, new byte[16])));
        Refused(ArtifactCodes.Truncated, new GgufWriter().Pair("a", 9, GgufWriter.Array(12, 1UL << 30, new byte[16])));
        Refused(ArtifactCodes.Truncated, new GgufWriter().Pair("a", 9, GgufWriter.Array(8, 1UL << 29, new byte[16])));
        Refused(ArtifactCodes.Truncated, new GgufWriter().Pair("a", 8, BitConverter.GetBytes(1UL << 29)));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("a", 8, BitConverter.GetBytes((1UL << 30) + 1)));
        Refused(ArtifactCodes.Truncated, new GgufWriter().Pair("a", 12, new byte[7]));
    }

    [Theory]
    [InlineData(4u, 13u)]
    [InlineData(4u, 0u)]
    [InlineData(4u, 48u)]
    [InlineData(5u, 32u)]
    [InlineData(6u, 32u)]
    public void The_alignment_must_be_a_uint32_and_a_power_of_two(uint type, uint alignment) =>
        Refused(ArtifactCodes.Malformed, new GgufWriter().Pair("general.alignment", type, BitConverter.GetBytes(alignment)).Add("w", [8], Eight));

    [Fact]
    public void An_alignment_that_leads_beyond_the_file_is_truncated() =>
        Refused(ArtifactCodes.Truncated, new GgufWriter().Pair("general.alignment", 4, BitConverter.GetBytes(1u << 31)).Add("w", [8], Eight));

    [Fact]
    public void Offsets_by_another_alignment_are_refused() =>
        Refused(ArtifactCodes.OverlapOrHole, new GgufWriter { Alignment = 64 }.Pair("general.alignment", 4, BitConverter.GetBytes(32)).Add("a", [8], Eight).Add("b", [8], Eight));

    [Fact]
    public void Names_must_be_short_and_given_once()
    {
        Untrusted.Read(new GgufWriter().Add(new string('n', 63), [8], Eight).ToArray(), checkpoint => Assert.Single(checkpoint.Tensors));
        Refused(ArtifactCodes.Malformed, new GgufWriter().Add(new string('n', 64), [8], Eight));
        Assert.Equal("w", Refused(ArtifactCodes.DuplicateTensor, new GgufWriter().Add("w", [8], Eight).Add("w", [8], Eight)).Tensor);
    }

    [Theory]
    [InlineData(new ulong[] { 1, 1, 1, 1, 8 })]
    [InlineData(new ulong[] { ulong.MaxValue })]
    [InlineData(new ulong[] { 8, 0x8000_0000_0000_0000 })]
    [InlineData(new ulong[] { long.MaxValue })]
    [InlineData(new ulong[] { 8_589_934_588, 8_589_934_588 })]
    [InlineData(new ulong[] { 1UL << 32, 1UL << 31 })]
    [InlineData(new ulong[] { 1UL << 62 })]
    public void Impossible_shapes_are_refused(ulong[] lengths)
    {
        ArtifactException refusal = Refused(ArtifactCodes.InvalidShape, new GgufWriter().Add("w", lengths, Eight));
        Assert.Equal("w", refusal.Tensor);
        Assert.NotNull(refusal.Offset);
    }

    [Fact]
    public void More_axes_than_lengths_are_refused() =>
        Refused(ArtifactCodes.InvalidShape, new GgufWriter().Add(new GgufItem("w", 0, [8], new byte[32]) { Axes = uint.MaxValue }));

    [Theory]
    [InlineData(4u)]
    [InlineData(5u)]
    [InlineData(31u)]
    [InlineData(32u)]
    [InlineData(33u)]
    [InlineData(36u)]
    [InlineData(37u)]
    [InlineData(38u)]
    [InlineData(43u)]
    [InlineData(uint.MaxValue)]
    public void Removed_and_unknown_types_are_refused(uint type) => Refused(ArtifactCodes.UnknownElementType, new GgufWriter().Add(new GgufItem("w", type, [8], new byte[32])));

    [Theory]
    [InlineData(2u, 33ul)]
    [InlineData(8u, 31ul)]
    [InlineData(12u, 32ul)]
    [InlineData(39u, 1ul)]
    public void A_row_must_be_whole_blocks(uint type, ulong row) => Refused(ArtifactCodes.InvalidShape, new GgufWriter().Add(new GgufItem("w", type, [row, 32], new byte[1024])));

    [Fact]
    public void A_scalar_is_no_whole_block() => Refused(ArtifactCodes.InvalidShape, new GgufWriter().Add(new GgufItem("w", 2, [], new byte[18])));

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(32ul)]
    [InlineData(1ul)]
    [InlineData(0x8000_0000_0000_0000ul)]
    public void The_first_tensor_begins_at_once(ulong offset) => Refused(ArtifactCodes.OverlapOrHole, new GgufWriter().Add(new GgufItem("w", 0, [8], new byte[32]) { Offset = offset }));

    [Fact]
    public void Tensors_may_not_overlap() =>
        Refused(ArtifactCodes.OverlapOrHole, new GgufWriter().Add("a", [16], new float[16]).Add(new GgufItem("b", 0, [8], new byte[32]) { Offset = 32 }));

    [Fact]
    public void Data_one_byte_short_are_truncated()
    {
        Refused(ArtifactCodes.Truncated, new GgufWriter { Extra = -1 }.Add("w", [8], Eight));
        Refused(ArtifactCodes.Truncated, new GgufWriter { Extra = -1 }.Add(new GgufItem("w", 8, [32, 16], new byte[34 * 16])));
    }

    [Fact]
    public void Sizes_that_add_up_beyond_counting_are_refused() => Refused(
        ArtifactCodes.Truncated,
        new GgufWriter()
            .Add(new GgufItem("a", 24, [0x7FFF_FFFF_FFFF_FFC0], []))
            .Add(new GgufItem("b", 24, [0x7FFF_FFFF_FFFF_FFC0], []) { Offset = 0x7FFF_FFFF_FFFF_FFC0 }));

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = new GgufWriter().Pair("general.name", 8, GgufWriter.Text("m")).Pair("tokens", 9, GgufWriter.Array(8, 2, [.. GgufWriter.Text("a"), .. GgufWriter.Text("bc")]))
            .Add("a", [8], Eight).Add(new GgufItem("b", 2, [32], new byte[18])).ToArray();
        for (int length = 4; length < whole.Length; length++)
            Refused(ArtifactCodes.Truncated, whole[..length]);
    }

    private static ArtifactException Refused(DiagnosticCode code, GgufWriter writer) => Refused(code, writer.ToArray());

    private static ArtifactException Refused(DiagnosticCode code, byte[] bytes) => Untrusted.Refused(code, bytes);

    private static ArtifactException Refused(string code, GgufWriter writer)
    {
        ArtifactException refusal = Opened.Refused(writer.ToArray());
        Assert.Equal(code, refusal.Code.Id);
        return refusal;
    }
}
