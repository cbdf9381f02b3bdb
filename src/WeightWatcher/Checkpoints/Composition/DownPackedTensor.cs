using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>Codes of a matrix that share 32-bit words down the columns, the first row in the low bits; rows that do not fill a word are padded.</summary>
internal sealed class DownPackedTensor : RowTensor
{
    private readonly Tensor _words;
    private readonly int _bits;
    private readonly int _offset;

    /// <summary>Describes a matrix.</summary>
    /// <param name="words">[rows x bits / 32, columns], rounded up.</param>
    /// <param name="shape">[rows, columns].</param>
    /// <param name="bits">2, 4 or 8.</param>
    /// <param name="offset">What a stored code exceeds its value by.</param>
    [SetsRequiredMembers]
    public DownPackedTensor(Tensor words, ImmutableArray<long> shape, int bits, int offset)
    {
        Name = words.Name;
        Shape = shape;
        Count = shape[0] * shape[1];
        ElementType = ElementType.Other;
        ElementTypeName = words.ElementTypeName;
        _words = words;
        _bits = bits;
        _offset = offset;
    }

    /// <inheritdoc/>
    protected override void ReadBox(long row, int rows, long column, int columns, Span<double> destination)
    {
        int perWord = 32 / _bits;
        uint mask = (1u << _bits) - 1;
        for (int i = 0; i < rows; i++)
        {
            Span<double> line = destination.Slice(i * columns, columns);
            _words.Read(((row + i) / perWord * Shape[1]) + column, line);
            int shift = (int)((row + i) % perWord) * _bits;
            for (int j = 0; j < line.Length; j++)
                line[j] = (int)(((uint)(long)line[j] >> shift) & mask) - _offset;
        }
    }
}
