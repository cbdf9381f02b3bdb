using System.Numerics;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>The records of a version 2 B-tree (HDF5 File Format Specification 3.0, section III.A.2), in order.</summary>
internal static class Hdf5BTree2
{
    /// <summary>A tree over the names of the links of a group.</summary>
    public const byte LinkNames = 5;

    /// <summary>A tree over the names of the attributes of an object.</summary>
    public const byte AttributeNames = 8;

    /// <summary>A tree over chunks that no filter was applied to.</summary>
    public const byte Chunks = 10;

    /// <summary>A tree over chunks that filters were applied to.</summary>
    public const byte FilteredChunks = 11;

    /// <summary>Signature, version, type and checksum of a node.</summary>
    private const int NodeOverhead = 4 + 1 + 1 + Hdf5Checksum.Size;

    private const int MostLevels = 64;

    /// <summary>The records, each with a cursor of its own.</summary>
    /// <param name="file">The file.</param>
    /// <param name="address">The address of the tree's header.</param>
    /// <param name="types">The kinds of records that the tree may have.</param>
    public static IEnumerable<(byte Type, Hdf5Cursor Record)> Records(Hdf5File file, long address, params byte[] types)
    {
        Hdf5Cursor header = file.At(address, 4 + 1 + 1 + 4 + 2 + 2 + 1 + 1 + file.AddressBytes + 2 + file.LengthBytes + Hdf5Checksum.Size);
        header.RequireSignature("BTHD"u8, "a B-tree");
        if (header.U8() != 0)
            throw header.Unsupported("a B-tree of HDF5 has a version that is not known");
        header.RequireChecksum("the header of a B-tree");
        byte type = header.U8();
        if (!types.Contains(type))
            throw header.Malformed("a B-tree is of another kind than the object that it belongs to");
        int nodeBytes = (int)Math.Min(header.U32(), int.MaxValue);
        int recordBytes = header.U16();
        int depth = header.U16();
        header.Skip(2);
        long? root = header.Address();
        int count = header.U16();
        if (recordBytes == 0 || nodeBytes < NodeOverhead + recordBytes || depth > MostLevels)
            throw header.Malformed(FormattableString.Invariant($"a B-tree of depth {depth} has records of {recordBytes} bytes in nodes of {nodeBytes}"));
        if (root is not { } start || count == 0)
            yield break;
        Level[] levels = Levels(file, nodeBytes, recordBytes, depth);
        HashSet<long> seen = [];
        Stack<(long Address, int Count, int Level)> nodes = new([(start, count, depth)]);
        Stack<Hdf5Cursor?> records = new([null]);
        while (nodes.TryPop(out (long Address, int Count, int Level) node))
        {
            // A record between two children comes after the first of them.
            if (records.Pop() is { } between)
                yield return (type, between);
            if (node.Count == 0)
                continue;
            if (!seen.Add(node.Address))
                throw header.Malformed("a B-tree holds one node twice");
            Level level = levels[node.Level];
            if (node.Count > level.MostRecords)
                throw header.Malformed(FormattableString.Invariant($"a node of a B-tree should have {node.Count} records, at most {level.MostRecords} have room"));
            long bodyBytes = NodeOverhead - Hdf5Checksum.Size + ((long)node.Count * recordBytes) + (node.Level == 0 ? 0 : (node.Count + 1L) * level.PointerBytes);
            Hdf5Cursor body = file.Checked(node.Address, bodyBytes, node.Level == 0 ? "BTLF"u8 : "BTIN"u8, "a node of a B-tree");
            body.Skip(1);
            if (body.U8() != type)
                throw body.Malformed("a node of a B-tree is of another kind than the tree");
            Hdf5Cursor[] own = new Hdf5Cursor[node.Count];
            for (int i = 0; i < own.Length; i++)
            {
                file.Meter.Step();
                own[i] = body.Part(recordBytes);
            }

            if (node.Level == 0)
            {
                foreach (Hdf5Cursor record in own)
                    yield return (type, record);
                continue;
            }

            List<(long, int, int)> children = [];
            for (int i = 0; i <= own.Length; i++)
            {
                Hdf5Cursor pointer = body.Part(level.PointerBytes);
                children.Add((pointer.RequiredAddress("a child of a B-tree"), (int)Math.Min(pointer.Number(levels[0].CountBytes), int.MaxValue), node.Level - 1));
            }

            for (int i = children.Count - 1; i >= 0; i--)
            {
                nodes.Push(children[i]);
                records.Push(i == 0 ? null : own[i - 1]);
            }
        }
    }

    /// <summary>How many records a node of each level has room for, and how wide its pointers to children are; the leaves first.</summary>
    private static Level[] Levels(Hdf5File file, int nodeBytes, int recordBytes, int depth)
    {
        Level[] levels = new Level[depth + 1];
        int most = (nodeBytes - NodeOverhead) / recordBytes;
        int countBytes = BytesOf((UInt128)most);
        levels[0] = new Level(most, 0, countBytes);
        UInt128 below = (UInt128)most;
        for (int i = 1; i <= depth; i++)
        {
            // The root of a tree of two levels does not say how many records its leaves hold together.
            int pointerBytes = file.AddressBytes + countBytes + (i == 1 ? 0 : BytesOf(below));
            most = Math.Max(0, (nodeBytes - NodeOverhead - pointerBytes) / (recordBytes + pointerBytes));
            levels[i] = new Level(most, pointerBytes, countBytes);
            below = UInt128.Min(ulong.MaxValue, ((UInt128)most * (below + 1)) + below);
        }

        return levels;
    }

    private static int BytesOf(UInt128 limit) => (int)(BitOperations.Log2((ulong)UInt128.Max(1, limit)) / 8) + 1;

    private readonly record struct Level(int MostRecords, int PointerBytes, int CountBytes);
}
