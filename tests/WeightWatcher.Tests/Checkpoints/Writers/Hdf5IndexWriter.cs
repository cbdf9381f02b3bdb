using System.Text;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Writes the structures of HDF5 1.10 and newer: indexes of chunks, version 2 B-trees and fractal heaps.</summary>
internal static class Hdf5IndexWriter
{
    public const ushort AttributeInfo = 0x0015;

    public static byte[] Number(ulong value, int size) => Hdf5Writer.Number(value, size);

    /// <summary>A dataspace of version 2; <see cref="ulong.MaxValue"/> lets an axis grow without a limit.</summary>
    public static byte[] Space(ulong[] shape, ulong[] most) => [2, (byte)shape.Length, 1, 1, .. shape.Concat(most).SelectMany(BitConverter.GetBytes)];

    /// <summary>A chunked layout of version 4.</summary>
    public static byte[] Indexed(byte flags, uint elementBytes, uint[] chunk, byte kind, byte[] parameters, ulong address) =>
        [4, 2, flags, (byte)(chunk.Length + 1), 4, .. chunk.Append(elementBytes).SelectMany(BitConverter.GetBytes), kind, .. parameters, .. Number(address, 8)];

    /// <summary>A filter pipeline of version 2 with deflate alone.</summary>
    public static byte[] DeflateAlone => [2, 1, 1, 0, 0, 0, 1, 0, 6, 0, 0, 0];

    /// <summary>An entry of an array: where a chunk is, with filters how long it is as well.</summary>
    public static byte[] Entry(ulong address, ulong? length) => length is { } bytes ? [.. Number(address, 8), .. Number(bytes, 2), 0, 0, 0, 0] : Number(address, 8);

    /// <summary>A fixed array. As in an extensible array, pages of nothing but undefined addresses are not written.</summary>
    public static ulong FixedArray(this Hdf5Writer file, byte[][] entries, byte pageBits, bool isFiltered)
    {
        byte client = isFiltered ? (byte)1 : (byte)0;
        int pageLength = 1 << pageBits;
        byte[] head = [.. "FADB"u8, 0, client, .. Number(0, 8)];
        byte[][] pages = [.. entries.Chunk(pageLength).Select(page => page.SelectMany(e => e).ToArray())];
        bool[] written = [.. pages.Select(page => !page.All(b => b == 0xff))];
        ulong block = file.Data(pages.Length == 1 ? Hdf5Checksums.Closed([.. head, .. pages[0]]) : [.. Hdf5Checksums.Closed([.. head, .. Bits(written)]), .. Paged(pages, written)]);
        return file.Data(Hdf5Checksums.Closed([.. "FAHD"u8, 0, client, (byte)entries[0].Length, pageBits, .. Number((ulong)entries.Length, 8), .. Number(block, 8)]));
    }

    /// <summary>An extensible array of 2 entries in its index block, 1 in its smallest data block, at least 2 pointers in a super block, and pages of 2 entries.</summary>
    public static ulong ExtensibleArray(this Hdf5Writer file, byte[][] entries, bool isFiltered)
    {
        const int CountBits = 8, InIndex = 2, PageLength = 2;
        byte client = isFiltered ? (byte)1 : (byte)0;
        int entryBytes = entries[0].Length;
        byte[] nothing = [.. Enumerable.Repeat((byte)0xff, entryBytes)];
        List<bool> written = [];
        Queue<byte[]> rest = new(entries.Skip(InIndex));
        byte[] Next() => rest.TryDequeue(out byte[]? entry) ? entry : nothing;
        byte[] Head(string signature) => [.. Encoding.ASCII.GetBytes(signature), 0, client, .. Number(0, 8)];
        ulong Block(int count)
        {
            byte[][] pages = [.. Enumerable.Range(0, count).Select(_ => Next()).Chunk(PageLength).Select(page => page.SelectMany(e => e).ToArray())];
            byte[] head = [.. Head("EADB"), 0];
            if (count <= PageLength)
                return file.Data(Hdf5Checksums.Closed([.. head, .. pages[0]]));
            bool[] own = [.. pages.Select(page => !page.All(b => b == 0xff))];
            written.AddRange(own);
            return file.Data([.. Hdf5Checksums.Closed(head), .. Paged(pages, own)]);
        }

        ulong[] direct = [Block(1), Block(2)];
        List<ulong> supers = [];
        for (int super = 2; super <= CountBits; super++)
        {
            if (rest.Count == 0)
            {
                supers.Add(Hdf5Writer.Undefined);
                continue;
            }

            written.Clear();
            int count = 1 << (super / 2), perBlock = 1 << ((super + 1) / 2);
            ulong[] blocks = [.. Enumerable.Range(0, count).Select(_ => rest.Count == 0 ? Hdf5Writer.Undefined : Block(perBlock))];
            int bitmaps = perBlock > PageLength ? count * ((perBlock / PageLength + 7) / 8) : 0;
            byte[] bits = [.. Bits([.. written]), .. new byte[bitmaps]];
            supers.Add(file.Data(Hdf5Checksums.Closed([.. Head("EASB"), 0, .. bits[..bitmaps], .. blocks.SelectMany(b => Number(b, 8))])));
        }

        ulong index = file.Data(Hdf5Checksums.Closed([.. Head("EAIB"), .. entries.Take(InIndex).SelectMany(e => e), .. direct.Concat(supers).SelectMany(a => Number(a, 8))]));
        return file.Data(Hdf5Checksums.Closed([.. "EAHD"u8, 0, client, (byte)entryBytes, CountBits, InIndex, 1, 2, 1, .. new byte[48], .. Number(index, 8)]));
    }

