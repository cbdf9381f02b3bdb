using System.Runtime.InteropServices;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>HDF5 files of one chunked dataset, <c>w</c>, under the indexes of HDF5 1.10 and newer.</summary>
internal static class Hdf5IndexedWriter
{
    public const int Rows = 10, Columns = 6;

    private const int Down = 5, Across = 3;

    /// <summary>The elements of the dataset.</summary>
    public static float[] Values { get; } = [.. Enumerable.Range(0, Rows * Columns).Select(i => i - 17.25f)];

    /// <summary>A dataset of 10 x 6 in chunks of 2 x 2, without the chunks of the given numbers in an array.</summary>
    public static byte[] Write(string index, bool isFiltered, params int[] unwritten)
    {
        Hdf5Writer file = new();
        bool second = index == "extensible-second";
        List<(int Row, int Column, ulong Address, ulong Length)> chunks = [];
        for (int i = 0; i < Down; i++)
        {
            for (int j = 0; j < Across; j++)
            {
                float[] chunk = [.. Enumerable.Range(0, 4).Select(k => Values[(((2 * i) + (k / 2)) * Columns) + (2 * j) + (k % 2)])];
                byte[] bytes = MemoryMarshal.AsBytes(chunk.AsSpan()).ToArray();
                byte[] stored = isFiltered ? Hdf5Writer.Deflate(bytes) : bytes;
                chunks.Add((i, j, file.Data(stored), (ulong)stored.Length));
            }
        }

        if (second)
            chunks = [.. chunks.OrderBy(c => c.Column).ThenBy(c => c.Row)];
        byte[][] entries = [.. chunks.Select(c => Hdf5IndexWriter.Entry(c.Address, isFiltered ? c.Length : null))];
        foreach (int number in unwritten)
            entries[number] = [.. Enumerable.Repeat((byte)0xff, entries[number].Length)];
        byte[][] records = [.. chunks.Select(c => (byte[])[.. Hdf5IndexWriter.Entry(c.Address, isFiltered ? c.Length : null), .. Hdf5Writer.Number((ulong)c.Row, 8), .. Hdf5Writer.Number((ulong)c.Column, 8)])];
        byte treeType = isFiltered ? (byte)11 : (byte)10;
        byte[] layout = index switch
        {
            "implicit" => Hdf5IndexWriter.Indexed(0, 4, [2, 2], 2, [], chunks[0].Address),
            "fixed" => Hdf5IndexWriter.Indexed(0, 4, [2, 2], 3, [10], file.FixedArray(entries, 10, isFiltered)),
            "fixed-paged" => Hdf5IndexWriter.Indexed(0, 4, [2, 2], 3, [2], file.FixedArray(entries, 2, isFiltered)),
            "tree" => Hdf5IndexWriter.Indexed(0, 4, [2, 2], 5, [0, 0, 0, 0, 0, 0], file.Tree2(treeType, records, deep: false)),
            "tree-deep" => Hdf5IndexWriter.Indexed(0, 4, [2, 2], 5, [0, 0, 0, 0, 0, 0], file.Tree2(treeType, records, deep: true)),
            _ => Hdf5IndexWriter.Indexed(0, 4, [2, 2], 4, [0, 0, 0, 0, 0], file.ExtensibleArray(entries, isFiltered)),
        };
        ulong[] most = index switch { "extensible" => [ulong.MaxValue, Columns], "extensible-second" => [Rows, ulong.MaxValue], "tree" or "tree-deep" => [ulong.MaxValue, ulong.MaxValue], _ => [Rows, Columns] };
        return Finish(file, layout, isFiltered, most);
    }

    /// <summary>The file around the layout of a dataset of 10 x 6 floats.</summary>
    public static byte[] Finish(Hdf5Writer file, byte[] layout, bool isFiltered, ulong[] most)
    {
        ulong set = file.NewObject(
        [
            (Hdf5Writer.Dataspace, Hdf5IndexWriter.Space([Rows, Columns], most)), (Hdf5Writer.Datatype, Hdf5Writer.Float(4)), (Hdf5Writer.Layout, layout),
            .. isFiltered ? ((ushort, byte[])[])[(Hdf5Writer.Filters, Hdf5IndexWriter.DeflateAlone)] : [],
        ]);
        return file.ToNewArray(file.NewObject((Hdf5Writer.Link, Hdf5Writer.HardLink("w", set))));
    }
}
