using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>Reads the little-endian numbers and strings of a GGUF header one after the other.</summary>
internal sealed class GgufCursor(ByteSource file, ReadMeter meter)
{
    private const long MaxStringBytes = 1L << 30;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadAheadBuffer _buffer = new(file);

    /// <summary>The position of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>How many bytes follow.</summary>
    public long Remaining => file.Length - Position;

    /// <summary>Reads 2 bytes.</summary>
    /// <param name="what">What they are, with its article, for messages.</param>
    public ushort UInt16(string what) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2, what));

    /// <summary>Reads 4 bytes.</summary>
    /// <param name="what">What they are, with its article, for messages.</param>
    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4, what));

    /// <summary>Reads 8 bytes.</summary>
    /// <param name="what">What they are, with its article, for messages.</param>
    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8, what));

    /// <summary>Reads a length and as many bytes of text.</summary>
    /// <param name="what">What it is, with its article, for messages.</param>
    /// <param name="maxBytes">The longest that is allowed, at most 4096.</param>
    public string Text(string what, int maxBytes)
    {
        long at = Position;
        long length = StringLength(what);
        if (length > maxBytes)
            throw Malformed(string.Create(CultureInfo.InvariantCulture, $"{what} has {length} bytes, at most {maxBytes} are allowed"), at);
        meter.Charge(100 + (2 * length));
        try
        {
            return StrictUtf8.GetString(Bytes((int)length, what));
        }
        catch (DecoderFallbackException e)
        {
            throw new ArtifactException(ArtifactCodes.Malformed, $"{what} is not UTF-8 text", e) { Offset = at };
        }
    }

    /// <summary>Passes over a length and as many bytes.</summary>
    public void SkipText(string what)
    {
        long length = StringLength(what);
        Position += length;
    }

    /// <summary>Passes over elements of a fixed size.</summary>
    /// <param name="count">How many.</param>
    /// <param name="size">Bytes of each.</param>
    /// <param name="what">What they are, for messages.</param>
    public void Skip(ulong count, int size, string what)
    {
        RequireRoom(count, size, what);
        Position += (long)count * size;
    }

    /// <summary>Throws when the rest of the file is too short for as many items.</summary>
    /// <param name="count">How many items are claimed.</param>
    /// <param name="least">The fewest bytes that one takes.</param>
    /// <param name="what">What they are, for messages.</param>
    public void RequireRoom(ulong count, int least, string what)
    {
        if (count > long.MaxValue)
            throw Malformed(string.Create(CultureInfo.InvariantCulture, $"{what}: {(long)count} is no number of items"), Position);
        if ((Int128)count * least > Remaining)
        {
            throw new ArtifactException(
                ArtifactCodes.Truncated, string.Create(CultureInfo.InvariantCulture, $"{what}: {count} items of at least {least} bytes are claimed, but only {Remaining} bytes follow"))
            {
                Offset = Position,
            };
        }
    }

    /// <summary>A refusal of what the header says.</summary>
    public static ArtifactException Malformed(string message, long offset) => new(ArtifactCodes.Malformed, message) { Offset = offset };

    private long StringLength(string what)
    {
        long at = Position;
        ulong length = UInt64($"the length of {what}");
        if (length > MaxStringBytes)
            throw Malformed(string.Create(CultureInfo.InvariantCulture, $"{what} claims {length} bytes, the format allows {MaxStringBytes} at most"), at);
        RequireRoom(length, 1, what);
        return (long)length;
    }

    private ReadOnlySpan<byte> Bytes(int count, string what)
    {
        if (count > Remaining)
        {
            throw new ArtifactException(
                ArtifactCodes.Truncated, string.Create(CultureInfo.InvariantCulture, $"the file ends inside {what}: expected {count} bytes, {Remaining} are there"))
            { Offset = Position };
        }

        ReadOnlySpan<byte> bytes = _buffer.Peek(Position, count);
        Position += count;
        return bytes;
    }
}
