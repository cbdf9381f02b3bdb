using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Writes HDF5 files structure by structure, right or wrong; what is written gets the address that the call returns.</summary>
internal sealed class Hdf5Writer
{
    public const ulong Undefined = ulong.MaxValue;

    public const ushort Dataspace = 0x0001;
    public const ushort LinkInfo = 0x0002;
    public const ushort Datatype = 0x0003;
    public const ushort Link = 0x0006;
    public const ushort ExternalFiles = 0x0007;
    public const ushort Layout = 0x0008;
    public const ushort Filters = 0x000B;
    public const ushort Attribute = 0x000C;
    public const ushort SymbolTable = 0x0011;

    private const int SuperblockBytes = 96;

    private readonly List<byte> _bytes = [.. new byte[SuperblockBytes]];

    /// <summary>The address of what is written next.</summary>
    public ulong Next => (ulong)((_bytes.Count + 7) / 8 * 8);

    public static byte[] Number(ulong value, int size) => BitConverter.GetBytes(value)[..size];

    public static byte[] Shape(params ulong[] shape) => [1, (byte)shape.Length, 0, 0, 0, 0, 0, 0, .. shape.SelectMany(BitConverter.GetBytes)];

    /// <summary>IEEE 754 of 2, 4 or 8 bytes.</summary>
    public static byte[] Float(int size, bool bigEndian = false)
    {
        (byte mantissa, byte exponent, uint bias) = size switch { 2 => ((byte)10, (byte)5, 15u), 4 => ((byte)23, (byte)8, 127u), _ => ((byte)52, (byte)11, 1023u) };
        return [0x11, (byte)(bigEndian ? 0x21 : 0x20), (byte)((size * 8) - 1), 0, .. Number((ulong)size, 4), 0, 0, (byte)(size * 8), 0, mantissa, exponent, 0, mantissa, .. Number(bias, 4)];
    }

    public static byte[] Integer(int size) => [0x10, 0x08, 0, 0, .. Number((ulong)size, 4), 0, 0, (byte)(size * 8), 0];

    public static byte[] Contiguous(ulong address, ulong size) => [3, 1, .. Number(address, 8), .. Number(size, 8)];

    public static byte[] Chunked(ulong tree, uint elementBytes, params uint[] chunk) => [3, 2, (byte)(chunk.Length + 1), .. Number(tree, 8), .. chunk.Append(elementBytes).SelectMany(BitConverter.GetBytes)];

    /// <summary>A filter pipeline of version 1; each filter has one value.</summary>
    public static byte[] Pipeline(params (ushort Id, uint Value)[] filters) =>
        [1, (byte)filters.Length, 0, 0, 0, 0, 0, 0, .. filters.SelectMany(f => (byte[])[.. Number(f.Id, 2), 0, 0, 0, 0, 1, 0, .. Number(f.Value, 4), 0, 0, 0, 0])];

