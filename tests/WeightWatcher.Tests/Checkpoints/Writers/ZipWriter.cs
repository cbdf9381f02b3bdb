using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>One entry to write; what is null is written as it should be.</summary>
internal sealed record ZipItem(string Name, byte[] Data)
{
    public bool Deflate { get; init; }

    public ushort Flags { get; init; }

    public ushort? LocalFlags { get; init; }

    public string? LocalName { get; init; }

    public ushort? Method { get; init; }

    public uint? Crc { get; init; }

    public uint? Length { get; init; }

    public uint? LocalLength { get; init; }

    public uint? HeaderOffset { get; init; }

    public uint Attributes { get; init; }

    /// <summary>Lengths and offset go into a ZIP64 field.</summary>
    public bool Zip64 { get; init; }

    /// <summary>Bytes of padding in the local header's extra field, as PyTorch aligns its storages.</summary>
    public int Padding { get; init; }
}

/// <summary>Writes zip archives, right or wrong.</summary>
internal sealed class ZipWriter
{
    private readonly List<ZipItem> _items = [];

    public byte[] Prefix { get; init; } = [];

    public byte[] Suffix { get; init; } = [];

    public int? Entries { get; init; }

    public bool Zip64 { get; init; }

    public ulong? Zip64DirectoryOffset { get; init; }

    public ulong? Zip64Position { get; init; }

    public ZipWriter Add(ZipItem item)
    {
        _items.Add(item);
        return this;
    }

    public ZipWriter Add(string name, byte[] data) => Add(new ZipItem(name, data));

    public byte[] ToArray()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        using MemoryStream directory = new();
        using BinaryWriter central = new(directory);
        writer.Write(Prefix);
        foreach (ZipItem item in _items)
            Write(item, writer, central, (uint)stream.Position);
        uint directoryOffset = (uint)stream.Position;
        writer.Write(directory.ToArray());
        ushort entries = (ushort)(Entries ?? _items.Count);
        if (Zip64)
        {
            ulong position = (ulong)stream.Position;
            writer.Write(0x06064B50u);
            writer.Write(44ul);
            writer.Write(0x002D002Du);
            writer.Write(0ul);
            writer.Write((ulong)entries);
            writer.Write((ulong)entries);
            writer.Write((ulong)directory.Length);
            writer.Write(Zip64DirectoryOffset ?? directoryOffset);
            writer.Write(0x07064B50u);
            writer.Write(0u);
            writer.Write(Zip64Position ?? position);
            writer.Write(1u);
        }

        writer.Write(0x06054B50u);
        writer.Write(0u);
        writer.Write(entries);
        writer.Write(entries);
        writer.Write((uint)directory.Length);
        writer.Write(Zip64 ? uint.MaxValue : directoryOffset);
        writer.Write((ushort)0);
        writer.Write(Suffix);
        return stream.ToArray();
    }

    private static void Write(ZipItem item, BinaryWriter writer, BinaryWriter central, uint offset)
    {
        byte[] packed = item.Deflate ? Deflated(item.Data) : item.Data;
        uint crc = item.Crc ?? Crc(item.Data);
        uint length = item.Length ?? (uint)item.Data.Length;
        uint compressed = item.Deflate ? (uint)packed.Length : length;
        ushort method = item.Method ?? (ushort)(item.Deflate ? 8 : 0);
        byte[] name = Encoding.UTF8.GetBytes(item.Name);
        byte[] localName = Encoding.UTF8.GetBytes(item.LocalName ?? item.Name);
        byte[] localExtra = item.Zip64 ? Zip64Extra(length, compressed) : item.Padding >= 4 ? PaddingExtra(item.Padding) : [];
        byte[] centralExtra = item.Zip64 ? Zip64Extra(length, compressed, offset) : [];

        writer.Write(0x04034B50u);
        writer.Write((ushort)20);
        writer.Write(item.LocalFlags ?? item.Flags);
        writer.Write(method);
        writer.Write(0u);
        writer.Write(crc);
        writer.Write(item.Zip64 ? uint.MaxValue : compressed);
        writer.Write(item.Zip64 ? uint.MaxValue : item.LocalLength ?? length);
        writer.Write((ushort)localName.Length);
        writer.Write((ushort)localExtra.Length);
        writer.Write(localName);
        writer.Write(localExtra);
        writer.Write(packed);

        central.Write(0x02014B50u);
        central.Write((ushort)20);
        central.Write((ushort)20);
        central.Write(item.Flags);
        central.Write(method);
        central.Write(0u);
        central.Write(crc);
        central.Write(item.Zip64 ? uint.MaxValue : compressed);
        central.Write(item.Zip64 ? uint.MaxValue : length);
        central.Write((ushort)name.Length);
        central.Write((ushort)centralExtra.Length);
        central.Write(0u);
        central.Write((ushort)0);
        central.Write(item.Attributes);
        central.Write(item.Zip64 ? uint.MaxValue : item.HeaderOffset ?? offset);
        central.Write(name);
        central.Write(centralExtra);
    }

    private static byte[] Deflated(byte[] data)
    {
        using MemoryStream packed = new();
        using (DeflateStream stream = new(packed, CompressionLevel.Optimal))
            stream.Write(data);
        return packed.ToArray();
    }

    private static byte[] Zip64Extra(params ulong[] values)
    {
        byte[] extra = new byte[4 + (8 * values.Length)];
        BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(extra.AsSpan(2), (ushort)(8 * values.Length));
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(extra.AsSpan(4 + (8 * i)), values[i]);
        return extra;
    }

    private static byte[] PaddingExtra(int length)
    {
        byte[] extra = new byte[length];
        extra.AsSpan(4).Fill((byte)'Z');
        "FB"u8.CopyTo(extra);
        BinaryPrimitives.WriteUInt16LittleEndian(extra.AsSpan(2), (ushort)(length - 4));
        return extra;
    }

    /// <summary>Bit by bit, so that it shares nothing with the reader's.</summary>
    private static uint Crc(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }

        return ~crc;
    }
}