    /// <summary>A version 2 B-tree of one leaf, or of a root over four leaves.</summary>
    public static ulong Tree2(this Hdf5Writer file, byte type, byte[][] records, bool deep)
    {
        const int NodeBytes = 1000;
        int size = records[0].Length;
        ulong Leaf(IEnumerable<byte[]> own) => file.Data(Hdf5Checksums.Closed([.. "BTLF"u8, 0, type, .. own.SelectMany(r => r)]));
        ulong root;
        int rootCount = records.Length;
        if (!deep)
        {
            root = Leaf(records);
        }
        else
        {
            int each = (records.Length - 3) / 4;
            List<byte[]> between = [];
            List<byte> pointers = [];
            for (int i = 0, at = 0; i < 4; i++)
            {
                int count = i == 3 ? records.Length - at : each;
                pointers.AddRange([.. Number(Leaf(records[at..(at + count)]), 8), (byte)count]);
                at += count;
                if (i < 3)
                    between.Add(records[at++]);
            }

            root = file.Data(Hdf5Checksums.Closed([.. "BTIN"u8, 0, type, .. between.SelectMany(r => r), .. pointers]));
            rootCount = 3;
        }

        return file.Data(Hdf5Checksums.Closed(
            [.. "BTHD"u8, 0, type, .. Number(NodeBytes, 4), .. Number((ulong)size, 2), .. Number(deep ? 1u : 0u, 2), 100, 40, .. Number(root, 8), .. Number((ulong)rootCount, 2), .. Number((ulong)records.Length, 8)]));
    }

    /// <summary>
    /// A fractal heap of blocks of 512 bytes, the objects in the first or, under an indirect block, in the second of them. With an indirect block the direct one has a checksum.
    /// </summary>
    /// <returns>The heap's address and the identifier of each object.</returns>
    public static (ulong Heap, byte[][] Ids) FractalHeap(this Hdf5Writer file, byte[][] objects, bool indirect)
    {
        const int PrefixBytes = 4 + 1 + 8 + 4;
        List<byte> block = [.. "FHDB"u8, 0, .. new byte[PrefixBytes - 5], .. new byte[indirect ? 4 : 0]];
        List<byte[]> ids = [];
        foreach (byte[] item in objects)
        {
            ids.Add([0, .. Number((ulong)block.Count + (indirect ? 512u : 0), 4), .. Number((ulong)item.Length, 2)]);
            block.AddRange(item);
        }

        byte[] whole = [.. block, .. new byte[512 - block.Count]];
        if (indirect)
            Number(Hdf5Checksums.Of(whole), 4).CopyTo(whole, PrefixBytes);
        ulong direct = file.Data(whole);
        ulong root = !indirect ? direct : file.Data(Hdf5Checksums.Closed(
            [.. "FHIB"u8, 0, .. new byte[12], .. Number(Hdf5Writer.Undefined, 8), .. Number(direct, 8), .. Number(Hdf5Writer.Undefined, 8), .. Number(Hdf5Writer.Undefined, 8)]));
        ulong heap = file.Data(Hdf5Checksums.Closed(
        [
            .. "FRHP"u8, 0, 7, 0, 0, 0, (byte)(indirect ? 2 : 0), .. Number(4096, 4), .. new byte[96], 4, 0, .. Number(512, 8), .. Number(65536, 8), 32, 0, 1, 0, .. Number(root, 8), (byte)(indirect ? 1 : 0), 0,
        ]));
        return (heap, [.. ids]);
    }

    /// <summary>One bit for each page, the most significant of a byte first.</summary>
    private static byte[] Bits(bool[] written)
    {
        byte[] bits = new byte[(written.Length + 7) / 8];
        for (int i = 0; i < written.Length; i++)
            bits[i / 8] |= (byte)(written[i] ? 0x80 >> (i % 8) : 0);
        return bits;
    }

    /// <summary>Pages with their checksums; one that was not written is as long and means nothing.</summary>
    private static IEnumerable<byte> Paged(byte[][] pages, bool[] written) =>
        pages.SelectMany((page, i) => written[i] ? Hdf5Checksums.Closed(page) : [.. Enumerable.Repeat((byte)0x55, page.Length + 4)]);
}
