using WeightWatcher.Checkpoints;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Keras;

/// <summary>Well-formed HDF5 files of every structure that is read.</summary>
public sealed class Hdf5FileTests
{
    private static readonly float[] Twelve = [.. Enumerable.Range(0, 12).Select(i => (float)i - 5.5f)];

    [Fact]
    public void A_contiguous_dataset_in_nested_groups_is_a_tensor_under_its_path()
    {
        Hdf5Writer file = new();
        ulong root = file.Group(("b", file.Group(("w", file.Floats([3, 4], Twelve)))), ("a", file.Floats([], 7)));
        Opened.With(file.ToArray(root), checkpoint =>
        {
            Assert.Equal("hdf5", checkpoint.Format);
            Assert.Equal(["a", "b/w"], checkpoint.Tensors.Select(t => t.Name));
            Assert.Equal([3, 4], checkpoint.Tensor("b/w").Shape);
            Assert.Equal(Twelve.Select(v => (double)v), checkpoint.Tensor("b/w").Values());
            Assert.Equal([7.0], checkpoint.Tensor("a").Values());
            Assert.Equal(ElementType.F32, checkpoint.Tensor("a").ElementType);
        });
    }

    [Fact]
    public void A_user_block_may_precede_the_superblock()
    {
        Hdf5Writer file = new();
        ulong root = file.Group(("w", file.Floats([3, 4], Twelve)));
        Opened.With(file.ToArray(root, userBlock: 1024), checkpoint => Assert.Equal(-5.5, checkpoint.Tensor("w").Values()[0]));
    }

