using System.Runtime.InteropServices;
using CsCheck;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Keras;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints;

/// <summary>What is written in a format is read back, whatever the names, shapes and numbers; safetensors and ONNX have tests of their own beside their others.</summary>
public sealed class RoundTripTests
{
    private static readonly Dictionary<string, Func<(string Name, long[] Shape, float[] Values)[], byte[]>> Writers = new()
    {
        ["gguf"] = Gguf,
        ["npz"] = tensors => Npz(tensors, fortran: false, deflate: false),
        ["npz-fortran-deflated"] = tensors => Npz(tensors, fortran: true, deflate: true),
        ["pytorch-zip"] = tensors => Zip(tensors, deflate: false),
        ["pytorch-zip-deflated"] = tensors => Zip(tensors, deflate: true),
        ["pytorch-legacy"] = Legacy,
        ["pytorch-tar"] = Tar,
        ["keras-archive"] = tensors => KerasFileTests.Archive(Hdf5(tensors, file => file.Floats), deflate: false),
        ["hdf5"] = tensors => Hdf5(tensors, file => file.Floats),
        ["hdf5-chunked"] = tensors => Hdf5(tensors, file => (shape, values) => Chunked(file, shape, values)),
    };

    public static TheoryData<string> Formats => [.. Writers.Keys];

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_was_written_is_read_back_for_any_names_and_shapes(string format)
    {
        Gen<(string Name, long[] Shape, float[] Values)> tensor =
            from name in Gen.String[Gen.Char.AlphaNumeric, 1, 12]
            from shape in Gen.Long[1, 5].Array[1, 4]
            from values in Gen.Float.Array[(int)shape.Aggregate(1L, (a, b) => a * b)]
            select (name, shape, values);
        tensor.Array[1, 6].Sample(
            tensors =>
            {
                (string Name, long[] Shape, float[] Values)[] distinct = [.. tensors.DistinctBy(t => t.Name)];
                Opened.With(Writers[format](distinct), checkpoint =>
                {
                    Assert.Equal(distinct.Select(t => t.Name).Order(StringComparer.Ordinal), checkpoint.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
                    foreach ((string name, long[] shape, float[] values) in distinct)
                    {
                        Tensor read = checkpoint.Tensor(name);
                        Assert.Equal(shape, read.Shape);
                        Assert.Equal(values.Select(v => (double)v), read.Values());
                    }
                });
            },
            iter: 100,
            threads: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_array_of_NumPy_is_read_back_in_either_order_of_its_axes(bool fortran) => Gen.Long[1, 5].Array[1, 4]
        .SelectMany(shape => Gen.Float.Array[(int)shape.Aggregate(1L, (a, b) => a * b)], (shape, values) => (shape, values))
        .Sample(
            array => Opened.With(Npy(array.shape, array.values, fortran), checkpoint =>
            {
                Tensor read = Assert.Single(checkpoint.Tensors);
                Assert.Equal(array.shape, read.Shape);
                Assert.Equal(array.values.Select(v => (double)v), read.Values());
            }),
            iter: 100,
            threads: 1);

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static byte[] Gguf((string Name, long[] Shape, float[] Values)[] tensors)
    {
        GgufWriter writer = new();
        foreach ((string name, long[] shape, float[] values) in tensors)
            writer.Add(name, [.. shape.Reverse().Select(axis => (ulong)axis)], values);
        return writer.ToArray();
    }

    private static byte[] Npz((string Name, long[] Shape, float[] Values)[] tensors, bool fortran, bool deflate)
    {
        ZipWriter writer = new();
        foreach ((string name, long[] shape, float[] values) in tensors)
            writer.Add(new ZipItem(name + ".npy", Npy(shape, values, fortran)) { Deflate = deflate });
        return writer.ToArray();
    }

    private static byte[] Npy(long[] shape, float[] values, bool fortran) =>
        NpyWriter.Array("<f4", shape, Bytes(fortran ? [.. FirstAxisFastest(shape).Select(i => values[i])] : values), fortran);

    /// <summary>A storage for each tensor, without views.</summary>
    private static byte[] Tar((string Name, long[] Shape, float[] Values)[] tensors)
    {
        List<byte> storages = [.. TarWriter.Integer(tensors.Length)], described = [.. TarWriter.Integer(tensors.Length)];
        for (int i = 0; i < tensors.Length; i++)
        {
            (_, long[] shape, float[] values) = tensors[i];
            storages.AddRange([.. TarWriter.Storage(100 + i, values.Length), .. Bytes(values)]);
            described.AddRange(TarWriter.Tensor(i, 100 + i, 0, shape, Strides(shape)));
        }

        storages.AddRange(PickleWriter.Protocol().Ascii("].").Bytes);
        return new TarWriter()
            .Add("sys_info", TorchWriter.Dictionary(("little_endian", p => p.Raw(0x88))))
            .Add("pickle", TorchWriter.Dictionary([.. tensors.Select((t, i) => (t.Name, (Action<PickleWriter>)(p => p.Int(i).Ascii("Q"))))]))
            .Add("storages", [.. storages])
            .Add("tensors", [.. described])
            .Bytes;
    }

    /// <summary>The logical places of the elements in the order of their storage.</summary>
    private static IEnumerable<int> FirstAxisFastest(long[] shape)
    {
        int count = (int)shape.Aggregate(1L, (a, b) => a * b);
        for (int k = 0; k < count; k++)
        {
            long rest = k, place = 0, stride = count;
            foreach (long axis in shape)
            {
                stride /= axis;
                place += rest % axis * stride;
                rest /= axis;
            }

            yield return (int)place;
        }
    }

    private static byte[] Zip((string Name, long[] Shape, float[] Values)[] tensors, bool deflate)
    {
        ZipWriter writer = new ZipWriter().Add(new ZipItem("archive/data.pkl", Pickle(tensors, legacy: false)) { Deflate = deflate });
        for (int i = 0; i < tensors.Length; i++)
            writer.Add(new ZipItem($"archive/data/{i}", Bytes(tensors[i].Values)) { Deflate = deflate, Padding = i });
        return writer.ToArray();
    }

    private static byte[] Legacy((string Name, long[] Shape, float[] Values)[] tensors) => TorchWriter.Legacy(
        Pickle(tensors, legacy: true), [.. tensors.Select((t, i) => ($"{i}", (long)t.Values.Length, Bytes(t.Values)))]);

    private static byte[] Pickle((string Name, long[] Shape, float[] Values)[] tensors, bool legacy) => TorchWriter.Dictionary(
    [
        .. tensors.Select((t, i) => (t.Name, (Action<PickleWriter>)(p => p.Tensor(s => s.Storage($"{i}", t.Values.Length, legacy: legacy), 0, t.Shape, Strides(t.Shape))))),
    ]);

    private static long[] Strides(long[] shape) => [.. shape.Select((_, axis) => shape[(axis + 1)..].Aggregate(1L, (a, b) => a * b))];

    private static byte[] Hdf5((string Name, long[] Shape, float[] Values)[] tensors, Func<Hdf5Writer, Func<ulong[], float[], ulong>> dataset)
    {
        Hdf5Writer file = new();
        return file.ToArray(file.Group([.. tensors.Select(t => (t.Name, dataset(file)([.. t.Shape.Select(axis => (ulong)axis)], t.Values)))]));
    }

    /// <summary>One deflated chunk as large as the dataset.</summary>
    private static ulong Chunked(Hdf5Writer file, ulong[] shape, float[] values)
    {
        ulong tree = file.ChunkTree((new ulong[shape.Length], Hdf5Writer.Deflate(Bytes(values))));
        return file.Dataset(Hdf5Writer.Shape(shape), Hdf5Writer.Float(4), Hdf5Writer.Chunked(tree, 4, [.. shape.Select(axis => (uint)axis)]), Hdf5Writer.Pipeline((1, 9)));
    }
}
