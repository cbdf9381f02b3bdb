using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.PyTorch;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Keras;

/// <summary>Broken and hostile HDF5 files: each ends with the code of its fault, without much memory.</summary>
public sealed class Hdf5MalformedTests
{
    private static byte[] Good()
    {
        Hdf5Writer file = new();
        return file.ToArray(file.Group(("b", file.Group(("w", file.Floats([3, 4], new float[12])))), ("a", file.Floats([2], 1, 2))));
    }

    /// <summary>A file with one dataset, made of the given parts.</summary>
    private static byte[] One(Func<Hdf5Writer, ulong> dataset)
    {
        Hdf5Writer file = new();
        ulong set = dataset(file);
        return file.ToArray(file.Group(("w", set)));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] good = Good();
        for (int length = 8; length < good.Length; length++)
            Untrusted.Refused(length < 96 ? Opened.Refused(good[..length]).Code : ArtifactCodes.Truncated, good[..length]);
    }

    [Fact]
    public void A_cut_file_says_how_much_is_missing()
    {
        Hdf5Writer file = new();
        ArtifactException refusal = Untrusted.Refused(ArtifactCodes.Truncated, file.ToArray(file.Group(("w", file.Floats([3, 4], new float[12]))), end: 1_000_000));
        Assert.Contains("are missing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_into_another_file_is_refused()
    {
        Hdf5Writer file = new();
        ArtifactException refusal = Untrusted.Refused(ArtifactCodes.PathEscapes, file.ToArray(file.Object((Hdf5Writer.Link, Hdf5Writer.ExternalLink("w", "/etc/passwd")))));
        Assert.Contains("'w'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_in_another_file_are_refused() => Untrusted.Refused(
        ArtifactCodes.PathEscapes,
        One(f => f.Object((Hdf5Writer.Dataspace, Hdf5Writer.Shape(2)), (Hdf5Writer.Datatype, Hdf5Writer.Float(4)), (Hdf5Writer.ExternalFiles, new byte[40]), (Hdf5Writer.Layout, Hdf5Writer.Contiguous(0, 8)))));

    [Fact]
    public void A_virtual_dataset_is_refused() =>
        Untrusted.Refused(ArtifactCodes.PathEscapes, One(f => f.Dataset(Hdf5Writer.Shape(2), Hdf5Writer.Float(4), [4, 3, .. new byte[12]])));

    [Theory]
    [InlineData(1UL << 40, 1UL << 40)]
    [InlineData(1UL << 40, 1UL)]
    [InlineData(ulong.MaxValue - 1, 1UL)]
    [InlineData(3UL, 3UL)]
    public void A_shape_that_the_bytes_do_not_fill_is_refused(ulong rows, ulong columns)
    {
        DiagnosticCode code = rows > long.MaxValue ? ArtifactCodes.Malformed : ArtifactCodes.InvalidShape;
        ArtifactException refusal = Untrusted.Refused(code, One(f => f.Dataset(Hdf5Writer.Shape(rows, columns), Hdf5Writer.Float(4), Hdf5Writer.Contiguous(f.Data(new byte[8]), 8))));
        Assert.Equal("w", refusal.Tensor);
    }

    [Fact]
    public void A_shape_of_a_trillion_elements_in_a_file_of_a_kilobyte_is_refused() => Untrusted.Refused(
        ArtifactCodes.Truncated, One(f => f.Dataset(Hdf5Writer.Shape(1UL << 40), Hdf5Writer.Float(4), Hdf5Writer.Contiguous(f.Data(new byte[8]), 1UL << 42))));

    [Theory]
    [InlineData(100_000_000u)]
    [InlineData(10_000_000u)]
    public void A_chunk_that_grows_beyond_reason_is_refused(uint elements) => Untrusted.Refused(
        ArtifactCodes.LimitExceeded,
        One(f => f.Dataset(Hdf5Writer.Shape(elements), Hdf5Writer.Float(4), Hdf5Writer.Chunked(f.ChunkTree(([0], Hdf5Writer.Deflate(new byte[4 * 50_000]))), 4, elements), Hdf5Writer.Pipeline((1, 9)))));

    [Fact]
    public void A_dataset_that_grows_beyond_reason_is_refused()
    {
        // Each chunk grows no more than deflate can; the file as a whole does.
        byte[] stored = [.. Hdf5Writer.Deflate(new byte[1 << 20])];
        Untrusted.Refused(
            ArtifactCodes.LimitExceeded,
            One(f => f.Dataset(
                Hdf5Writer.Shape(16UL << 18),
                Hdf5Writer.Float(4),
                Hdf5Writer.Chunked(f.ChunkTree([.. Enumerable.Range(0, 16).Select(i => (new[] { (ulong)i << 18 }, stored))]), 4, 1u << 18),
                Hdf5Writer.Pipeline((1, 9)))));
    }

    [Fact]
    public void Datasets_that_share_bytes_are_refused()
    {
        Hdf5Writer file = new();
        ulong data = file.Data(new byte[48]);
        ulong a = file.Dataset(Hdf5Writer.Shape(12), Hdf5Writer.Float(4), Hdf5Writer.Contiguous(data, 48));
        ulong b = file.Dataset(Hdf5Writer.Shape(2), Hdf5Writer.Float(4), Hdf5Writer.Contiguous(data + 40, 8));
        Untrusted.Refused(ArtifactCodes.OverlapOrHole, file.ToArray(file.Group(("a", a), ("b", b))));
    }

    [Fact]
    public void Groups_may_not_nest_without_end()
    {
        Hdf5Writer file = new();
        ulong group = file.Floats([2], 1, 2);
        for (int depth = 0; depth < 200; depth++)
            group = file.Object((Hdf5Writer.Link, Hdf5Writer.HardLink("g", group)));
        Untrusted.Refused(ArtifactCodes.LimitExceeded, file.ToArray(group));
    }

    [Fact]
    public void A_tree_that_holds_itself_is_refused()
    {
        Hdf5Writer file = new();
        ulong tree = file.Next;
        file.Data([.. "TREE"u8, 0, 1, 1, 0, .. Hdf5Writer.Number(Hdf5Writer.Undefined, 8), .. Hdf5Writer.Number(Hdf5Writer.Undefined, 8), .. new byte[8], .. Hdf5Writer.Number(tree, 8), .. new byte[8]]);
        ulong heap = file.Data([.. "HEAP"u8, 0, 0, 0, 0, .. Hdf5Writer.Number(8, 8), .. Hdf5Writer.Number(1, 8), .. Hdf5Writer.Number(tree, 8)]);
        Untrusted.Refused(ArtifactCodes.Malformed, file.ToArray(file.Object((Hdf5Writer.SymbolTable, [.. Hdf5Writer.Number(tree, 8), .. Hdf5Writer.Number(heap, 8)]))));
    }

    [Fact]
    public void A_group_with_two_links_of_one_name_is_refused()
    {
        Hdf5Writer file = new();
        ulong group = file.Group(("kernel", file.Floats([2], 1, 2)));
        Untrusted.Refused(ArtifactCodes.DuplicateTensor, file.ToArray(file.Group(("model_weights", group), ("model_weights", file.Group(("kernel", group))))));
    }

    [Fact]
    public void A_header_that_continues_in_itself_is_refused()
    {
        Hdf5Writer file = new();
        ulong at = file.Next;
        Untrusted.Refused(ArtifactCodes.Malformed, file.ToArray(file.Object((0x0010, [.. Hdf5Writer.Number(at + 16, 8), .. Hdf5Writer.Number(24, 8)]))));
    }

    [Fact]
    public void A_member_of_a_family_of_files_is_refused()
    {
        Hdf5Writer file = new();
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, file.ToArray(file.Group(("w", file.Floats([2], 1, 2))), driver: 96));
    }

    [Fact]
    public void Unknown_types_layouts_and_versions_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.UnknownElementType, One(f => f.Dataset(Hdf5Writer.Shape(2), [0x1F, 0, 0, 0, 4, 0, 0, 0], Hdf5Writer.Contiguous(f.Data(new byte[8]), 8))));
        Untrusted.Refused(ArtifactCodes.Malformed, One(f => f.Dataset(Hdf5Writer.Shape(2), Hdf5Writer.Float(4), [3, 9, .. new byte[16]])));
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, One(f => f.Dataset(Hdf5Writer.Shape(2), Hdf5Writer.Float(4), [1, 1, .. new byte[16]])));
        Untrusted.Refused(ArtifactCodes.InvalidShape, One(f => f.Dataset([1, 33, 0, 0, 0, 0, 0, 0, .. new byte[33 * 8]], Hdf5Writer.Float(4), Hdf5Writer.Contiguous(f.Data(new byte[8]), 8))));
        Untrusted.Refused(ArtifactCodes.Malformed, One(f => f.Dataset(Hdf5Writer.Shape(2), [0x11, 0x20, 31, 0, 0, 0, 0, 0, .. new byte[12]], Hdf5Writer.Contiguous(f.Data(new byte[8]), 8))));
    }

    [Fact]
    public void Chunks_in_impossible_places_are_refused()
    {
        foreach (ulong[][] origins in (ulong[][][])[[[0], [0]], [[0], [7]], [[0], [3]], [[4], [0]]])
        {
            Untrusted.Refused(ArtifactCodes.Malformed, One(f => f.Dataset(
                Hdf5Writer.Shape(6), Hdf5Writer.Float(4), Hdf5Writer.Chunked(f.ChunkTree([.. origins.Select(o => (o, new byte[16]))]), 4, 4))));
        }
    }
}