    [Fact]
    public void Groups_and_headers_of_the_new_style_are_read()
    {
        Hdf5Writer file = new();
        byte[] data = [.. Twelve.SelectMany(BitConverter.GetBytes)];
        ulong values = file.Data(data);
        ulong set = file.NewObject((Hdf5Writer.Dataspace, [2, 1, 0, 1, 12, 0, 0, 0, 0, 0, 0, 0]), (Hdf5Writer.Datatype, Hdf5Writer.Float(4)), (Hdf5Writer.Layout, Hdf5Writer.Contiguous(values, 48)));
        ulong root = file.NewObject((Hdf5Writer.LinkInfo, [0, 0, .. Hdf5Writer.Number(Hdf5Writer.Undefined, 8), .. Hdf5Writer.Number(Hdf5Writer.Undefined, 8)]), (Hdf5Writer.Link, Hdf5Writer.HardLink("w", set)));
        Opened.With(file.ToNewArray(root), checkpoint => Assert.Equal(Twelve.Select(v => (double)v), checkpoint.Tensor("w").Values()));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Chunks_are_put_together_and_cut_at_the_edges(bool deflate, bool shuffle)
    {
        // 3 x 4 in chunks of 2 x 3: two by two chunks, three of which reach beyond the dataset.
        Opened.With(Chunked(deflate, shuffle), checkpoint =>
        {
            Tensor tensor = checkpoint.Tensor("w");
            Assert.Equal(Twelve.Select(v => (double)v), tensor.Values());
            double[] part = new double[5];
            tensor.Read(6, part);
            Assert.Equal(Twelve[6..11].Select(v => (double)v), part);
        });
    }

    [Fact]
    public void A_compact_dataset_lies_in_its_header()
    {
        Hdf5Writer file = new();
        byte[] data = [.. Twelve.SelectMany(BitConverter.GetBytes)];
        ulong root = file.Group(("w", file.Dataset(Hdf5Writer.Shape(12), Hdf5Writer.Float(4), [3, 0, 48, 0, .. data])));
        Opened.With(file.ToArray(root), checkpoint => Assert.Equal(Twelve.Select(v => (double)v), checkpoint.Tensor("w").Values()));
    }

    [Fact]
    public void Doubles_halves_integers_and_big_endian_numbers_are_decoded()
    {
        Hdf5Writer file = new();
        ulong f64 = file.Dataset(Hdf5Writer.Shape(1), Hdf5Writer.Float(8), Hdf5Writer.Contiguous(file.Data(BitConverter.GetBytes(Math.PI)), 8));
        ulong f16 = file.Dataset(Hdf5Writer.Shape(1), Hdf5Writer.Float(2), Hdf5Writer.Contiguous(file.Data(BitConverter.GetBytes((Half)1.5)), 2));
        ulong big = file.Dataset(Hdf5Writer.Shape(1), Hdf5Writer.Float(4, bigEndian: true), Hdf5Writer.Contiguous(file.Data([.. BitConverter.GetBytes(2.5f).Reverse()]), 4));
        ulong i32 = file.Dataset(Hdf5Writer.Shape(1), Hdf5Writer.Integer(4), Hdf5Writer.Contiguous(file.Data(BitConverter.GetBytes(-3)), 4));
        Opened.With(file.ToArray(file.Group(("f64", f64), ("f16", f16), ("big", big), ("i32", i32))), checkpoint =>
        {
            Assert.Equal([Math.PI], checkpoint.Tensor("f64").Values());
            Assert.Equal([1.5], checkpoint.Tensor("f16").Values());
            Assert.Equal([2.5], checkpoint.Tensor("big").Values());
            Assert.Equal([-3.0], checkpoint.Tensor("i32").Values());
            Assert.False(checkpoint.Tensor("i32").IsFloatingPoint);
        });
    }

    [Fact]
    public void Two_names_of_one_dataset_are_tied()
    {
        Hdf5Writer file = new();
        ulong set = file.Floats([3, 4], Twelve);
        ulong other = file.Floats([3, 4], Twelve);
        Opened.With(file.ToArray(file.Group(("a", set), ("b", set), ("c", other))), checkpoint =>
        {
            Assert.Equal(checkpoint.Tensor("a").StorageIdentity, checkpoint.Tensor("b").StorageIdentity);
            Assert.NotEqual(checkpoint.Tensor("a").StorageIdentity, checkpoint.Tensor("c").StorageIdentity);
        });
    }

    [Fact]
    public void Groups_in_a_circle_are_each_read_once()
    {
        Hdf5Writer file = new();
        ulong set = file.Floats([3, 4], Twelve);
        ulong self = file.Next;
        ulong root = file.Object((Hdf5Writer.Link, Hdf5Writer.HardLink("again", self)), (Hdf5Writer.Link, Hdf5Writer.HardLink("w", set)));
        Assert.Equal(self, root);
        Opened.With(file.ToArray(root), checkpoint =>
        {
            Assert.Equal(["w"], checkpoint.Tensors.Select(t => t.Name));
            Assert.Single(checkpoint.Notes);
        });
    }

    [Fact]
    public void Soft_links_are_not_followed_not_even_in_a_circle()
    {
        Hdf5Writer file = new();
        ulong root = file.Object((Hdf5Writer.Link, Hdf5Writer.SoftLink("loop", "/loop")), (Hdf5Writer.Link, Hdf5Writer.HardLink("w", file.Floats([12], Twelve))));
        Opened.With(file.ToArray(root), checkpoint =>
        {
            Assert.Equal(["w"], checkpoint.Tensors.Select(t => t.Name));
            Assert.Contains("soft link", Assert.Single(checkpoint.Notes), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("string", "elements are string of 4 bytes")]
    [InlineData("lzf", "its chunks went through HDF5 filter 32000; deflate (1) and shuffle (2) are read")]
    [InlineData("unwritten", "its elements were never written")]
    [InlineData("chunk", "1 of its 4 chunks were written")]
    [InlineData("hole", "1 of its 274877906944 chunks were written")]
    public void What_cannot_be_read_is_reported_with_its_shape(string what, string reason)
    {
        Hdf5Writer file = new();
        byte[] chunk = new byte[24];
        ulong set = what switch
        {
            "string" => file.Dataset(Hdf5Writer.Shape(3, 4), [0x13, 0, 0, 0, 4, 0, 0, 0], Hdf5Writer.Contiguous(file.Data(new byte[48]), 48)),
            "lzf" => file.Dataset(Hdf5Writer.Shape(3, 4), Hdf5Writer.Float(4), Hdf5Writer.Chunked(file.ChunkTree(([0, 0], chunk)), 4, 2, 3), Hdf5Writer.Pipeline((32000, 4))),
            "unwritten" => file.Dataset(Hdf5Writer.Shape(3, 4), Hdf5Writer.Float(4), Hdf5Writer.Contiguous(Hdf5Writer.Undefined, 48)),
            "chunk" => file.Dataset(Hdf5Writer.Shape(3, 4), Hdf5Writer.Float(4), Hdf5Writer.Chunked(file.ChunkTree(([0, 0], chunk)), 4, 2, 3)),
            _ => file.Dataset(Hdf5Writer.Shape(1UL << 40, 1), Hdf5Writer.Float(4), Hdf5Writer.Chunked(file.ChunkTree(([0, 0], chunk)), 4, 4, 1)),
        };
        Opened.With(file.ToArray(file.Group(("w", set))), checkpoint =>
        {
            Assert.Empty(checkpoint.Tensors);
            UnreadableTensor unreadable = Assert.Single(checkpoint.Unreadable);
            Assert.Equal(("w", reason), (unreadable.Name, unreadable.Reason));
            Assert.Equal(2, unreadable.Shape.Length);
        });
    }

    [Fact]
    public void A_chunk_that_decompresses_to_something_else_is_a_coded_error_when_it_is_read()
    {
        foreach (byte[] stored in (byte[][])[Hdf5Writer.Deflate(new byte[23]), Hdf5Writer.Deflate(new byte[25]), new byte[20]])
        {
            Hdf5Writer file = new();
            ulong set = file.Dataset(Hdf5Writer.Shape(6), Hdf5Writer.Float(4), Hdf5Writer.Chunked(file.ChunkTree(([0], stored)), 4, 6), Hdf5Writer.Pipeline((1, 6)));
            Opened.With(file.ToArray(file.Group(("w", set))), checkpoint =>
                Assert.Equal(ArtifactCodes.Malformed, Opened.Refusal(() => checkpoint.Tensor("w").Values()).Code));
        }
    }

    [Fact]
    public void A_chunk_that_wants_a_preset_dictionary_is_a_coded_error_when_it_is_read()
    {
        // RFC 1950, section 2.2: FDICT is bit 5 of the second byte; the first two bytes are a multiple of 31.
        byte[] stored = [0x78, 0xBB, 1, 2, 3, 4, .. Hdf5Writer.Deflate(new byte[24])[2..]];
        Hdf5Writer file = new();
        ulong set = file.Dataset(Hdf5Writer.Shape(6), Hdf5Writer.Float(4), Hdf5Writer.Chunked(file.ChunkTree(([0], stored)), 4, 6), Hdf5Writer.Pipeline((1, 6)));
        Opened.With(file.ToArray(file.Group(("w", set))), checkpoint =>
            Assert.Equal(ArtifactCodes.Malformed, Opened.Refusal(() => checkpoint.Tensor("w").Values()).Code));
    }

    [Fact]
    public void Text_and_references_are_reported_and_never_followed()
    {
        // Classes 3 (text), 7 (references) and 9 (variable length) of the datatype message.
        foreach (byte kind in (byte[])[3, 7, 9])
        {
            Hdf5Writer file = new();
            ulong set = file.Dataset(Hdf5Writer.Shape(2), [(byte)(0x10 | kind), 0, 0, 0, 8, 0, 0, 0, .. Hdf5Writer.Integer(1)], Hdf5Writer.Contiguous(file.Data(new byte[16]), 16));
            Opened.With(file.ToArray(file.Group(("w", set))), checkpoint =>
            {
                Assert.Empty(checkpoint.Tensors);
                Assert.Equal("w", Assert.Single(checkpoint.Unreadable).Name);
            });
        }
    }

    internal static byte[] Chunked(bool deflate, bool shuffle)
    {
        Hdf5Writer file = new();
        List<(ulong[] Origin, byte[] Stored)> chunks = [];
        for (int row = 0; row < 3; row += 2)
        {
            for (int column = 0; column < 4; column += 3)
            {
                byte[] chunk = [.. Enumerable.Range(0, 6).SelectMany(i => BitConverter.GetBytes(row + (i / 3) < 3 && column + (i % 3) < 4 ? Twelve[((row + (i / 3)) * 4) + column + (i % 3)] : 99))];
                chunk = shuffle ? Hdf5Writer.Shuffle(chunk, 4) : chunk;
                chunks.Add(([(ulong)row, (ulong)column], deflate ? Hdf5Writer.Deflate(chunk) : chunk));
            }
        }

        (ushort, uint)[] filters = [.. shuffle ? [(2, 4)] : (ReadOnlySpan<(ushort, uint)>)[], .. deflate ? [(1, 6)] : (ReadOnlySpan<(ushort, uint)>)[]];
        ulong set = file.Dataset(Hdf5Writer.Shape(3, 4), Hdf5Writer.Float(4), Hdf5Writer.Chunked(file.ChunkTree([.. chunks]), 4, 2, 3), Hdf5Writer.Pipeline(filters));
        return file.ToArray(file.Group(("w", set)));
    }
}