    public static byte[] HardLink(string name, ulong address) => [1, 0, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), .. Number(address, 8)];

    public static byte[] SoftLink(string name, string target) => [1, 0x08, 1, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), (byte)target.Length, 0, .. Encoding.UTF8.GetBytes(target)];

    public static byte[] ExternalLink(string name, string file) => [1, 0x08, 64, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), (byte)(file.Length + 4), 0, 0, .. Encoding.UTF8.GetBytes(file), 0, (byte)'/', 0];

    /// <summary>An attribute of a name; its value is one byte of nothing.</summary>
    public static byte[] NamedAttribute(string name) => [1, 0, (byte)(name.Length + 1), 0, 8, 0, 8, 0, .. Encoding.UTF8.GetBytes(name), 0, .. new byte[32]];

    public static byte[] Deflate(byte[] bytes)
    {
        using MemoryStream stream = new();
        using (ZLibStream zlib = new(stream, CompressionLevel.Optimal))
            zlib.Write(bytes);
        return stream.ToArray();
    }

    public static byte[] Shuffle(byte[] bytes, int size)
    {
        int count = bytes.Length / size;
        return [.. Enumerable.Range(0, size).SelectMany(b => Enumerable.Range(0, count).Select(i => bytes[(i * size) + b]))];
    }

    /// <summary>Writes bytes as they are.</summary>
    public ulong Data(params byte[] bytes)
    {
        ulong address = Next;
        _bytes.AddRange(new byte[(int)address - _bytes.Count]);
        _bytes.AddRange(bytes);
        return address;
    }

    /// <summary>Overwrites a number that was written before.</summary>
    public void Patch(ulong address, ulong value, int size) => Number(value, size).CopyTo(CollectionsMarshal.AsSpan(_bytes)[(int)address..]);

    /// <summary>An object header of version 1.</summary>
    public ulong Object(params (ushort Type, byte[] Body)[] messages)
    {
        byte[] body = [.. messages.SelectMany(m => Message(m.Type, m.Body))];
        return Data([1, 0, .. Number((ulong)messages.Length, 2), 1, 0, 0, 0, .. Number((ulong)body.Length, 4), 0, 0, 0, 0, .. body]);
    }

    /// <summary>An object header of version 2.</summary>
    public ulong NewObject(params (ushort Type, byte[] Body)[] messages)
    {
        byte[] body = [.. messages.SelectMany(m => (byte[])[(byte)m.Type, .. Number((ulong)m.Body.Length, 2), 0, .. m.Body])];
        return Data(Hdf5Checksums.Closed([.. "OHDR"u8, 2, 0x02, .. Number((ulong)body.Length, 4), .. body]));
    }

    /// <summary>A group of the old style: a B-tree with one symbol table, and a local heap.</summary>
    public ulong Group(params (string Name, ulong Address)[] links) => Group([], links);

    public ulong Group((ushort Type, byte[] Body)[] more, params (string Name, ulong Address)[] links)
    {
        List<byte> names = [0, 0, 0, 0, 0, 0, 0, 0];
        List<byte> entries = [];
        foreach ((string name, ulong address) in links.OrderBy(l => l.Name, StringComparer.Ordinal))
        {
            entries.AddRange([.. Number((ulong)names.Count, 8), .. Number(address, 8), .. new byte[24]]);
            names.AddRange([.. Encoding.UTF8.GetBytes(name), 0]);
        }

        ulong heap = Data([.. "HEAP"u8, 0, 0, 0, 0, .. Number((ulong)names.Count, 8), .. Number(1, 8), .. Number(Data([.. names]), 8)]);
        ulong table = Data([.. "SNOD"u8, 1, 0, .. Number((ulong)links.Length, 2), .. entries]);
        ulong tree = Data([.. "TREE"u8, 0, 0, 1, 0, .. Number(Undefined, 8), .. Number(Undefined, 8), .. Number(0, 8), .. Number(table, 8), .. Number(8, 8)]);
        return Object([(SymbolTable, [.. Number(tree, 8), .. Number(heap, 8)]), .. more]);
    }

    /// <summary>A contiguous dataset of floats.</summary>
    public ulong Floats(ulong[] shape, params float[] values)
    {
        byte[] bytes = [.. values.SelectMany(BitConverter.GetBytes)];
        return Dataset(Shape(shape), Float(4), Contiguous(Data(bytes), (ulong)bytes.Length));
    }

    public ulong Dataset(byte[] shape, byte[] type, byte[] layout, byte[]? filters = null) =>
        Object([(Dataspace, shape), (Datatype, type), (Layout, layout), .. filters is null ? ((ushort, byte[])[])[] : [(Filters, filters)]]);

    /// <summary>The B-tree of chunks, given as their origins and stored bytes.</summary>
    public ulong ChunkTree(params (ulong[] Origin, byte[] Stored)[] chunks)
    {
        List<byte> entries = [];
        foreach ((ulong[] origin, byte[] stored) in chunks)
            entries.AddRange([.. Number((ulong)stored.Length, 4), 0, 0, 0, 0, .. origin.Append(0UL).SelectMany(BitConverter.GetBytes), .. Number(Data(stored), 8)]);
        int keyBytes = 8 + (8 * (chunks[0].Origin.Length + 1));
        return Data([.. "TREE"u8, 1, 0, .. Number((ulong)chunks.Length, 2), .. Number(Undefined, 8), .. Number(Undefined, 8), .. entries, .. new byte[keyBytes]]);
    }

    /// <summary>The file with a superblock of version 0.</summary>
    public byte[] ToArray(ulong root, int userBlock = 0, ulong? end = null, ulong driver = Undefined)
    {
        byte[] head =
        [
            0x89, .. "HDF\r\n"u8, 0x1a, (byte)'\n', 0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0,
            .. Number((ulong)userBlock, 8), .. Number(Undefined, 8), .. Number(end ?? (ulong)(_bytes.Count + userBlock), 8), .. Number(driver, 8),
            .. Number(0, 8), .. Number(root, 8), .. new byte[24],
        ];
        return [.. new byte[userBlock], .. head, .. _bytes.Skip(SuperblockBytes)];
    }

    /// <summary>The file with a superblock of version 2.</summary>
    public byte[] ToNewArray(ulong root)
    {
        byte[] head = Hdf5Checksums.Closed([0x89, .. "HDF\r\n"u8, 0x1a, (byte)'\n', 2, 8, 8, 0, .. Number(0, 8), .. Number(Undefined, 8), .. Number((ulong)_bytes.Count, 8), .. Number(root, 8)]);
        return [.. head, .. new byte[SuperblockBytes - head.Length], .. _bytes.Skip(SuperblockBytes)];
    }

    private static byte[] Message(ushort type, byte[] body)
    {
        byte[] padded = [.. body, .. new byte[(8 - (body.Length % 8)) % 8]];
        byte[] head = new byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(head, type);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(2), (ushort)padded.Length);
        return [.. head, .. padded];
    }
}
