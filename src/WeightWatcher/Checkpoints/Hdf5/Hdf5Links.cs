using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>One name in a group.</summary>
/// <param name="Name">The name, without a slash.</param>
/// <param name="Target">The address of the object's header; null for a soft link, whose target has its own name in the same file.</param>
internal sealed record Hdf5Link(string Name, long? Target);

/// <summary>
/// The links of a group: symbol tables of the old style (HDF5 File Format Specification 3.0, sections III.B to III.D) and link messages
/// (section IV.A.2.g).
/// </summary>
internal static class Hdf5Links
{
    private const int SymbolicLinkCache = 2;
    private const byte HardLink = 0;
    private const byte SoftLink = 1;
    private const byte ExternalLink = 64;

    /// <summary>True for the header of a group.</summary>
    public static bool IsGroup(Hdf5ObjectHeader header) => header.Has(Hdf5ObjectHeader.SymbolTable) || header.Has(Hdf5ObjectHeader.LinkInfo) || header.Has(Hdf5ObjectHeader.Link);

    /// <summary>The links of a group.</summary>
    /// <exception cref="ArtifactException"><c>WWG2016</c> for a link into another file.</exception>
    public static List<Hdf5Link> Read(Hdf5File file, Hdf5ObjectHeader group)
    {
        List<Hdf5Link> links = [];
        if (group.Find(Hdf5ObjectHeader.SymbolTable) is { } table)
            ReadSymbolTable(file, table, links);
        if (group.Find(Hdf5ObjectHeader.LinkInfo) is { } info)
            ReadHeap(file, info, links);
        foreach (Hdf5Cursor message in group.All(Hdf5ObjectHeader.Link))
            links.Add(ReadLink(file, message));
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (Hdf5Link link in links)
        {
            if (!names.Add(link.Name))
                throw new ArtifactException(ArtifactCodes.DuplicateTensor, $"a group of the HDF5 file has two links named '{Printable.Text(link.Name)}'") { Offset = file.FileOffset(group.Address) };
        }

        return links;
    }

    private static void ReadSymbolTable(Hdf5File file, Hdf5Cursor table, List<Hdf5Link> links)
    {
        long tree = table.RequiredAddress("the B-tree of a group");
        Hdf5Cursor heap = file.At(table.RequiredAddress("the local heap of a group"), 8 + (2 * file.LengthBytes) + file.AddressBytes);
        heap.RequireSignature("HEAP"u8, "the local heap of a group");
        heap.Skip(4);
        long size = heap.Length();
        heap.Skip(file.LengthBytes);
        Hdf5Cursor names = file.At(heap.RequiredAddress("the names of a group"), size);
        ReadOnlyMemory<byte> text = names.Memory(names.Remaining);
        foreach ((_, long node) in Hdf5BTree.Leaves(file, tree, Hdf5BTree.Group, file.LengthBytes))
        {
            Hdf5Cursor head = file.At(node, 8);
            head.RequireSignature("SNOD"u8, "a symbol table");
            head.Skip(2);
            int count = head.U16();
            int entryBytes = (2 * file.AddressBytes) + 24;
            Hdf5Cursor entries = file.At(node + 8, (long)count * entryBytes);
            for (int i = 0; i < count; i++)
            {
                file.Meter.Step();
                Hdf5Cursor entry = entries.Part(entryBytes);
                long nameAt = entry.RequiredAddress("a name in a group");
                if (nameAt >= text.Length)
                    throw entry.Malformed(FormattableString.Invariant($"the name of a link should be at {nameAt} of the {text.Length} bytes of names"));
                ReadOnlySpan<byte> rest = text.Span[(int)nameAt..];
                int length = rest.IndexOf((byte)0);
                if (length < 0)
                    throw entry.Malformed("the name of a link has no end");
                string name = Name(file, rest[..length], entry);
                long? target = entry.Address();
                links.Add(new Hdf5Link(name, entry.U32() == SymbolicLinkCache ? null : target ?? throw entry.Malformed($"the link '{Printable.Text(name)}' leads nowhere")));
            }
        }
    }

    /// <summary>The links of a group of many, which are in a fractal heap, in the order of the hashes of their names (section IV.A.2.c, link info).</summary>
    private static void ReadHeap(Hdf5File file, Hdf5Cursor info, List<Hdf5Link> links)
    {
        info.Skip(1);
        byte flags = info.U8();
        info.Skip((flags & 0x01) != 0 ? 8 : 0);
        if (info.Address() is not { } address)
            return;
        long names = info.RequiredAddress("the names of a group");
        Hdf5FractalHeap heap = Hdf5FractalHeap.Read(file, address);
        int first = links.Count;
        foreach ((_, Hdf5Cursor record) in Hdf5BTree2.Records(file, names, Hdf5BTree2.LinkNames))
        {
            record.Skip(4);
            links.Add(ReadLink(file, heap.Object(record)));
        }

        // As in a symbol table, the order is that of the names.
        links.Sort(first, links.Count - first, Comparer<Hdf5Link>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name)));
    }

    private static Hdf5Link ReadLink(Hdf5File file, Hdf5Cursor message)
    {
        message.Skip(1);
        byte flags = message.U8();
        byte type = (flags & 0x08) != 0 ? message.U8() : HardLink;
        message.Skip(((flags & 0x04) != 0 ? 8 : 0) + ((flags & 0x10) != 0 ? 1 : 0));
        long length = message.Number(1 << (flags & 0x03));
        string name = Name(file, message.Bytes((int)Math.Min(length, int.MaxValue)), message);
        return type switch
        {
            HardLink => new Hdf5Link(name, message.RequiredAddress("an object")),
            SoftLink => new Hdf5Link(name, null),
            ExternalLink => throw new ArtifactException(
                ArtifactCodes.PathEscapes, $"the link '{Printable.Text(name)}' of the HDF5 file leads into another file; external links are never followed")
            { Offset = message.FileOffset },
            _ => throw message.Unsupported(FormattableString.Invariant($"the link '{Printable.Text(name)}' of the HDF5 file is of the unknown kind {type}")),
        };
    }

    private static string Name(Hdf5File file, ReadOnlySpan<byte> bytes, Hdf5Cursor where)
    {
        file.Meter.Charge(64 + (2L * bytes.Length));
        string name = Encoding.UTF8.GetString(bytes);
        return name.Length > 0 && name != "." && !name.AsSpan().ContainsAny('/', '\0')
            ? name
            : throw where.Malformed($"'{Printable.Text(name)}' is no name of a link");
    }
}
