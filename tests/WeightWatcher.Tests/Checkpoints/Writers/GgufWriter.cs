using System.Runtime.InteropServices;
using System.Text;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>One tensor to write; what is null is written as it should be.</summary>
internal sealed record GgufItem(string Name, uint Type, ulong[] Lengths, byte[] Data)
{
    /// <summary>Axes claimed; as many as there are lengths when null.</summary>
    public uint? Axes { get; init; }

    public ulong? Offset { get; init; }
}

/// <summary>Writes GGUF files, right or wrong. Lengths of axes are given in the file's order, innermost first.</summary>
internal sealed class GgufWriter
{
    public const uint F32 = 0;

    private readonly List<GgufItem> _tensors = [];
    private readonly List<byte> _pairs = [];
    private ulong _pairCount;

    public string Magic { get; init; } = "GGUF";

    public uint Version { get; init; } = 3;

    public ulong? TensorCount { get; init; }

    public ulong? PairCount { get; init; }

    /// <summary>What offsets and padding are written by, whatever the metadata say.</summary>
    public int Alignment { get; init; } = 32;

    /// <summary>Bytes behind the last tensor and its padding; negative to cut as many away.</summary>
    public int Extra { get; init; }

    public GgufWriter Add(GgufItem item)
    {
        _tensors.Add(item);
        return this;
    }

    public GgufWriter Add(string name, ulong[] lengths, float[] values) => Add(new GgufItem(name, F32, lengths, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));

    /// <summary>A pair whose value is given as stored.</summary>
    public GgufWriter Pair(string key, uint type, params byte[] value) => Pair(Text(key), type, value);

    /// <summary>A pair whose key is given as stored, with its length.</summary>
    public GgufWriter Pair(byte[] key, uint type, params byte[] value)
    {
        _pairs.AddRange(key);
        _pairs.AddRange(BitConverter.GetBytes(type));
        _pairs.AddRange(value);
        _pairCount++;
        return this;
    }

    /// <summary>A string as it is stored: its length and its bytes.</summary>
    public static byte[] Text(string text) => [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    /// <summary>An array as it is stored.</summary>
    public static byte[] Array(uint type, ulong count, params byte[] elements) => [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(count), .. elements];

    public byte[] ToArray()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(Encoding.ASCII.GetBytes(Magic));
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)_tensors.Count);
        writer.Write(PairCount ?? _pairCount);
        writer.Write(_pairs.ToArray());
        ulong offset = 0;
        foreach (GgufItem item in _tensors)
        {
            writer.Write(Text(item.Name));
            writer.Write(item.Axes ?? (uint)item.Lengths.Length);
            foreach (ulong length in item.Lengths)
                writer.Write(length);
            writer.Write(item.Type);
            writer.Write(item.Offset ?? offset);
            offset += (ulong)Padded(item.Data.Length);
        }

        if (_tensors.Count > 0)
            Pad(writer, stream);
        foreach (GgufItem item in _tensors)
        {
            writer.Write(item.Data);
            Pad(writer, stream);
        }

        if (Extra > 0)
            writer.Write(new byte[Extra]);
        byte[] bytes = stream.ToArray();
        return Extra < 0 ? bytes[..(bytes.Length + Extra)] : bytes;
    }

    private void Pad(BinaryWriter writer, MemoryStream stream) => writer.Write(new byte[Padded(stream.Position) - stream.Position]);

    private long Padded(long length) => (length + Alignment - 1) / Alignment * Alignment;
}
