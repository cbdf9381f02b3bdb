using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints;

/// <summary>A tensor whose elements lie packed in row-major order in one run of bytes.</summary>
internal sealed class ContiguousTensor : Tensor
{
    private const int BlockBytes = 256 * 1024;

    private readonly ByteSource _source;
    private readonly long _offset;
    private readonly ElementEncoding _encoding;
    private readonly bool _bigEndian;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="shape">Outermost axis first.</param>
    /// <param name="count">The product of <paramref name="shape"/>.</param>
    /// <param name="encoding">How each element is stored.</param>
    /// <param name="elementTypeName">The element type as the format spells it.</param>
    /// <param name="source">The bytes; the caller has checked that all elements lie inside.</param>
    /// <param name="offset">The first byte of the first element.</param>
    /// <param name="bigEndian">True when elements are stored most significant byte first.</param>
    [SetsRequiredMembers]
    public ContiguousTensor(
        string name, ImmutableArray<long> shape, long count, ElementEncoding encoding, string elementTypeName, ByteSource source, long offset, bool bigEndian = false)
    {
        Name = name;
        Shape = shape;
        Count = count;
        ElementType = encoding.Type;
        ElementTypeName = elementTypeName;
        _encoding = encoding;
        _source = source;
        _offset = offset;
        _bigEndian = bigEndian;
    }

    /// <summary>How many bits one element takes.</summary>
    public int BitsPerElement => _encoding.Bits;

    /// <inheritdoc/>
    public override double StoredEpsilon => _encoding.Epsilon;

    /// <inheritdoc/>
    public override bool IsFloatingPoint => _encoding.IsFloatingPoint;

    /// <inheritdoc/>
    public override void ReadSingles(long start, Span<float> destination)
    {
        if (!ReferenceEquals(_encoding, ElementEncoding.F32) || _bigEndian || !BitConverter.IsLittleEndian)
        {
            base.ReadSingles(start, destination);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Count - start, nameof(destination));
        _source.Read(_offset + (start * sizeof(float)), MemoryMarshal.AsBytes(destination));
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Count - start, nameof(destination));
        if (destination.IsEmpty)
            return;
        // Blocks hold a multiple of 8 elements, so that every block but the first begins at the same bit of a byte as the first.
        int perBlock = BlockBytes * 8 / _encoding.Bits / 8 * 8;
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BlockBytes + 1, ((long)destination.Length * _encoding.Bits / 8) + 2));
        try
        {
            while (!destination.IsEmpty)
            {
                int count = Math.Min(perBlock, destination.Length);
                Int128 firstBit = (Int128)start * _encoding.Bits;
                long firstByte = (long)(firstBit / 8);
                int bit = (int)(firstBit % 8);
                int bytes = (int)((bit + ((long)count * _encoding.Bits) + 7) / 8);
                _source.Read(_offset + firstByte, buffer.AsSpan(0, bytes));
                _encoding.Decode(buffer.AsSpan(0, bytes), bit, destination[..count], _bigEndian);
                start += count;
                destination = destination[count..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
