using System.Runtime.InteropServices;
using CsCheck;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Safetensors;

public class SafetensorsFileTests
{
    [Fact]
    public void Tensors_are_read_with_their_names_shapes_and_values()
    {
        byte[] file = SafetensorsWriter.Bytes(("fc1.weight", [2, 3], [1, 2, 3, 4, 5, 6]), ("fc1.bias", [2], [-1, 0.5f]));
        Opened.With(file, checkpoint =>
        {
            Assert.Equal("safetensors", checkpoint.Format);
            Assert.Equal(["fc1.weight", "fc1.bias"], checkpoint.Tensors.Select(t => t.Name));
            Assert.Equal([2L, 3L], checkpoint.Tensors[0].Shape);
            Assert.Equal([1, 2, 3, 4, 5, 6], checkpoint.Tensors[0].Values());
            Assert.Equal([-1, 0.5], checkpoint.Tensors[1].Values());
            Assert.All(checkpoint.Tensors, t => Assert.Equal(ElementType.F32, t.ElementType));
            Assert.Empty(checkpoint.Unreadable);
        });
    }

    [Fact]
    public void Any_part_of_a_tensor_reads_as_that_part_of_the_whole()
    {
        Gen.Select(Gen.Float.Array[1, 300], Gen.Int[0, 299], Gen.Int[0, 299]).Sample((values, a, b) =>
        {
            int start = Math.Min(a, values.Length);
            int length = Math.Min(b, values.Length - start);
            Opened.With(SafetensorsWriter.Bytes(("w", [values.Length], values)), checkpoint =>
            {
                double[] part = new double[length];
                checkpoint.Tensors[0].Read(start, part);
                Assert.Equal(values.AsSpan(start, length).ToArray().Select(v => (double)v), part);
            });
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void What_was_written_is_read_back_for_any_names_and_shapes()
    {
        Gen<(string Name, long[] Shape, float[] Values)> tensor =
            from name in Gen.String[Gen.Char.AlphaNumeric, 0, 12]
            from shape in Gen.Long[0, 5].Array[0, 4]
            from values in Gen.Float.Array[(int)shape.Aggregate(1L, (a, b) => a * b)]
            select (name, shape, values);
        tensor.Array[0, 6].Sample(tensors =>
        {
            (string Name, long[] Shape, float[] Values)[] distinct = [.. tensors.DistinctBy(t => t.Name)];
            Opened.With(SafetensorsWriter.Bytes(distinct), checkpoint =>
            {
                Assert.Equal(distinct.Length, checkpoint.Tensors.Length);
                foreach ((string name, long[] shape, float[] values) in distinct)
                {
                    Tensor read = checkpoint.Tensor(name);
                    Assert.Equal(shape, read.Shape);
                    Assert.Equal(values.Select(v => (double)v), read.Values());
                }
            });
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void A_tensor_longer_than_one_block_is_read_whole()
    {
        float[] values = [.. Enumerable.Range(0, 200_001).Select(i => i * 0.25f)];
        Opened.With(SafetensorsWriter.Bytes(("w", [values.Length], values)), checkpoint =>
            Assert.Equal(values.Select(v => (double)v), checkpoint.Tensors[0].Values()));
    }

    [Fact]
    public void Half_precision_of_both_kinds_reads_every_code_exactly()
    {
        ushort[] codes = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
        byte[] bytes = MemoryMarshal.AsBytes(codes.AsSpan()).ToArray();
        Opened.With(SafetensorsWriter.Bytes(("f16", "F16", [65536], bytes), ("bf16", "BF16", [65536], bytes)), checkpoint =>
        {
            Assert.Equal(codes.Select(c => (double)BitConverter.UInt16BitsToHalf(c)), checkpoint.Tensor("f16").Values());
            Assert.Equal(codes.Select(c => (double)BitConverter.UInt32BitsToSingle((uint)c << 16)), checkpoint.Tensor("bf16").Values());
            Assert.All(checkpoint.Tensors, t => Assert.True(t.IsFloatingPoint));
        });
    }

    [Theory]
    [InlineData("I8", 1, ElementType.I8)]
    [InlineData("U8", 1, ElementType.U8)]
    [InlineData("BOOL", 1, ElementType.Bool)]
    [InlineData("I16", 2, ElementType.I16)]
    [InlineData("U16", 2, ElementType.U16)]
    [InlineData("I32", 4, ElementType.I32)]
    [InlineData("U32", 4, ElementType.U32)]
    [InlineData("I64", 8, ElementType.I64)]
    [InlineData("U64", 8, ElementType.U64)]
    public void Integers_are_tensors_but_not_floating_point(string dtype, int size, ElementType type)
    {
        byte[] data = new byte[2 * size];
        data[0] = 1;
        data[size] = 3;
        Opened.With(SafetensorsWriter.Bytes(("codes", dtype, [2], data)), checkpoint =>
        {
            Tensor tensor = checkpoint.Tensors[0];
            Assert.Equal(type, tensor.ElementType);
            Assert.False(tensor.IsFloatingPoint);
            Assert.Equal([1, 3], tensor.Values());
        });
    }

    [Fact]
    public void Double_precision_keeps_every_bit()
    {
        double[] values = [Math.PI, double.MaxValue, double.Epsilon, -0.0, double.NaN, double.NegativeInfinity];
        Opened.With(SafetensorsWriter.Bytes(("w", "F64", [6], MemoryMarshal.AsBytes(values.AsSpan()).ToArray())), checkpoint =>
            Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), checkpoint.Tensors[0].Values().Select(BitConverter.DoubleToInt64Bits)));
    }

    [Theory]
    [InlineData("F8_E4M3", new byte[] { 0x38, 0x08, 0x01, 0x7e, 0x7f, 0xb8 }, new[] { 1, 0.015625, 0.001953125, 448, double.NaN, -1 })]
    [InlineData("F8_E5M2", new byte[] { 0x3c, 0x04, 0x01, 0x7b, 0x7c, 0x7d }, new[] { 1, 6.103515625e-05, 1.52587890625e-05, 57344, double.PositiveInfinity, double.NaN })]
    [InlineData("F8_E4M3FNUZ", new byte[] { 0x40, 0x01, 0x7f, 0x80, 0xc0 }, new[] { 1, 0.0009765625, 240, double.NaN, -1 })]
    [InlineData("F8_E5M2FNUZ", new byte[] { 0x40, 0x7f, 0x80 }, new[] { 1, 57344, double.NaN })]
    [InlineData("F8_E8M0", new byte[] { 127, 0, 254, 255 }, new[] { 1, 5.877471754111438e-39, 1.7014118346046923e+38, double.NaN })]
    [InlineData("F4", new byte[] { 0x10, 0x32, 0x54, 0x76, 0xf9 }, new[] { 0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.5, -6 })]
    [InlineData("F6_E2M3", new byte[] { 0x88, 0xf0, 0x07 }, new[] { 1, 0.25, -7.5, 0.125 })]
    public void Small_floating_point_types_follow_their_definitions(string dtype, byte[] data, double[] expected)
    {
        Opened.With(SafetensorsWriter.Bytes(("w", dtype, [expected.Length], data)), checkpoint =>
        {
            Tensor tensor = checkpoint.Tensors[0];
            Assert.Equal(expected, tensor.Values());
            Assert.True(tensor.IsFloatingPoint);
            Assert.Equal(dtype, tensor.ElementTypeName);
            for (int start = 0; start <= expected.Length; start++)
            {
                double[] rest = new double[expected.Length - start];
                tensor.Read(start, rest);
                Assert.Equal(expected[start..], rest);
            }
        });
    }

    [Fact]
    public void Complex_elements_are_named_as_unreadable()
    {
        Opened.With(SafetensorsWriter.Bytes(("z", "C64", [2, 1], new byte[16])), checkpoint =>
        {
            Assert.Empty(checkpoint.Tensors);
            UnreadableTensor tensor = Assert.Single(checkpoint.Unreadable);
            Assert.Equal("z", tensor.Name);
            Assert.Equal([2L, 1L], tensor.Shape);
            Assert.Equal("complex elements", tensor.Reason);
        });
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("  \n{}")]
    [InlineData("{}\r\t\n ")]
    [InlineData("""{"__metadata__":{"format":"pt"}}""")]
    public void A_header_without_tensors_is_read(string header) =>
        Opened.With(SafetensorsWriter.Raw(header), checkpoint => Assert.Empty(checkpoint.Tensors));

    [Fact]
    public void Scalars_and_empty_tensors_are_read()
    {
        Opened.With(SafetensorsWriter.Bytes(("scalar", [], [7]), ("empty", [2, 0], [])), checkpoint =>
        {
            Assert.Equal([7], checkpoint.Tensor("scalar").Values());
            Assert.Equal(1, checkpoint.Tensor("scalar").Count);
            Assert.Equal(0, checkpoint.Tensor("empty").Count);
            Assert.Empty(checkpoint.Tensor("empty").Values());
        });
    }

    [Fact]
    public void Tensors_come_in_the_order_of_their_data_whatever_the_order_of_the_header()
    {
        const string Header = """{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";
        Opened.With(SafetensorsWriter.Raw(Header, new byte[8]), checkpoint => Assert.Equal(["a", "b"], checkpoint.Tensors.Select(t => t.Name)));
    }

    [Fact]
    public void A_header_of_odd_length_leaves_the_data_unaligned_and_readable()
    {
        const string Header = """ {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";
        for (int spaces = 0; spaces < 8; spaces++)
        {
            byte[] file = SafetensorsWriter.Raw(Header + new string(' ', spaces), BitConverter.GetBytes(1.5f));
            Opened.With(file, checkpoint => Assert.Equal([1.5], checkpoint.Tensors[0].Values()));
        }
    }

    [Fact]
    public void Reading_outside_a_tensor_is_the_callers_mistake()
    {
        Opened.With(SafetensorsWriter.Bytes(("w", [2], [1, 2])), checkpoint =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => checkpoint.Tensors[0].Read(-1, new double[1]));
            Assert.Throws<ArgumentOutOfRangeException>(() => checkpoint.Tensors[0].Read(3, []));
            Assert.Throws<ArgumentOutOfRangeException>(() => checkpoint.Tensors[0].Read(1, new double[2]));
        });
    }
}
