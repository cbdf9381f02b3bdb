using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Safetensors;

public class SafetensorsMalformedTests
{
    [Fact]
    public void A_length_without_a_header_is_truncated() => Refused(SafetensorsWriter.WithLength(60), "WWG2003", 0);

    [Fact]
    public void A_header_that_goes_beyond_the_file_is_truncated() => Refused(SafetensorsWriter.WithLength(0x00ff_ffff, [.. "{\"a\":"u8]), "WWG2003", 0);

    [Theory]
    [InlineData(100_000_001UL)]
    [InlineData(0x00ff_ffff_ffff_ffffUL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x8000_0000_0000_0000UL)]
    public void A_header_longer_than_the_format_allows_is_refused(ulong length) => Refused(SafetensorsWriter.WithLength(length, [.. "{\"a\":"u8]), "WWG2010", 0);

    [Fact]
    public void A_header_that_is_not_utf8_is_refused() => Refused(SafetensorsWriter.Raw([0xff]), "WWG2010", 8);

    [Theory]
    [InlineData("{", "WWG2010")]
    [InlineData("{\"a\"", "WWG2010")]
    [InlineData("[]", "WWG2010")]
    [InlineData("{} {}", "WWG2010")]
    [InlineData("{}\0", "WWG2010")]
    [InlineData("{\"a\":1}", "WWG2010")]
    [InlineData("{\"a\":{}}", "WWG2010")]
    [InlineData("{\"a\":[]}", "WWG2010")]
    [InlineData("{\"__metadata__\":{\"k\":1}}", "WWG2010")]
    [InlineData("{\"__metadata__\":{\"k\":{\"v\":\"w\"}}}", "WWG2010")]
    [InlineData("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", "WWG2010")]
    [InlineData("{\"__metadata__\":\"pt\"}", "WWG2010")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", "WWG2014")]
    [InlineData("{\"a\\ud800\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "WWG2010")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},}", "WWG2010")]
    [InlineData("{/* no */}", "WWG2010")]
    public void A_header_of_the_wrong_form_is_refused(string header, string code) => Refused(SafetensorsWriter.Raw(header, new byte[4]), code);

    [Theory]
    [InlineData("F32", "[1]", "[0,4,8]", "WWG2010")]
    [InlineData("F32", "[1]", "[0]", "WWG2010")]
    [InlineData("F32", "[1]", "[4,0]", "WWG2010")]
    [InlineData("F32", "[1]", "[-1,3]", "WWG2010")]
    [InlineData("F32", "[1]", "[0.0,4.0]", "WWG2010")]
    [InlineData("F32", "[1]", "[\"0\",\"4\"]", "WWG2010")]
    [InlineData("F32", "[1]", "[0,18446744073709551616]", "WWG2010")]
    [InlineData("F32", "[1]", "{}", "WWG2010")]
    [InlineData("F32", "[\"1\"]", "[0,4]", "WWG2010")]
    [InlineData("F32", "[[1]]", "[0,4]", "WWG2010")]
    [InlineData("F32", "1", "[0,4]", "WWG2010")]
    [InlineData("F32", "null", "[0,4]", "WWG2010")]
    [InlineData("F32", "[-1]", "[0,4]", "WWG2012")]
    [InlineData("F32", "[1.0]", "[0,4]", "WWG2012")]
    [InlineData("F32", "[1e0]", "[0,4]", "WWG2012")]
    [InlineData("F32", "[2]", "[0,4]", "WWG2012")]
    [InlineData("I32", "[2,2]", "[0,4]", "WWG2012")]
    [InlineData("F32", "[2,18446744073709551614]", "[0,4]", "WWG2012")]
    [InlineData("F32", "[2,9223372036854775807]", "[0,4]", "WWG2012")]
    [InlineData("F32", "[4611686018427387904,4]", "[0,4]", "WWG2012")]
    [InlineData("F32", "[4611686018427387905]", "[0,4]", "WWG2012")]
    [InlineData("F4", "[7]", "[0,4]", "WWG2012")]
    [InlineData("F6_E2M3", "[5]", "[0,4]", "WWG2012")]
    [InlineData("F32", "[]", "[0,0]", "WWG2012")]
    [InlineData("F33", "[1]", "[0,4]", "WWG2013")]
    [InlineData("f32", "[1]", "[0,4]", "WWG2013")]
    [InlineData("", "[1]", "[0,4]", "WWG2013")]
    [InlineData("F32", "[1]", "[4,8]", "WWG2015")]
    [InlineData("F32", "[2]", "[0,8]", "WWG2003")]
    public void An_entry_of_the_wrong_form_is_refused(string dtype, string shape, string offsets, string code)
    {
        ArtifactException refusal = Refused(Entry($"\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":{offsets}"), code);
        Assert.Equal("w", refusal.Tensor);
        Assert.Equal("safetensors", refusal.Format);
        Assert.NotNull(refusal.Offset);
    }

    [Theory]
    [InlineData("\"shape\":[1],\"data_offsets\":[0,4]", "dtype")]
    [InlineData("\"dtype\":\"F32\",\"data_offsets\":[0,4]", "shape")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[1]", "data_offsets")]
    public void A_missing_key_is_named(string inside, string missing) =>
        Assert.Contains($"no {missing}", Refused(Entry(inside), "WWG2010", 9).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"data_offsets\":[0,4]")]
    public void A_key_that_appears_twice_is_refused(string inside) => Refused(Entry(inside), "WWG2010");

    [Fact]
    public void A_tensor_name_that_appears_twice_is_refused()
    {
        const string Entry = "\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
        Assert.Equal("w", Refused(SafetensorsWriter.Raw($"{{{Entry},{Entry}}}", new byte[4]), "WWG2014").Tensor);
    }

    [Fact]
    public void An_unknown_key_of_an_entry_is_passed_over() =>
        Opened.With(Entry("\"dtype\":\"F32\",\"note\":{\"a\":[1]},\"shape\":[1],\"data_offsets\":[0,4]"), checkpoint => Assert.Single(checkpoint.Tensors));

    [Fact]
    public void Tensors_over_the_same_bytes_are_refused()
    {
        IEnumerable<string> entries = Enumerable.Range(0, 10).Select(i => $"\"t{i}\":{{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}");
        Assert.Equal("t1", Refused(SafetensorsWriter.Raw($"{{{string.Join(',', entries)}}}", new byte[16]), "WWG2015").Tensor);
    }

    [Fact]
    public void A_hundred_thousand_tensors_over_the_same_bytes_are_refused()
    {
        StringBuilder header = new("{");
        for (int i = 0; i < 100_000; i++)
            header.Append(i == 0 ? "" : ",").Append("\"t").Append(i).Append("\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}");
        Refused(SafetensorsWriter.Raw(header.Append('}').ToString(), new byte[16]), "WWG2015");
    }

    [Fact]
    public void A_hole_between_tensors_is_refused()
    {
        const string Header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
        ArtifactException refusal = Refused(SafetensorsWriter.Raw(Header, new byte[12]), "WWG2015");
        Assert.Equal("b", refusal.Tensor);
        Assert.Contains("hole", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_after_the_last_tensor_are_refused()
    {
        byte[] good = SafetensorsWriter.Bytes(("w", [1], [1]));
        Refused([.. good, .. "extra_bogus_data_for_polyglot_file"u8], "WWG2010", good.Length);
    }

    [Fact]
    public void Missing_bytes_are_truncation()
    {
        byte[] good = SafetensorsWriter.Bytes(("w", [2], [1, 2]));
        Assert.Equal("w", Refused(good[..^2], "WWG2003").Tensor);
    }

    [Fact]
    public void A_file_cut_anywhere_is_never_read_and_never_unknown()
    {
        byte[] good = SafetensorsWriter.Bytes(("encoder.weight", [3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]), ("encoder.bias", [3], [1, 2, 3]));
        for (int length = 8; length < good.Length; length++)
            Assert.True(Opened.Refused(good[..length]).Code.Id is "WWG2003" or "WWG2010", $"cut to {length} bytes");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void Deeply_nested_json_is_refused(string open) =>
        Refused(Entry($"\"dtype\":{string.Concat(Enumerable.Repeat(open, 3000))}"), "WWG2010");

    [Fact]
    public void Deeply_nested_json_under_an_unknown_key_is_refused() =>
        Refused(Entry($"\"x\":{new string('[', 3000)}{new string(']', 3000)},\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]"), "WWG2010");

    [Fact]
    public void More_axes_than_any_tensor_has_are_refused() =>
        Refused(Entry($"\"dtype\":\"F32\",\"shape\":[{string.Join(',', Enumerable.Repeat("1", 65))}],\"data_offsets\":[0,4]"), "WWG2018");

    [Fact]
    public void A_name_cannot_forge_a_line_of_the_log()
    {
        byte[] file = SafetensorsWriter.Raw("{\"a\\nerror WWG0000: forged\\u202e\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", new byte[4]);
        string message = Refused(file, "WWG2012").Message;
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain('\u202e', message);
    }

    [Theory]
    [InlineData("", "   ")]
    [InlineData("  \n", "")]
    [InlineData("", "\t\r\n")]
    public void White_space_around_a_header_is_passed_over(string before, string after) => Opened.With(
        SafetensorsWriter.Raw($"{before}{{\"w\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}}}{after}", new byte[4]), checkpoint => Assert.Single(checkpoint.Tensors));

    [Fact]
    public void Nothing_at_all_scalars_and_empty_axes_are_read()
    {
        Opened.With(SafetensorsWriter.Raw("{}"), checkpoint => Assert.Empty(checkpoint.Tensors));
        Opened.With(SafetensorsWriter.Raw("{\"w\":{\"dtype\":\"F32\",\"shape\":[2,0],\"data_offsets\":[0,0]}}"), checkpoint => Assert.Equal(0, Assert.Single(checkpoint.Tensors).Count));
        Opened.With(SafetensorsWriter.Raw("{\"w\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", new byte[4]), checkpoint => Assert.Equal(1, Assert.Single(checkpoint.Tensors).Count));
    }

    private static byte[] Entry(string inside) => SafetensorsWriter.Raw($"{{\"w\":{{{inside}}}}}", new byte[4]);

    private static ArtifactException Refused(byte[] file, string code, long? offset = null)
    {
        ArtifactException refusal = Opened.Refused(file);
        Assert.Equal(code, refusal.Code.Id);
        if (offset is not null)
            Assert.Equal(offset, refusal.Offset);
        return refusal;
    }
}
