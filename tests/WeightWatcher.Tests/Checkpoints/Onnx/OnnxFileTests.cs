using System.Runtime.InteropServices;
using CsCheck;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Onnx;

public class OnnxFileTests
{
    [Fact]
    public void Initializers_are_read_with_their_names_shapes_and_values()
    {
        byte[] file = OnnxWriter.Bytes(("fc1/kernel:0", [2, 3], [1, 2, 3, 4, 5, 6]), ("fc1.bias", [2], [-1, 0.5f]), ("scale", [], [7]));
        Opened.With(file, checkpoint =>
        {
            Assert.Equal("onnx", checkpoint.Format);
            Assert.Equal(["fc1/kernel:0", "fc1.bias", "scale"], checkpoint.Tensors.Select(t => t.Name));
            Assert.Equal([2L, 3L], checkpoint.Tensors[0].Shape);
            Assert.Equal([1, 2, 3, 4, 5, 6], checkpoint.Tensors[0].Values());
            Assert.Equal([-1, 0.5], checkpoint.Tensors[1].Values());
            Assert.Equal([7], checkpoint.Tensors[2].Values());
            Assert.Empty(checkpoint.Unreadable);
        });
    }

    [Fact]
    public void What_was_written_is_read_back_for_any_names_and_shapes()
    {
        Gen<(string Name, long[] Shape, float[] Values)> tensor =
            from name in Gen.String[Gen.Char.AlphaNumeric, 1, 12]
            from shape in Gen.Long[0, 5].Array[0, 4]
            from values in Gen.Float.Array[(int)shape.Aggregate(1L, (a, b) => a * b)]
            select (name, shape, values);
        tensor.Array[0, 6].Sample(tensors =>
        {
            (string Name, long[] Shape, float[] Values)[] distinct = [.. tensors.DistinctBy(t => t.Name)];
            Opened.With(OnnxWriter.Bytes(distinct), checkpoint =>
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
    public void Every_way_to_store_f32_reads_alike()
    {
        float[] values = [1, -2.5f, 3e-20f];
        ProtobufWriter unpacked = OnnxWriter.Header("unpacked", OnnxWriter.Float, 3);
        foreach (float value in values)
            unpacked.Fixed32(4, value);
        ProtobufWriter halves = OnnxWriter.Header("halves", OnnxWriter.Float, 3).Bytes(4, BitConverter.GetBytes(values[0])).Bytes(4, MemoryMarshal.AsBytes(values.AsSpan(1)).ToArray());
        OnnxGraph graph = new OnnxGraph()
            .Initializer("raw", [3], values)
            .Initializer(OnnxWriter.Header("packed", OnnxWriter.Float, 3).Bytes(4, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()))
            .Initializer(unpacked)
            .Initializer(halves)
            .Initializer(new ProtobufWriter().Varint(1, 3).Varint(2, 1).String(8, "unpacked dims").Bytes(9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.Equal(5, checkpoint.Tensors.Length);
            Assert.All(checkpoint.Tensors, t => Assert.Equal(values.Select(v => (double)v), t.Values()));
        });
    }

    [Fact]
    public void Doubles_and_halves_read_alike_from_raw_and_typed_fields()
    {
        double[] doubles = [Math.PI, -1e300];
        ushort[] halves = [0x3c00, 0xc000, 0x0001, 0x7c00];
        ushort[] brains = [0x3f80, 0xc000, 0x0001, 0x7f80];
        OnnxGraph graph = new OnnxGraph()
            .Initializer(OnnxWriter.Tensor("d raw", OnnxWriter.Double, [2], MemoryMarshal.AsBytes(doubles.AsSpan()).ToArray()))
            .Initializer(OnnxWriter.Header("d typed", OnnxWriter.Double, 2).Bytes(10, MemoryMarshal.AsBytes(doubles.AsSpan()).ToArray()))
            .Initializer(OnnxWriter.Tensor("h raw", OnnxWriter.Float16, [4], MemoryMarshal.AsBytes(halves.AsSpan()).ToArray()))
            .Initializer(OnnxWriter.Header("h typed", OnnxWriter.Float16, 4).PackedVarints(5, halves.Select(h => (long)h)))
            .Initializer(OnnxWriter.Tensor("b raw", OnnxWriter.Bfloat16, [4], MemoryMarshal.AsBytes(brains.AsSpan()).ToArray()))
            .Initializer(OnnxWriter.Header("b typed", OnnxWriter.Bfloat16, 4).PackedVarints(5, brains.Select(h => (long)h)));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.Equal(doubles, checkpoint.Tensor("d raw").Values());
            Assert.Equal(doubles, checkpoint.Tensor("d typed").Values());
            Assert.Equal([1, -2, Math.ScaleB(1, -24), double.PositiveInfinity], checkpoint.Tensor("h raw").Values());
            Assert.Equal(checkpoint.Tensor("h raw").Values(), checkpoint.Tensor("h typed").Values());
            Assert.Equal([1, -2, Math.ScaleB(1, -133), double.PositiveInfinity], checkpoint.Tensor("b raw").Values());
            Assert.Equal(checkpoint.Tensor("b raw").Values(), checkpoint.Tensor("b typed").Values());
            Assert.All(checkpoint.Tensors, t => Assert.True(t.IsFloatingPoint));
        });
    }

    [Fact]
    public void Packed_numbers_read_alike_from_any_place()
    {
        long[] values = [.. Enumerable.Range(0, 200_000).Select(i => (long)i * i * (i % 2 == 0 ? 1 : -1))];
        OnnxGraph graph = new OnnxGraph().Initializer(OnnxWriter.Header("steps", OnnxWriter.Int64, values.Length).PackedVarints(7, values));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Tensor tensor = checkpoint.Tensors[0];
            Assert.False(tensor.IsFloatingPoint);
            Assert.Equal(values.Select(v => (double)v), tensor.Values());
            Gen.Select(Gen.Int[0, values.Length], Gen.Int[0, 300]).Sample((start, length) =>
            {
                length = Math.Min(length, values.Length - start);
                double[] part = new double[length];
                tensor.Read(start, part);
                Assert.Equal(values.AsSpan(start, length).ToArray().Select(v => (double)v), part);
            }, iter: 200, threads: 1);
        });
    }

