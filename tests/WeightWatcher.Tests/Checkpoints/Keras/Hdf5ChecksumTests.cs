using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Hdf5;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Keras;

/// <summary>The checksums of structures of HDF5 1.8 and newer: damage that nothing else would show is refused.</summary>
public sealed class Hdf5ChecksumTests
{
    /// <summary>Bytes 0, 1, 2 and so on, summed by a transcription of lookup3 into Python.</summary>
    [Theory]
    [InlineData(0, 0xDEADBEEF)]
    [InlineData(1, 0x8BA9414B)]
    [InlineData(11, 0x2CA6817A)]
    [InlineData(12, 0x5E4AA593)]
    [InlineData(13, 0xBC9D6816)]
    [InlineData(24, 0x9C0ADD53)]
    [InlineData(25, 0x3A882244)]
    public void The_checksum_is_lookup3(int length, uint expected)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        Assert.Equal(expected, Hdf5Checksum.Of(bytes));
        Assert.Equal(expected, Hdf5Checksums.Of(bytes));
    }

    [Fact]
    public void The_example_of_lookup3_has_its_checksum() => Assert.Equal(0x17770551u, Hdf5Checksum.Of("Four score and seven years ago"u8));

    /// <summary>The superblock of a file by h5py 3.7.0 with HDF5 1.10.8, <c>libver='latest'</c>.</summary>
    [Fact]
    public void A_superblock_of_the_library_has_its_checksum()
    {
        byte[] superblock = Convert.FromHexString("894844460D0A1A0A030808000000000000000000FFFFFFFFFFFFFFFF30080000000000003000000000000000F375E3E8");
        Assert.Equal(BitConverter.ToUInt32(superblock, 44), Hdf5Checksum.Of(superblock.AsSpan(0, 44)));
    }

    [Theory]
    [InlineData("fixed", "\u0089HDF", 11, "the HDF5 superblock")]
    [InlineData("fixed", "OHDR", 13, "an object header")]
    [InlineData("continued", "OCHK", 7, "the continuation of an object header")]
    [InlineData("fixed", "FAHD", 4, "the header of a fixed array")]
    [InlineData("fixed", "FADB", 14, "the data block of a fixed array")]
    [InlineData("fixed-paged", "FADB", 14, "the data block of a fixed array")]
    [InlineData("extensible", "EAHD", 12, "the header of an extensible array")]
    [InlineData("extensible", "EAIB", 14, "the index block of an extensible array")]
    [InlineData("extensible", "EADB", 15, "a data block of an extensible array")]
    [InlineData("extensible", "EASB", 15, "a super block of an extensible array")]
    [InlineData("tree", "BTHD", 14, "the header of a B-tree")]
    [InlineData("tree", "BTLF", 6, "a node of a B-tree")]
    [InlineData("tree-deep", "BTIN", 6, "a node of a B-tree")]
    [InlineData("heap", "FRHP", 5, "the header of a fractal heap")]
    [InlineData("heap", "FHIB", 5, "an indirect block of a fractal heap")]
    [InlineData("heap", "FHDB", 22, "a direct block of a fractal heap")]
    public void A_damaged_structure_is_refused(string kind, string signature, int place, string what)
    {
        byte[] bytes = File(kind);
        Opened.With(bytes, checkpoint => Assert.NotEmpty(checkpoint.Tensors));
        int start = bytes.AsSpan().IndexOf(Encoding.Latin1.GetBytes(signature));
        bytes[start + place] ^= 0x40;
        Refused(bytes, start, what);
    }

    [Fact]
    public void A_damaged_page_of_an_index_is_refused()
    {
        foreach ((string kind, string signature, int prefix) in ((string, string, int)[])[("fixed-paged", "FADB", 4 + 2 + 8 + 1 + 4), ("extensible", "EADB", 4 + 2 + 8 + 1 + 4)])
        {
            byte[] bytes = File(kind);
            // The blocks with pages are the last of their kind.
            int start = bytes.AsSpan().LastIndexOf(Encoding.Latin1.GetBytes(signature)) + prefix;
            bytes[start] ^= 0x40;
            Refused(bytes, start, "a page of an index of chunks");
        }
    }

    [Fact]
    public void A_layout_that_leads_to_other_bytes_is_refused()
    {
        float[] values = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
        byte[] bytes = Contiguous(values, out ulong data, out int set, out int length);
        int field = bytes.AsSpan(set).IndexOf(BitConverter.GetBytes(data));
        BitConverter.GetBytes(data + 48).CopyTo(bytes, set + field);
        Refused(bytes, set, "an object header");
        // Nothing but the checksum tells: with a right one the other elements are read.
        Hdf5Checksums.Correct(bytes, set, length);
        Opened.With(bytes, checkpoint => Assert.Equal(values.Select(v => -(double)v), checkpoint.Tensor("w").Values()));
    }

    private static void Refused(byte[] bytes, int start, string what)
    {
        ArtifactException refusal = Opened.Refused(bytes);
        Assert.Equal("WWG2010", refusal.Code.Id);
        Assert.Contains($"{what} has checksum ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(start, refusal.Offset);
        Assert.NotNull(refusal.Path);
    }

    private static byte[] File(string kind) => kind switch
    {
        "heap" => Heap(),
        "continued" => Continued(),
        _ => Hdf5IndexedWriter.Write(kind, isFiltered: false),
    };

    private static byte[] Heap()
    {
        Hdf5Writer file = new();
        (ulong heap, byte[][] ids) = file.FractalHeap([Hdf5Writer.HardLink("w", file.Floats([2], 1, 2))], indirect: true);
        ulong tree = file.Tree2(5, [.. ids.Select(id => (byte[])[0, 0, 0, 0, .. id])], deep: false);
        return file.ToNewArray(file.NewObject((Hdf5Writer.LinkInfo, [0, 0, .. Hdf5Writer.Number(heap, 8), .. Hdf5Writer.Number(tree, 8)])));
    }

    /// <summary>The only link of the root group is in a continuation of its header.</summary>
    private static byte[] Continued()
    {
        const ushort Continuation = 0x0010;
        Hdf5Writer file = new();
        byte[] link = Hdf5Writer.HardLink("w", file.Floats([2], 1, 2));
        byte[] block = Hdf5Checksums.Closed([.. "OCHK"u8, (byte)Hdf5Writer.Link, (byte)link.Length, 0, 0, .. link]);
        ulong address = file.Data(block);
        return file.ToNewArray(file.NewObject(
            (Hdf5Writer.LinkInfo, [0, 0, .. Hdf5Writer.Number(Hdf5Writer.Undefined, 8), .. Hdf5Writer.Number(Hdf5Writer.Undefined, 8)]),
            (Continuation, [.. Hdf5Writer.Number(address, 8), .. Hdf5Writer.Number((ulong)block.Length, 8)])));
    }

    /// <summary>A dataset of twelve floats, behind which their negatives stand.</summary>
    private static byte[] Contiguous(float[] values, out ulong data, out int set, out int length)
    {
        Hdf5Writer file = new();
        data = file.Data([.. values.Concat(values.Select(v => -v)).SelectMany(BitConverter.GetBytes)]);
        set = (int)file.NewObject((Hdf5Writer.Dataspace, [2, 1, 0, 1, 12, 0, 0, 0, 0, 0, 0, 0]), (Hdf5Writer.Datatype, Hdf5Writer.Float(4)), (Hdf5Writer.Layout, Hdf5Writer.Contiguous(data, 48)));
        ulong root = file.NewObject((Hdf5Writer.Link, Hdf5Writer.HardLink("w", (ulong)set)));
        byte[] bytes = file.ToNewArray(root);
        length = 4 + 2 + 4 + BitConverter.ToInt32(bytes, set + 6);
        return bytes;
    }
}
