namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>How a protobuf field is encoded (https://protobuf.dev/programming-guides/encoding/#structure).</summary>
internal enum WireType
{
    /// <summary>A number in groups of 7 bits.</summary>
    Varint = 0,

    /// <summary>Eight bytes, little-endian.</summary>
    Fixed64 = 1,

    /// <summary>A length, then as many bytes.</summary>
    Length = 2,

    /// <summary>Four bytes, little-endian.</summary>
    Fixed32 = 5,
}

/// <summary>One protobuf field: what it is and where its value lies. The value of a <see cref="WireType.Length"/> field has not been read.</summary>
/// <param name="Number">The field number, 1 or more.</param>
/// <param name="Type">The encoding.</param>
/// <param name="Value">The bits of a number; 0 for a <see cref="WireType.Length"/> field.</param>
/// <param name="Start">The first byte of the value in the file.</param>
/// <param name="Length">The bytes of the value.</param>
internal readonly record struct WireField(int Number, WireType Type, ulong Value, long Start, long Length)
{
    /// <summary>One past the last byte of the value.</summary>
    public long End => Start + Length;
}
