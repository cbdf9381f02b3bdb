using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>In which order bytes hold their codes.</summary>
internal enum CodeOrder
{
    /// <summary>A stream of bits, the first code in the low bits of the first byte.</summary>
    LowBitsFirst,

    /// <summary>Two codes of 4 bits in a byte, the first in the high bits.</summary>
    HighNibbleFirst,
}

/// <summary>
/// Codes of 1 to 8 bits, packed into the bytes or 32-bit words of another tensor along its last axis and read as the numbers of a table. Each row of words holds
/// one row of codes; bits behind the last code are padding.
/// </summary>
internal sealed class PackedCodesTensor : RowTensor
{
    private readonly Tensor _words;
    private readonly long _wordsPerRow;
    private readonly int _bytesPerWord;
    private readonly int _bits;
    private readonly CodeOrder _order;
    private readonly double[] _table;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="shape">The shape of the codes; the caller has checked that each row fits into a row of words.</param>
    /// <param name="words">The packed tensor, of 8- or 32-bit integers.</param>
    /// <param name="wordsPerRow">How many words hold one row of codes.</param>
    /// <param name="bits">Bits of a code, 1 to 8.</param>
    /// <param name="order">The order of codes in bytes.</param>
    /// <param name="table">The number that each of the 2^<paramref name="bits"/> codes stands for.</param>
    [SetsRequiredMembers]
    public PackedCodesTensor(string name, ImmutableArray<long> shape, Tensor words, long wordsPerRow, int bits, CodeOrder order, double[] table)
    {
        Name = name;
        Shape = shape;
        Count = shape.Aggregate(1L, (product, axis) => checked(product * axis));
        ElementType = ElementType.Other;
        ElementTypeName = words.ElementTypeName;
        IsOptimizerState = words.IsOptimizerState;
        _words = words;
        _wordsPerRow = wordsPerRow;
        _bytesPerWord = words.ElementType is ElementType.I32 or ElementType.U32 ? 4 : 1;
        _bits = bits;
        _order = order;
        _table = table;
    }

    /// <summary>True, unless the codes are integers that nothing turns into numbers.</summary>
    public override bool IsFloatingPoint => !AreIntegers;

    /// <summary>Whether the codes are integers in their own right.</summary>
    public bool AreIntegers { get; init; }

    /// <summary>One step of the codes relative to their range.</summary>
    public override double StoredEpsilon => Math.ScaleB(1, 1 - _bits);

    /// <summary>True for the types of words that hold codes.</summary>
    public static bool CanHold(Tensor words) => words.ElementType is ElementType.U8 or ElementType.I8 or ElementType.I32 or ElementType.U32;

    /// <summary>How many codes of so many bits, 1 to 8, a tensor of integers of 8 to 32 bits can hold. The bits may be a mean over the tensor, and so no whole number.</summary>
    public static long CodesIn(Tensor words, double bits)
    {
        int bitsOfWord = words.ElementType switch
        {
            ElementType.I8 or ElementType.U8 => 8,
            ElementType.I16 or ElementType.U16 => 16,
            _ => 32,
        };
        return (long)(words.Count * (bitsOfWord / bits));
    }

    /// <summary>The table of unsigned codes less an offset.</summary>
    public static double[] Integers(int bits, int offset) => [.. Enumerable.Range(0, 1 << bits).Select(code => (double)(code - offset))];

    /// <summary>The table of a floating-point type of at most 8 bits.</summary>
    public static double[] Numbers(ElementEncoding encoding) => [.. Enumerable.Range(0, 1 << encoding.Bits).Select(encoding.ValueOf)];

    /// <inheritdoc/>
    protected override void ReadBox(long row, int rows, long column, int columns, Span<double> destination)
    {
        for (int i = 0; i < rows; i++)
            ReadRow(row + i, column, destination.Slice(i * columns, columns));
    }

    private void ReadRow(long row, long column, Span<double> destination)
    {
        long firstBit = column * _bits;
        long firstWord = firstBit / (8 * _bytesPerWord);
        int skip = (int)(firstBit - (firstWord * 8 * _bytesPerWord));
        int count = (int)((skip + ((long)destination.Length * _bits) + (8 * _bytesPerWord) - 1) / (8 * _bytesPerWord));
        double[] words = ArrayPool<double>.Shared.Rent(count);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(count * _bytesPerWord);
        try
        {
            _words.Read((row * _wordsPerRow) + firstWord, words.AsSpan(0, count));
            Unpack(words.AsSpan(0, count), bytes);
            ElementDecoder.DecodePacked(_table, _bits, bytes.AsSpan(skip / 8, (count * _bytesPerWord) - (skip / 8)), skip % 8, destination);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(words);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Unpack(ReadOnlySpan<double> words, Span<byte> bytes)
    {
        for (int i = 0; i < words.Length; i++)
        {
            uint word = (uint)(long)words[i];
            if (_bytesPerWord == 4)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * i)..], word);
            else
                bytes[i] = _order == CodeOrder.LowBitsFirst ? (byte)word : (byte)(((word & 0x0f) << 4) | ((word >> 4) & 0x0f));
        }
    }
}
