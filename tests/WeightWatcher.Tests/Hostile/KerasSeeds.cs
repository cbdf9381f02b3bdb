using System.Collections.Immutable;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>HDF5 files in the old and the new style, and archives of Keras 3.</summary>
internal static class KerasSeeds
{
    public static ImmutableArray<Seed> Hdf5Files { get; } =
    [
        new("contiguous", Contiguous()),
        new("chunked", Chunked(deflate: true)),
        new("shuffled", Chunked(deflate: false)),
        new("new", NewStyle()),
        new("block", UserBlock()),
        new("fixed", Hdf5IndexedWriter.Write("fixed-paged", isFiltered: true)),
        new("extensible", Hdf5IndexedWriter.Write("extensible", isFiltered: false)),
        new("tree", Hdf5IndexedWriter.Write("tree-deep", isFiltered: false)),
        new("heap", Heap()),
    ];

    public static ImmutableArray<Seed> Archives { get; } =
    [
        new("stored", Archive(deflate: false)),
        new("deflated", Archive(deflate: true)),
    ];

    public static ImmutableArray<string> Words { get; } = ["TREE", "SNOD", "HEAP", "OHDR", "OCHK", "FRHP", "FHDB", "FHIB", "BTHD", "BTLF", "BTIN", "FAHD", "FADB", "EAHD", "EAIB", "EASB", "EADB", "GCOL", "model_weights", "optimizer_weights", "kernel:0", "ÿÿÿÿÿÿÿÿ"];

    private static byte[] Contiguous()
    {
        Hdf5Writer file = new();
        ulong dense = file.Group(("kernel:0", file.Floats([2, 3], 1, 2, 3, 4, 5, 6)), ("bias:0", file.Floats([3], 1, 2, 3)));
        return file.ToArray(file.Group([(Hdf5Writer.Attribute, Hdf5Writer.NamedAttribute("layer_names"))], ("dense", dense)));
    }

    private static byte[] Chunked(bool deflate)
    {
        Hdf5Writer file = new();
        byte[] chunk = Hdf5Writer.Shuffle([.. Enumerable.Range(0, 6).SelectMany(i => BitConverter.GetBytes((float)i))], 4);
        byte[] stored = deflate ? Hdf5Writer.Deflate(chunk) : chunk;
        byte[] pipeline = deflate ? Hdf5Writer.Pipeline((2, 4), (1, 6)) : Hdf5Writer.Pipeline((2, 4));
        ulong tree = file.ChunkTree(([0, 0], stored), ([0, 3], stored), ([2, 0], stored), ([2, 3], stored));
        return file.ToArray(file.Group(("w", file.Dataset(Hdf5Writer.Shape(3, 4), Hdf5Writer.Float(4), Hdf5Writer.Chunked(tree, 4, 2, 3), pipeline))));
    }

    private static byte[] NewStyle()
    {
        Hdf5Writer file = new();
        ulong set = file.NewObject((Hdf5Writer.Dataspace, [2, 1, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0]), (Hdf5Writer.Datatype, Hdf5Writer.Float(4)), (Hdf5Writer.Layout, [3, 0, 12, 0, .. new byte[12]]));
        return file.ToNewArray(file.NewObject((Hdf5Writer.Link, Hdf5Writer.HardLink("w", set)), (Hdf5Writer.Link, Hdf5Writer.SoftLink("s", "/w"))));
    }

    private static byte[] Heap()
    {
        Hdf5Writer file = new();
        (ulong heap, byte[][] ids) = file.FractalHeap([Hdf5Writer.HardLink("a", file.Floats([2], 1, 2)), Hdf5Writer.HardLink("b", file.Floats([2], 3, 4))], indirect: true);
        ulong tree = file.Tree2(5, [.. ids.Select(id => (byte[])[0, 0, 0, 0, .. id])], deep: false);
        return file.ToNewArray(file.NewObject((Hdf5Writer.LinkInfo, [0, 0, .. Hdf5Writer.Number(heap, 8), .. Hdf5Writer.Number(tree, 8)])));
    }

    private static byte[] UserBlock()
    {
        Hdf5Writer file = new();
        ulong set = file.Dataset(Hdf5Writer.Shape(2), Hdf5Writer.Float(2, bigEndian: true), [3, 0, 4, 0, 1, 2, 3, 4]);
        ulong counts = file.Dataset(Hdf5Writer.Shape(1), Hdf5Writer.Integer(8), [3, 0, 8, 0, .. new byte[8]]);
        return file.ToArray(file.Group(("model_weights", file.Group(("k:0", set), ("step", counts)))), userBlock: 512);
    }

    private static byte[] Archive(bool deflate) => new ZipWriter()
        .Add(new ZipItem("metadata.json", "{\"keras_version\": \"3.0.0\"}"u8.ToArray()) { Deflate = deflate })
        .Add(new ZipItem("config.json", "{\"module\": \"keras\"}"u8.ToArray()) { Deflate = deflate })
        .Add(new ZipItem("model.weights.h5", Contiguous()) { Deflate = deflate }).ToArray();
}
