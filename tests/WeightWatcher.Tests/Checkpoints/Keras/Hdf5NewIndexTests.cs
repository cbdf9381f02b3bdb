using System.Runtime.InteropServices;
using WeightWatcher.Artifacts;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Keras;

/// <summary>What HDF5 1.10 and newer write when they need not be read by older releases: other indexes of chunks, groups and attributes in fractal heaps.</summary>
public sealed class Hdf5NewIndexTests
{
    private const int Rows = Hdf5IndexedWriter.Rows, Columns = Hdf5IndexedWriter.Columns;

    private static readonly float[] Values = Hdf5IndexedWriter.Values;

    public static TheoryData<string, bool> Indexes()
    {
        TheoryData<string, bool> cases = [];
        foreach (string index in (string[])["fixed", "fixed-paged", "extensible", "extensible-second", "tree", "tree-deep"])
        {
            cases.Add(index, false);
            cases.Add(index, true);
        }

        cases.Add("implicit", false);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void Chunks_are_found_by_every_index(string index, bool isFiltered) => Opened.With(Hdf5IndexedWriter.Write(index, isFiltered), checkpoint =>
    {
        Assert.Equal(Values.Select(v => (double)v), checkpoint.Tensor("w").Values());
        Assert.Empty(checkpoint.Unreadable);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_chunk_needs_no_index(bool isFiltered)
    {
        Hdf5Writer file = new();
        byte[] bytes = MemoryMarshal.AsBytes(Values.AsSpan()).ToArray();
        byte[] stored = isFiltered ? Hdf5Writer.Deflate(bytes) : bytes;
        byte[] parameters = isFiltered ? [.. Hdf5Writer.Number((ulong)stored.Length, 8), 0, 0, 0, 0] : [];
        byte[] layout = Hdf5IndexWriter.Indexed(isFiltered ? (byte)2 : (byte)0, 4, [Rows, Columns], 1, parameters, file.Data(stored));
        Opened.With(Hdf5IndexedWriter.Finish(file, layout, isFiltered, [Rows, Columns]), checkpoint => Assert.Equal(Values.Select(v => (double)v), checkpoint.Tensor("w").Values()));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Groups_and_attributes_in_fractal_heaps_are_read(bool indirect, bool deep)
    {
        Hdf5Writer file = new();
        string[] names = [.. Enumerable.Range(0, 15).Select(i => $"w{i:D2}")];
        byte[][] links = [.. names.Select((n, i) => Hdf5Writer.HardLink(n, file.Floats([2], i, -i)))];
        (ulong heap, byte[][] ids) = file.FractalHeap(links, indirect);
        // In the order of the hashes of the names, which is not that of the names.
        ulong tree = file.Tree2(5, [.. ids.Select((id, i) => (byte[])[.. Hdf5Writer.Number((ulong)i * 7 % 15, 4), .. id])], deep);
        (ulong attributes, byte[][] attributeIds) = file.FractalHeap([Hdf5Writer.NamedAttribute("other"), Hdf5Writer.NamedAttribute("keras_version")], indirect);
        ulong attributeTree = file.Tree2(8, [.. attributeIds.Select(id => (byte[])[.. id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])], deep: false);
        ulong root = file.NewObject(
            (Hdf5Writer.LinkInfo, [0, 0, .. Hdf5Writer.Number(heap, 8), .. Hdf5Writer.Number(tree, 8)]),
            (Hdf5IndexWriter.AttributeInfo, [0, 0, .. Hdf5Writer.Number(attributes, 8), .. Hdf5Writer.Number(attributeTree, 8)]));
        Opened.With(file.ToNewArray(root), checkpoint =>
        {
            Assert.Equal("keras-h5", checkpoint.Format);
            Assert.Equal(names, checkpoint.Tensors.Select(t => t.Name));
            Assert.Equal([14.0, -14], checkpoint.Tensor("w14").Values());
        });
    }

    [Fact]
    public void Chunks_that_were_never_written_are_told()
    {
        Hdf5Writer file = new();
        byte[] layout = Hdf5IndexWriter.Indexed(0, 4, [2, 2], 3, [10], Hdf5Writer.Undefined);
        Opened.With(Hdf5IndexedWriter.Finish(file, layout, false, [Rows, Columns]), checkpoint => Assert.Equal(60, Assert.Single(checkpoint.Unreadable).Parameters));
    }

    [Theory]
    [InlineData("fixed-paged", new[] { 4, 5, 6, 7 }, 11)]
    [InlineData("extensible", new[] { 11, 12 }, 13)]
    public void Pages_of_an_index_that_were_never_written_are_not_read(string index, int[] unwritten, int written)
    {
        foreach (bool isFiltered in (bool[])[false, true])
        {
            Opened.With(Hdf5IndexedWriter.Write(index, isFiltered, unwritten), checkpoint =>
                Assert.Equal($"{written} of its 15 chunks were written", Assert.Single(checkpoint.Unreadable).Reason));
        }
    }

    [Theory]
    [InlineData("FAHD", "fixed")]
    [InlineData("FADB", "fixed-paged")]
    [InlineData("EAHD", "extensible")]
    [InlineData("EAIB", "extensible")]
    [InlineData("EASB", "extensible")]
    [InlineData("EADB", "extensible")]
    [InlineData("BTHD", "tree")]
    [InlineData("BTLF", "tree")]
    [InlineData("BTIN", "tree-deep")]
    public void A_structure_that_is_not_where_it_should_be_is_refused(string signature, string index)
    {
        byte[] bytes = Hdf5IndexedWriter.Write(index, isFiltered: false);
        int at = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(signature));
        bytes[at] = (byte)'x';
        Assert.Equal("WWG2010", Opened.Refused(bytes).Code.Id);
    }

    [Theory]
    [InlineData("fixed", "FAHD", 6, 24)]
    [InlineData("extensible", "EAHD", 9, 68)]
    [InlineData("tree", "BTHD", 10, 34)]
    [InlineData("tree", "BTHD", 5, 34)]
    public void Sizes_that_contradict_each_other_are_refused(string index, string signature, int place, int length)
    {
        byte[] bytes = Hdf5IndexedWriter.Write(index, isFiltered: false);
        int start = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(signature));
        bytes[start + place] = 0x7f;
        Hdf5Checksums.Correct(bytes, start, length);
        ArtifactException refusal = Opened.Refused(bytes);
        Assert.Equal(("WWG2010", "w"), (refusal.Code.Id, refusal.Tensor));
        Assert.DoesNotContain("checksum", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_that_leads_out_of_the_file_is_refused()
    {
        Hdf5Writer file = new();
        byte[] layout = Hdf5IndexWriter.Indexed(0, 4, [2, 2], 2, [], 1 << 30);
        Assert.Equal("WWG2003", Opened.Refused(Hdf5IndexedWriter.Finish(file, layout, false, [Rows, Columns])).Code.Id);
    }
}
