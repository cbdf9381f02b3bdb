using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>The messages of one object: a group, a dataset or a named type (HDF5 File Format Specification 3.0, section IV.A).</summary>
internal sealed class Hdf5ObjectHeader
{
    public const ushort Dataspace = 0x0001;
    public const ushort LinkInfo = 0x0002;
    public const ushort Datatype = 0x0003;
    public const ushort Link = 0x0006;
    public const ushort ExternalFiles = 0x0007;
    public const ushort Layout = 0x0008;
    public const ushort Filters = 0x000B;
    public const ushort Attribute = 0x000C;
    public const ushort SymbolTable = 0x0011;
    public const ushort AttributeInfo = 0x0015;

    private const ushort Continuation = 0x0010;
    private const byte SharedFlag = 0x02;
    private const int Version1Prefix = 16;
    private const int LongestVersion2Prefix = 34;

    private readonly Hdf5File _file;
    private readonly List<(ushort Type, byte Flags, Hdf5Cursor Body)> _messages = [];

    private Hdf5ObjectHeader(Hdf5File file, long address)
    {
        _file = file;
        Address = address;
    }

    /// <summary>Where the header stands.</summary>
    public long Address { get; }

    /// <summary>Reads all messages of an object, continuation blocks included.</summary>
    public static Hdf5ObjectHeader Read(Hdf5File file, long address)
    {
        Hdf5ObjectHeader header = new(file, address);
        Hdf5Cursor start = file.At(address, 4);
        if (start.Bytes(4).SequenceEqual("OHDR"u8))
            header.ReadVersion2();
        else
            header.ReadVersion1();
        return header;
    }

    /// <summary>True when the object has a message of the type.</summary>
    public bool Has(ushort type) => _messages.Exists(m => m.Type == type);

    /// <summary>The bodies of all messages of a type. Each can be read once.</summary>
    public IEnumerable<Hdf5Cursor> All(ushort type) => _messages.Where(m => m.Type == type).Select(m => m.Body);

    /// <summary>The body of the only message of a type, or null; a body that is shared with other objects is looked up.</summary>
    public Hdf5Cursor? Find(ushort type) => Find(type, mayBeShared: true);

    private Hdf5Cursor? Find(ushort type, bool mayBeShared)
    {
        int at = _messages.FindIndex(m => m.Type == type);
        if (at < 0)
            return null;
        (_, byte flags, Hdf5Cursor body) = _messages[at];
        if (_messages.FindIndex(at + 1, m => m.Type == type) >= 0)
            throw body.Malformed(FormattableString.Invariant($"an object has two messages of type {type}"));
        if ((flags & SharedFlag) == 0)
            return body;
        if (!mayBeShared)
            throw body.Malformed("a shared message is itself shared");
        return Read(_file, SharedAddress(body)).Find(type, mayBeShared: false) ?? throw body.Malformed(FormattableString.Invariant($"the object of a shared message has no message of type {type}"));
    }

    /// <summary>The object that holds a shared message (section IV.A.2, shared message).</summary>
    private static long SharedAddress(Hdf5Cursor body)
    {
        byte version = body.U8();
        byte type = body.U8();
        if (version == 1)
            body.Skip(6);
        if (version is 0 or > 3 || (version == 3 && type != 2))
            throw body.Unsupported("the HDF5 file keeps messages in a shared heap");
        return body.RequiredAddress("a shared message");
    }

    private void ReadVersion1()
    {
        Hdf5Cursor prefix = _file.At(Address, Version1Prefix);
        byte version = prefix.U8();
        if (version != 1)
            throw prefix.Malformed("no object header stands where the file says");
        prefix.Skip(1);
        int count = prefix.U16();
        prefix.Skip(4);
        long size = prefix.U32();
        Queue<(long Address, long Length)> blocks = new([(Address + Version1Prefix, size)]);
        HashSet<long> seen = [Address + Version1Prefix];
        while (blocks.TryDequeue(out (long Address, long Length) block))
        {
            Hdf5Cursor cursor = _file.At(block.Address, block.Length);
            while (_messages.Count < count && cursor.Remaining >= 8)
            {
                ushort type = cursor.U16();
                int length = cursor.U16();
                byte flags = cursor.U8();
                cursor.Skip(3);
                Add(type, flags, cursor.Part(length), blocks, seen);
            }
        }

        if (_messages.Count < count)
            throw new ArtifactException(ArtifactCodes.Malformed, FormattableString.Invariant($"an object header promises {count} messages and holds {_messages.Count}")) { Offset = _file.FileOffset(Address) };
    }

    private void ReadVersion2()
    {
        Hdf5Cursor prefix = _file.At(Address, Math.Min(LongestVersion2Prefix, _file.SpaceAfter(Address)));
        prefix.Skip(4);
        byte version = prefix.U8();
        if (version != 2)
            throw prefix.Unsupported(FormattableString.Invariant($"an object header has version {version}; 1 and 2 can be read"));
        byte flags = prefix.U8();
        prefix.Skip(((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0));
        long size = prefix.Number(1 << (flags & 0x03));
        int overhead = (flags & 0x04) != 0 ? 6 : 4;
        long first = prefix.FileOffset - _file.FileOffset(0);
        Queue<(long Address, long Length)> blocks = new();
        HashSet<long> seen = [first];
        long prefixBytes = first - Address;
        _ = _file.Window(first, size);
        Hdf5Cursor start = _file.Checked(Address, prefixBytes + size, "OHDR"u8, "an object header");
        start.Skip((int)prefixBytes - 4);
        ReadVersion2Block(start, overhead, blocks, seen);
        while (blocks.TryDequeue(out (long Address, long Length) block))
        {
            Hdf5Cursor cursor = _file.At(block.Address, block.Length);
            cursor.RequireSignature("OCHK"u8, "the continuation of an object header");
            cursor.RequireChecksum("the continuation of an object header");
            ReadVersion2Block(cursor, overhead, blocks, seen);
        }
    }

    private void ReadVersion2Block(Hdf5Cursor cursor, int overhead, Queue<(long Address, long Length)> blocks, HashSet<long> seen)
    {
        // What is shorter than the header of a message is a gap.
        while (cursor.Remaining >= overhead)
        {
            ushort type = cursor.U8();
            int length = cursor.U16();
            byte flags = cursor.U8();
            cursor.Skip(overhead - 4);
            Add(type, flags, cursor.Part(length), blocks, seen);
        }
    }

    private void Add(ushort type, byte flags, Hdf5Cursor body, Queue<(long Address, long Length)> blocks, HashSet<long> seen)
    {
        _file.Meter.Step();
        if (type == Continuation)
        {
            long address = body.RequiredAddress("the continuation of an object header");
            if (!seen.Add(address))
                throw body.Malformed("an object header continues in itself");
            blocks.Enqueue((address, body.Length()));
        }

        _file.Meter.Charge(64);
        _messages.Add((type, flags, body));
    }
}
