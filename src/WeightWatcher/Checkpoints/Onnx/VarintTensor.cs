using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// A tensor whose elements are packed protobuf numbers of varying length: <c>int32_data</c>, <c>int64_data</c> or <c>uint64_data</c>. One element in every
/// 65536 has its place remembered, so that reading any part decodes no more than that many elements too many.
/// </summary>
internal sealed class VarintTensor : Tensor
{
    private const int Stride = 65536;
    private const int BlockBytes = 32 * 1024;

    private readonly ByteSource _source;
    private readonly ElementEncoding _encoding;
    private readonly long[] _marks;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="shape">Outermost axis first.</param>
    /// <param name="encoding">What the low bits of each number stand for.</param>
    /// <param name="elementTypeName">The element type as ONNX spells it.</param>
    /// <param name="source">The packed numbers and nothing else.</param>
    /// <param name="index">What <see cref="Index"/> found in <paramref name="source"/>.</param>
    [SetsRequiredMembers]
    public VarintTensor(string name, ImmutableArray<long> shape, ElementEncoding encoding, string elementTypeName, ByteSource source, VarintIndex index)
    {
        Name = name;
        Shape = shape;
        Count = index.Count;
        ElementType = encoding.Type;
        ElementTypeName = elementTypeName;
        _encoding = encoding;
        _source = source;
        _marks = index.Marks;
    }

    /// <inheritdoc/>
    public override double StoredEpsilon => _encoding.Epsilon;

    /// <inheritdoc/>
    public override bool IsFloatingPoint => _encoding.IsFloatingPoint;

    /// <summary>Counts packed numbers and marks the start of every 65536th.</summary>
    /// <returns>The index, or null when the bytes end inside a number or a number has more than ten bytes.</returns>
    public static VarintIndex? Index(ByteSource source, CancellationToken cancellationToken)
    {
        List<long> marks = [];
        long count = 0;
        int length = 0;
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            for (long at = 0; at < source.Length; at += BlockBytes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<byte> bytes = block.AsSpan(0, (int)Math.Min(BlockBytes, source.Length - at));
                source.Read(at, bytes);
                for (int i = 0; i < bytes.Length; i++)
                {
                    if (length == 0 && count % Stride == 0)
                        marks.Add(at + i);
                    length++;
                    if (bytes[i] < 0x80)
                    {
                        count++;
                        length = 0;
                    }
                    else if (length == 10)
                    {
                        return null;
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return length == 0 ? new VarintIndex(count, [.. marks]) : null;
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Count - start, nameof(destination));
        if (destination.IsEmpty)
            return;
        long at = _marks[start / Stride];
        long skip = start % Stride;
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            ulong value = 0;
            int shift = 0;
            int filled = 0;
            while (filled < destination.Length)
            {
                Span<byte> bytes = block.AsSpan(0, (int)Math.Min(BlockBytes, _source.Length - at));
                if (bytes.IsEmpty)
                    throw new ArtifactException(ArtifactCodes.ChangedWhileReading, "the packed numbers are fewer than when the file was opened") { Tensor = Name };
                _source.Read(at, bytes);
                at += bytes.Length;
                for (int i = 0; i < bytes.Length && filled < destination.Length; i++)
                {
                    value |= (ulong)(bytes[i] & 0x7f) << shift;
                    shift = Math.Min(shift + 7, 63);
                    if (bytes[i] >= 0x80)
                        continue;
                    if (skip > 0)
                        skip--;
                    else
                        destination[filled++] = Value(value);
                    value = 0;
                    shift = 0;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private double Value(ulong bits) => _encoding.Type switch
    {
        ElementType.F16 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        ElementType.BF16 => BitConverter.UInt32BitsToSingle((uint)(ushort)bits << 16),
        ElementType.U64 => bits,
        ElementType.U32 => (uint)bits,
        ElementType.I64 => (long)bits,
        ElementType.Other => _encoding.ValueOf((int)(bits & ((1UL << _encoding.Bits) - 1))),
        _ => (int)bits,
    };
}

/// <summary>Where packed numbers begin.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Marks">The position of the first of every 65536.</param>
internal sealed record VarintIndex(long Count, long[] Marks);