    [Fact]
    public void Integers_of_every_width_are_tensors_but_not_floating_point()
    {
        OnnxGraph graph = new OnnxGraph()
            .Initializer(OnnxWriter.Header("int8", OnnxWriter.Int8, 2).PackedVarints(5, [-1, 3]))
            .Initializer(OnnxWriter.Tensor("uint8", OnnxWriter.Uint8, [2], [255, 3]))
            .Initializer(OnnxWriter.Header("int32", OnnxWriter.Int32, 2).PackedVarints(5, [-1, 3]))
            .Initializer(OnnxWriter.Header("uint64", 13, 1).PackedVarints(11, [-1]))
            .Initializer(OnnxWriter.Tensor("int4", 22, [3], [0x1f, 0x07]))
            .Initializer(OnnxWriter.Tensor("uint2", 25, [3], [0b00_11_10_01]));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.All(checkpoint.Tensors, t => Assert.False(t.IsFloatingPoint));
            Assert.Equal([-1, 3], checkpoint.Tensor("int8").Values());
            Assert.Equal([255, 3], checkpoint.Tensor("uint8").Values());
            Assert.Equal([-1, 3], checkpoint.Tensor("int32").Values());
            Assert.Equal([ulong.MaxValue], checkpoint.Tensor("uint64").Values());
            Assert.Equal([-1, 1, 7], checkpoint.Tensor("int4").Values());
            Assert.Equal([1, 2, 3], checkpoint.Tensor("uint2").Values());
        });
    }

    [Fact]
    public void Strings_and_complex_numbers_are_named_as_unreadable()
    {
        OnnxGraph graph = new OnnxGraph()
            .Initializer(OnnxWriter.Header("labels", OnnxWriter.String, 2).String(6, "cat").String(6, "dog"))
            .Initializer(OnnxWriter.Tensor("fft", 14, [2, 2], new byte[32]));
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.Empty(checkpoint.Tensors);
            Assert.Equal([("labels", "string elements"), ("fft", "complex elements")], checkpoint.Unreadable.Select(u => (u.Name, u.Reason)));
            Assert.Equal([2L, 2L], checkpoint.Unreadable[1].Shape);
        });
    }

    [Fact]
    public void A_sparse_initializer_is_read_with_its_zeros()
    {
        ProtobufWriter perAxis = new ProtobufWriter().Message(1, OnnxWriter.Tensor("axes", [2], [1, 2]))
            .Message(2, OnnxWriter.Header("", OnnxWriter.Int64, 2, 2).PackedVarints(7, [0, 1, 1, 2])).PackedVarints(3, [2, 3]);
        ProtobufWriter graph = new ProtobufWriter().Message(15, Sparse("pruned", [0, 5], [2, 3])).Message(15, perAxis);
        Opened.With(OnnxWriter.Model(graph), checkpoint =>
        {
            Assert.Equal([1, 0, 0, 0, 0, 2], checkpoint.Tensor("pruned").Values());
            Assert.Equal([0, 1, 0, 0, 0, 2], checkpoint.Tensor("axes").Values());
            double[] part = new double[3];
            checkpoint.Tensor("axes").Read(1, part);
            Assert.Equal([1, 0, 0], part);
        });
    }

    [Fact]
    public void A_sparse_initializer_of_zeros_that_nothing_justifies_is_skipped_and_counted()
    {
        ProtobufWriter graph = new ProtobufWriter().Message(15, Sparse("pruned", [0, 5], [1000, 3000]));
        Opened.With(OnnxWriter.Model(graph), checkpoint => Assert.Equal(3_000_000, Assert.Single(checkpoint.Unreadable).Parameters));
    }

    internal static ProtobufWriter Sparse(string name, long[] indices, long[] shape) => new ProtobufWriter()
        .Message(1, OnnxWriter.Tensor(name, [indices.Length], [.. Enumerable.Range(1, indices.Length).Select(i => (float)i)]))
        .Message(2, OnnxWriter.Header("", OnnxWriter.Int64, indices.Length).PackedVarints(7, indices))
        .PackedVarints(3, shape);
}
