using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>A tensor stored as blocks of codes, read as the numbers that they stand for. Blocks lie one after the other in row-major order.</summary>
internal sealed class BlockTensor : Tensor
{
    private const int BlocksAtOnce = 512;
    private const int LongestBlock = 256;

    private readonly ByteSource _source;
    private readonly long _offset;
    private readonly GgmlType _type;
    private readonly BlockDecoder _decoder;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="shape">Outermost axis first; the last is a multiple of the block length.</param>
    /// <param name="count">The product of <paramref name="shape"/>.</param>
    /// <param name="type">A type of blocks that are decoded.</param>
    /// <param name="decoder">The decoder of <paramref name="type"/>.</param>
    /// <param name="source">The file; the caller has checked that all blocks lie inside.</param>
    /// <param name="offset">The first byte of the first block.</param>
    [SetsRequiredMembers]
    public BlockTensor(string name, ImmutableArray<long> shape, long count, GgmlType type, BlockDecoder decoder, ByteSource source, long offset)
    {
        Name = name;
        Shape = shape;
        Count = count;
        ElementType = ElementType.Other;
        ElementTypeName = type.Name;
        _type = type;
        _decoder = decoder;
        _source = source;
        _offset = offset;
    }

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <inheritdoc/>
    public override double StoredEpsilon => _type.Epsilon;

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Count - start, nameof(destination));
        if (destination.IsEmpty)
            return;
        long block = start / _type.BlockLength;
        int skip = (int)(start % _type.BlockLength);
        long last = (start + destination.Length - 1) / _type.BlockLength;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(_type.BlockBytes * (int)Math.Min(BlocksAtOnce, last - block + 1));
        try
        {
            Span<float> all = stackalloc float[LongestBlock];
            Span<float> values = all[.._type.BlockLength];
            while (block <= last)
            {
                int blocks = (int)Math.Min(BlocksAtOnce, last - block + 1);
                Span<byte> bytes = buffer.AsSpan(0, blocks * _type.BlockBytes);
                _source.Read(_offset + (block * _type.BlockBytes), bytes);
                for (int i = 0; i < blocks; i++)
                {
                    _decoder(bytes.Slice(i * _type.BlockBytes, _type.BlockBytes), values);
                    int count = Math.Min(_type.BlockLength - skip, destination.Length);
                    for (int j = 0; j < count; j++)
                        destination[j] = values[skip + j];
                    destination = destination[count..];
                    skip = 0;
                }

                block += blocks;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
