using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Gguf;

public class GgufFileTests
{
    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    public void Tensors_are_read_with_their_names_values_and_reversed_shapes(uint version)
    {
        byte[] file = new GgufWriter { Version = version }.Add("fc1.weight", [3, 2], [1, 2, 3, 4, 5, 6]).Add("fc1.bias", [2], [-1, 0.5f]).ToArray();
        Opened.With(file, checkpoint =>
        {
            Assert.Equal("gguf", checkpoint.Format);
            Assert.Equal(["fc1.weight", "fc1.bias"], checkpoint.Tensors.Select(t => t.Name));
            Assert.Equal([2L, 3L], checkpoint.Tensors[0].Shape);
            Assert.Equal([1, 2, 3, 4, 5, 6], checkpoint.Tensors[0].Values());
            Assert.Equal([-1, 0.5], checkpoint.Tensors[1].Values());
            Assert.Empty(checkpoint.Notes);
        });
    }

    [Theory]
    [InlineData(1u, "0038 00bc", ElementType.F16, 0.5, -1)]
    [InlineData(30u, "003f 80bf", ElementType.BF16, 0.5, -1)]
    [InlineData(28u, "000000000000e03f 000000000000f0bf", ElementType.F64, 0.5, -1)]
    [InlineData(24u, "05 fb", ElementType.I8, 5, -5)]
    [InlineData(25u, "0500 fbff", ElementType.I16, 5, -5)]
    [InlineData(26u, "05000000 fbffffff", ElementType.I32, 5, -5)]
    [InlineData(27u, "0500000000000000 fbffffffffffffff", ElementType.I64, 5, -5)]
    public void Plain_numbers_of_every_type_are_read(uint type, string hex, ElementType expected, double first, double second)
    {
        byte[] data = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Opened.With(new GgufWriter().Add(new GgufItem("w", type, [2], data)).ToArray(), checkpoint =>
        {
            Assert.Equal(expected, checkpoint.Tensors[0].ElementType);
            Assert.Equal([first, second], checkpoint.Tensors[0].Values());
        });
    }

    [Fact]
    public void A_file_without_tensors_is_read() => Opened.With(new GgufWriter().ToArray(), checkpoint => Assert.Empty(checkpoint.Tensors));

    [Fact]
    public void Scalars_and_empty_tensors_are_read()
    {
        Opened.With(new GgufWriter().Add("s", [], [3]).Add("e", [0, 5], []).Add("z", [4, 0], []).ToArray(), checkpoint =>
        {
            Assert.Equal([3], checkpoint.Tensors[0].Values());
            Assert.Equal([5L, 0L], checkpoint.Tensors[1].Shape);
            Assert.All(checkpoint.Tensors.Skip(1), t => Assert.Equal(0, t.Count));
        });
    }

    [Fact]
    public void Pairs_of_every_type_are_passed_over()
    {
        byte[] file = new GgufWriter()
            .Pair("u8", 0, 1).Pair("i8", 1, 1).Pair("u16", 2, 1, 0).Pair("i16", 3, 1, 0)
            .Pair("u32", 4, new byte[4]).Pair("i32", 5, new byte[4]).Pair("f32", 6, new byte[4]).Pair("bool", 7, 1)
            .Pair("string", 8, GgufWriter.Text("caf\u00e9")).Pair("u64", 10, new byte[8]).Pair("i64", 11, new byte[8]).Pair("f64", 12, new byte[8])
            .Pair("array", 9, GgufWriter.Array(2, 3, new byte[6]))
            .Pair("strings", 9, GgufWriter.Array(8, 2, [.. GgufWriter.Text("a"), .. GgufWriter.Text("")]))
            .Add("w", [1], [7]).ToArray();
        Opened.With(file, checkpoint => Assert.Equal([7], checkpoint.Tensors[0].Values()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(4096)]
    public void The_alignment_of_the_file_is_kept(int alignment)
    {
        byte[] file = new GgufWriter { Alignment = alignment }
            .Pair("general.alignment", 4, BitConverter.GetBytes(alignment)).Add("a", [1], [1]).Add("b", [3], [2, 3, 4]).ToArray();
        Opened.With(file, checkpoint => Assert.Equal([2, 3, 4], checkpoint.Tensors[1].Values()));
    }

    [Fact]
    public void Bytes_behind_the_last_tensor_are_told() =>
        Opened.With(new GgufWriter { Extra = 7 }.Add("w", [1], [1]).ToArray(), checkpoint => Assert.Contains("7 bytes", Assert.Single(checkpoint.Notes), StringComparison.Ordinal));

    [Fact]
    public void A_part_of_a_split_model_says_so() => Opened.With(
        new GgufWriter().Pair("split.count", 2, 3, 0).Add("w", [1], [1]).ToArray(),
        checkpoint => Assert.Contains("one of 3 parts", Assert.Single(checkpoint.Notes), StringComparison.Ordinal));
}
