using System.Text;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Writes the protobuf wire format (https://protobuf.dev/programming-guides/encoding/), including what no serializer would write.</summary>
internal sealed class ProtobufWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public ProtobufWriter Varint(int field, long value) => Key(field, 0).RawVarint((ulong)value);

    public ProtobufWriter Fixed32(int field, float value) => Key(field, 5).Raw(BitConverter.GetBytes(value));

    public ProtobufWriter Fixed64(int field, double value) => Key(field, 1).Raw(BitConverter.GetBytes(value));

    public ProtobufWriter String(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Message(int field, ProtobufWriter message) => Bytes(field, message.ToArray());

    public ProtobufWriter Bytes(int field, params byte[] value) => Key(field, 2).RawVarint((ulong)value.Length).Raw(value);

    public ProtobufWriter PackedVarints(int field, IEnumerable<long> values)
    {
        ProtobufWriter packed = new();
        foreach (long value in values)
            packed.RawVarint((ulong)value);
        return Bytes(field, packed.ToArray());
    }

    public ProtobufWriter Key(int field, int wireType) => RawVarint(((ulong)field << 3) | (uint)wireType);

    public ProtobufWriter RawVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
        return this;
    }

    public ProtobufWriter Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
