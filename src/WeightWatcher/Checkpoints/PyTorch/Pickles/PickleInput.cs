using System.Buffers.Binary;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch.Pickles;

/// <summary>Reads a pickle's bytes in order, through a small buffer, inside the current frame.</summary>
/// <param name="source">The bytes that hold the pickle.</param>
/// <param name="position">Where the pickle starts in them.</param>
/// <param name="fileOffset">Where the source starts in the file, or null when it was decompressed.</param>
internal sealed class PickleInput(ByteSource source, long position, long? fileOffset)
{
    private const int BufferLength = 64 * 1024;
    private const int MaxLineLength = 64 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[(int)Math.Min(BufferLength, Math.Max(16, source.Length - position))];
    private long _bufferStart = position;
    private int _bufferLength;
    private long? _frameEnd;

    /// <summary>The position of the next byte in the source.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Where the opcode that is being read starts, in the source.</summary>
    public long OpcodeStart { get; private set; } = position;

    /// <summary>A failure at the current opcode.</summary>
    public ArtifactException Error(DiagnosticCode code, string message) => new(code, message) { Offset = fileOffset + OpcodeStart };

    /// <summary>A failure of the format at the current opcode.</summary>
    public ArtifactException Malformed(string message) => Error(ArtifactCodes.Malformed, message);

    /// <summary>The number of bytes behind <see cref="Position"/>.</summary>
    public long Left => source.Length - Position;

    /// <summary>Steps over bytes between pickles.</summary>
    /// <param name="length">0 to <see cref="Left"/>.</param>
    public void Skip(long length) => Position += length;

    /// <summary>Starts a pickle at the current position; frames of a previous one no longer count.</summary>
    public void BeginPickle() => _frameEnd = null;

    /// <summary>Reads the next opcode.</summary>
    public byte ReadOpcode()
    {
        OpcodeStart = Position;
        if (_frameEnd == Position)
            _frameEnd = null;
        return ReadByte();
    }

    /// <summary>Starts a frame: until its end no opcode may reach over it, and no other frame may start in it (PEP 3154).</summary>
    public void BeginFrame(ulong length)
    {
        if (_frameEnd is { } end && Position < end)
            throw Malformed("a frame starts inside another frame");
        if (length > (ulong)(source.Length - Position))
            throw Error(ArtifactCodes.Truncated, FormattableString.Invariant($"a frame of {length} bytes is longer than the {source.Length - Position} bytes left"));
        _frameEnd = Position + (long)length;
    }

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>Steps over bytes and says where they were.</summary>
    public PickleBytes SkipBytes(ulong length)
    {
        RequireLeft(length);
        PickleBytes bytes = new(Position, (long)length);
        Position += (long)length;
        return bytes;
    }

    /// <summary>Reads bytes into a new array, after charging them.</summary>
    public byte[] ReadBytes(ulong length, ReadMeter meter)
    {
        RequireLeft(length);
        meter.Charge((long)length);
        if (length > int.MaxValue)
            throw Error(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"a value of {length} bytes is too long"));
        byte[] bytes = new byte[(int)length];
        if (bytes.Length <= _buffer.Length)
            Take(bytes.Length).CopyTo(bytes);
        else
        {
            source.Read(Position, bytes);
            Position += bytes.Length;
        }

        return bytes;
    }

    /// <summary>Reads UTF-8 text.</summary>
    public string ReadText(ulong length, ReadMeter meter)
    {
        byte[] bytes = ReadBytes(length, meter);
        meter.Charge(2L * bytes.Length);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("a string is not valid UTF-8");
        }
    }

    /// <summary>Reads a Python 2 string: UTF-8 where that is valid, else Latin-1.</summary>
    public string ReadByteText(ulong length, ReadMeter meter)
    {
        byte[] bytes = ReadBytes(length, meter);
        meter.Charge(2L * bytes.Length);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>Reads up to the next line end, which is not part of the result.</summary>
    public string ReadLine(ReadMeter meter)
    {
        List<byte> line = [];
        for (byte b = ReadByte(); b != (byte)'\n'; b = ReadByte())
        {
            if (line.Count == MaxLineLength)
                throw Error(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"a line is longer than {MaxLineLength} bytes"));
            line.Add(b);
        }

        meter.Charge(3L * line.Count);
        try
        {
            return StrictUtf8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line));
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("a line is not valid UTF-8");
        }
    }

    private void RequireLeft(ulong length)
    {
        if (_frameEnd is { } end && length > (ulong)(end - Position))
            throw Malformed("an opcode reaches over the end of its frame");
        if (length > (ulong)Math.Max(0, source.Length - Position))
        {
            throw Error(
                ArtifactCodes.Truncated,
                FormattableString.Invariant($"the pickle needs {length} more bytes, but only {Math.Max(0, source.Length - Position)} are left"));
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        RequireLeft((ulong)count);
        if (Position < _bufferStart || Position + count > _bufferStart + _bufferLength)
        {
            _bufferStart = Position;
            _bufferLength = (int)Math.Min(_buffer.Length, source.Length - Position);
            source.Read(Position, _buffer.AsSpan(0, _bufferLength));
        }

        ReadOnlySpan<byte> taken = _buffer.AsSpan((int)(Position - _bufferStart), count);
        Position += count;
        return taken;
    }
}
