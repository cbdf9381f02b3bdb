using System.Text;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Writes the structures of HDF5 1.10 and newer: indexes of chunks, version 2 B-trees and fractal heaps. Checksums are zero; readers of weights do not look at them.</summary>
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

    public static ulong FixedArray(this Hdf5Writer file, byte[][] entries, byte pageBits, bool isFiltered)
    {
        byte client = isFiltered ? (byte)1 : (byte)0;
        int pageLength = 1 << pageBits;
        ulong block = file.Data(
        [
            .. "FADB"u8, 0, client, .. Number(0, 8),
            .. entries.Length > pageLength ? [.. new byte[((entries.Length + pageLength - 1) / pageLength + 7) / 8], 0, 0, 0, 0] : (byte[])[],
            .. entries.Chunk(pageLength).SelectMany(page => (byte[])[.. page.SelectMany(e => e), 0, 0, 0, 0]),
        ]);
        return file.Data([.. "FAHD"u8, 0, client, (byte)entries[0].Length, pageBits, .. Number((ulong)entries.Length, 8), .. Number(block, 8), 0, 0, 0, 0]);
    }

    /// <summary>An extensible array of 2 entries in its index block, 1 in its smallest data block, at least 2 pointers in a super block, and pages of 2 entries.</summary>
    public static ulong ExtensibleArray(this Hdf5Writer file, byte[][] entries, bool isFiltered)
    {
        const int CountBits = 8, InIndex = 2, PageLength = 2;
        byte client = isFiltered ? (byte)1 : (byte)0;
        int entryBytes = entries[0].Length;
        byte[] nothing = [.. Enumerable.Repeat((byte)0xff, entryBytes)];
        Queue<byte[]> rest = new(entries.Skip(InIndex));
        byte[] Next() => rest.TryDequeue(out byte[]? entry) ? entry : nothing;
        byte[] Head(string signature) => [.. Encoding.ASCII.GetBytes(signature), 0, client, .. Number(0, 8)];
        ulong Block(int count)
        {
            byte[][] own = [.. Enumerable.Range(0, count).Select(_ => Next())];
            bool paged = count > PageLength;
            return file.Data([.. Head("EADB"), 0, .. paged ? new byte[4] : [], .. own.Chunk(paged ? PageLength : count).SelectMany(page => (byte[])[.. page.SelectMany(e => e), 0, 0, 0, 0])]);
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

            int count = 1 << (super / 2), perBlock = 1 << ((super + 1) / 2);
            ulong[] blocks = [.. Enumerable.Range(0, count).Select(_ => rest.Count == 0 ? Hdf5Writer.Undefined : Block(perBlock))];
            int bitmaps = perBlock > PageLength ? count * ((perBlock / PageLength + 7) / 8) : 0;
            supers.Add(file.Data([.. Head("EASB"), 0, .. new byte[bitmaps], .. blocks.SelectMany(b => Number(b, 8)), 0, 0, 0, 0]));
        }

        ulong index = file.Data([.. Head("EAIB"), .. entries.Take(InIndex).SelectMany(e => e), .. direct.Concat(supers).SelectMany(a => Number(a, 8)), 0, 0, 0, 0]);
        return file.Data([.. "EAHD"u8, 0, client, (byte)entryBytes, CountBits, InIndex, 1, 2, 1, .. new byte[48], .. Number(index, 8), 0, 0, 0, 0]);
    }

    /// <summary>A version 2 B-tree of one leaf, or of a root over four leaves.</summary>
    public static ulong Tree2(this Hdf5Writer file, byte type, byte[][] records, bool deep)
    {
        const int NodeBytes = 1000;
        int size = records[0].Length;
        ulong Leaf(IEnumerable<byte[]> own) => file.Data([.. "BTLF"u8, 0, type, .. own.SelectMany(r => r), 0, 0, 0, 0]);
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

            root = file.Data([.. "BTIN"u8, 0, type, .. between.SelectMany(r => r), .. pointers, 0, 0, 0, 0]);
            rootCount = 3;
        }

        return file.Data(
            [.. "BTHD"u8, 0, type, .. Number(NodeBytes, 4), .. Number((ulong)size, 2), .. Number(deep ? 1u : 0u, 2), 100, 40, .. Number(root, 8), .. Number((ulong)rootCount, 2), .. Number((ulong)records.Length, 8), 0, 0, 0, 0]);
    }

    /// <summary>A fractal heap of blocks of 512 bytes, the objects in the first or, under an indirect block, in the second of them.</summary>
    /// <returns>The heap's address and the identifier of each object.</returns>
    public static (ulong Heap, byte[][] Ids) FractalHeap(this Hdf5Writer file, byte[][] objects, bool indirect)
    {
        List<byte> block = [.. "FHDB"u8, 0, .. new byte[12]];
        List<byte[]> ids = [];
        foreach (byte[] item in objects)
        {
            ids.Add([0, .. Number((ulong)block.Count + (indirect ? 512u : 0), 4), .. Number((ulong)item.Length, 2)]);
            block.AddRange(item);
        }

        ulong direct = file.Data([.. block, .. new byte[512 - block.Count]]);
        ulong root = !indirect ? direct : file.Data([.. "FHIB"u8, 0, .. new byte[12], .. Number(Hdf5Writer.Undefined, 8), .. Number(direct, 8), .. Number(Hdf5Writer.Undefined, 8), .. Number(Hdf5Writer.Undefined, 8), 0, 0, 0, 0]);
        ulong heap = file.Data(
        [
            .. "FRHP"u8, 0, 7, 0, 0, 0, 0, .. Number(4096, 4), .. new byte[96], 4, 0, .. Number(512, 8), .. Number(65536, 8), 32, 0, 1, 0, .. Number(root, 8), (byte)(indirect ? 1 : 0), 0, 0, 0, 0, 0,
        ]);
        return (heap, [.. ids]);
    }
}
