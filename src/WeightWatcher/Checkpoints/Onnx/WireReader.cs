using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// Walks protobuf messages in place (https://protobuf.dev/programming-guides/encoding/). Values of bytes are given as positions and never copied, so that files
/// beyond 2 GB are walked as cheaply as small ones.
/// </summary>
internal sealed class WireReader(ByteSource source, ReadLimits limits, CancellationToken cancellationToken)
{
    private const int MaxVarintBytes = 10;
    private const int MaxStringBytes = 1 << 20;

    private readonly ReadAheadBuffer _buffer = new(source);
    private long _steps;
    private long _heldBytes;

    /// <summary>The file.</summary>
    public ByteSource Source => source;

    /// <summary>The budget.</summary>
    public ReadLimits Limits => limits;

    /// <summary>Stops the reading.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Reads the key of the field at a position, and its value when that is a number, and moves the position behind the field.</summary>
    /// <param name="position">Inside the message, before <paramref name="end"/>.</param>
    /// <param name="end">One past the last byte of the message.</param>
    /// <exception cref="ArtifactException">There is no well-formed field (<c>WWG2010</c>), or the file ends before it does (<c>WWG2003</c>).</exception>
    public WireField ReadField(ref long position, long end)
    {
        if ((++_steps & 0xfff) == 0)
            cancellationToken.ThrowIfCancellationRequested();
        if (_steps > limits.MaxSteps)
            throw new ArtifactException(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"the messages have more than {limits.MaxSteps} fields")) { Offset = position };
        long at = position;
        ulong key = ReadVarint(ref position, end);
        ulong number = key >> 3;
        if (number is 0 or > (1 << 29) - 1)
            throw Malformed($"expected a field, found the key {key}", at);
        switch ((WireType)(key & 7))
        {
            case WireType.Varint:
                long start = position;
                ulong value = ReadVarint(ref position, end);
                return new((int)number, WireType.Varint, value, start, position - start);
            case WireType.Fixed64:
                return Fixed(number, WireType.Fixed64, 8, ref position, end);
            case WireType.Fixed32:
                return Fixed(number, WireType.Fixed32, 4, ref position, end);
            case WireType.Length:
                ulong length = ReadVarint(ref position, end);
                long left = end - position;
                if (length > (ulong)left)
                {
                    throw length > (ulong)(source.Length - position)
                        ? new ArtifactException(
                            ArtifactCodes.Truncated,
                            FormattableString.Invariant($"field {number} should have {length} bytes, but only {source.Length - position} follow: {length - (ulong)(source.Length - position)} are missing"))
                        { Offset = at }
                        : Malformed($"field {number} has {length} bytes, but its message only {left} more", at);
                }

                WireField field = new((int)number, WireType.Length, 0, position, (long)length);
                position += (long)length;
                return field;
            default:
                throw Malformed($"field {number} has the wire type {key & 7}, which ONNX does not use", at);
        }
    }

    /// <summary>Reads a number in groups of 7 bits and moves the position behind it.</summary>
    public ulong ReadVarint(ref long position, long end)
    {
        ReadOnlySpan<byte> bytes = _buffer.Peek(position, (int)Math.Min(MaxVarintBytes, end - position));
        ulong value = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte b = bytes[i];
            // The tenth byte holds the last of 64 bits.
            if (i == MaxVarintBytes - 1 && b > 1)
                throw Malformed("a number takes more than 64 bits", position);
            value |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                position += i + 1;
                return value;
            }
        }

        throw end == source.Length
            ? new ArtifactException(ArtifactCodes.Truncated, "the file ends inside a number") { Offset = position }
            : Malformed("a message ends inside a number", position);
    }

    /// <summary>Adds the lengths of axes from a field that may be packed or not.</summary>
    /// <exception cref="ArtifactException">There are more axes than a tensor may have.</exception>
    public void ReadAxes(WireField field, ImmutableArray<long>.Builder axes, string what)
    {
        if (field.Type == WireType.Varint)
        {
            Add(field.Value);
            return;
        }

        Expect(field, WireType.Length, what);
        for (long position = field.Start; position < field.End;)
            Add(ReadVarint(ref position, field.End));

        void Add(ulong axis)
        {
            if (axes.Count >= limits.MaxRank)
                throw new ArtifactException(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"a tensor has more than {limits.MaxRank} axes")) { Offset = field.Start };
            axes.Add((long)axis);
        }
    }

    /// <summary>The text of a field.</summary>
    /// <param name="field">A string field.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <exception cref="ArtifactException">It is not UTF-8, or longer than any name is.</exception>
    public string ReadString(WireField field, string what)
    {
        Expect(field, WireType.Length, what);
        if (field.Length > MaxStringBytes)
            throw new ArtifactException(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"{what} has {field.Length} bytes, at most {MaxStringBytes} are read")) { Offset = field.Start };
        if (field.Length == 0)
            return "";
        byte[] bytes = new byte[field.Length];
        if (field.Length <= 4096)
            _buffer.Peek(field.Start, bytes.Length).CopyTo(bytes);
        else
            source.Read(field.Start, bytes);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Malformed($"{what} is not UTF-8 text", field.Start);
    }

    /// <summary>Throws unless a field has the encoding that its number calls for.</summary>
    public static void Expect(WireField field, WireType type, string what)
    {
        if (field.Type != type)
            throw Malformed($"{what} is encoded as {field.Type}, expected {type}", field.Start);
    }

    /// <summary>Accounts for bytes that stay in memory.</summary>
    /// <exception cref="ArtifactException"><c>WWG2018</c> when the budget is used up.</exception>
    public void Hold(long bytes, long at)
    {
        _heldBytes += bytes;
        if (bytes > limits.MaxMetadataBytes || _heldBytes > limits.MaxMetadataBytes)
        {
            throw new ArtifactException(
                ArtifactCodes.LimitExceeded,
                FormattableString.Invariant($"names and small values take more than {limits.MaxMetadataBytes} bytes, which a file of {source.Length} bytes does not justify"))
            { Offset = at };
        }
    }

    /// <summary>A <c>WWG2010</c> at a position.</summary>
    public static ArtifactException Malformed(FormattableString message, long at) =>
        new(ArtifactCodes.Malformed, FormattableString.Invariant(message)) { Offset = at };

    private static ArtifactException Malformed(string message, long at) => new(ArtifactCodes.Malformed, message) { Offset = at };

    private WireField Fixed(ulong number, WireType type, int size, ref long position, long end)
    {
        if (end - position < size)
        {
            throw end == source.Length
                ? new ArtifactException(ArtifactCodes.Truncated, "the file ends inside a number") { Offset = position }
                : Malformed("a message ends inside a number", position);
        }

        ReadOnlySpan<byte> bytes = _buffer.Peek(position, size);
        ulong value = size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        WireField field = new((int)number, type, value, position, size);
        position += size;
        return field;
    }
}
