namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>The entries at the leaves of a version 1 B-tree, in order of their keys (HDF5 File Format Specification 3.0, section III.A.1).</summary>
internal static class Hdf5BTree
{
    /// <summary>A tree over the names of a group.</summary>
    public const byte Group = 0;

    /// <summary>A tree over the chunks of a dataset.</summary>
    public const byte Chunks = 1;

    /// <summary>The entries: the key before each child, and the child's address.</summary>
    /// <param name="file">The file.</param>
    /// <param name="root">The address of the root node.</param>
    /// <param name="type">What the tree is over.</param>
    /// <param name="keyBytes">The size of a key.</param>
    public static IEnumerable<(Hdf5Cursor Key, long Child)> Leaves(Hdf5File file, long root, byte type, int keyBytes)
    {
        HashSet<long> seen = [root];
        Stack<(long Address, int? Level)> pending = new([(root, null)]);
        int headBytes = 8 + (2 * file.AddressBytes);
        while (pending.TryPop(out (long Address, int? Level) node))
        {
            Hdf5Cursor head = file.At(node.Address, headBytes);
            head.RequireSignature("TREE"u8, "a node of a B-tree");
            if (head.U8() != type)
                throw head.Malformed("a B-tree is of another kind than the object that it belongs to");
            int level = head.U8();
            if (node.Level is { } expected && level != expected)
                throw head.Malformed(FormattableString.Invariant($"a node of a B-tree has level {level}, expected {expected}"));
            int count = head.U16();
            Hdf5Cursor body = file.At(node.Address + headBytes, (long)count * (keyBytes + file.AddressBytes));
            List<long> children = [];
            for (int i = 0; i < count; i++)
            {
                file.Meter.Step();
                Hdf5Cursor key = body.Part(keyBytes);
                long child = body.RequiredAddress("a child of a B-tree");
                if (!seen.Add(child))
                    throw body.Malformed("a B-tree holds one node twice");
                if (level == 0)
                    yield return (key, child);
                else
                    children.Add(child);
            }

            for (int i = children.Count - 1; i >= 0; i--)
                pending.Push((children[i], level - 1));
        }
    }
}
