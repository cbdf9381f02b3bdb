using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>How a matrix is covered by blocks that have a scale each. Blocks at the end of a row or column may be cut.</summary>
/// <param name="Rows">The rows of a block.</param>
/// <param name="Columns">The columns of a block.</param>
/// <param name="GridRows">How many blocks lie one under the other in a matrix.</param>
/// <param name="GridColumns">How many blocks lie side by side.</param>
internal readonly record struct ScaleBlocks(long Rows, long Columns, long GridRows, long GridColumns);

/// <summary>
/// Codes with a scale per block of each matrix: (code - zero point) x scale x factor. Covers one scale per tensor, per row, per group of a row, and per
/// two-dimensional block.
/// </summary>
internal sealed class BlockScaledTensor : RowTensor
{
    private readonly Tensor _codes;
    private readonly Tensor _scales;
    private readonly ScaleBlocks _blocks;
    private readonly long _height;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="shape">The shape of the numbers, that of <paramref name="codes"/> or another with the same order of elements; the last two axes are a matrix.</param>
    /// <param name="codes">The codes, read as numbers.</param>
    /// <param name="scales">One for each block, matrix by matrix, row-major.</param>
    /// <param name="blocks">The blocks of one matrix.</param>
    [SetsRequiredMembers]
    public BlockScaledTensor(string name, ImmutableArray<long> shape, Tensor codes, Tensor scales, ScaleBlocks blocks)
    {
        Name = name;
        Shape = shape;
        Count = codes.Count;
        ElementType = ElementType.Other;
        ElementTypeName = codes.ElementTypeName;
        IsOptimizerState = codes.IsOptimizerState;
        StorageIdentity = codes.StorageIdentity;
        _codes = codes;
        _scales = scales;
        _blocks = blocks;
        _height = shape.Length < 2 ? 1 : shape[^2];
    }

    /// <summary>As many zero points as scales, or null for none.</summary>
    public Tensor? ZeroPoints { get; init; }

    /// <summary>The block of each column, or null where blocks are runs of columns.</summary>
    public GroupIndex? GroupOfColumn { get; init; }

    /// <summary>Numbers that every element is multiplied by; each tensor has one element.</summary>
    public ImmutableArray<Tensor> Factors { get; init; } = [];

    /// <summary>A number that every element is divided by; the tensor has one element.</summary>
    public Tensor? Divisor { get; init; }

    /// <summary>A constant factor.</summary>
    public double Factor { get; init; } = 1;

    /// <inheritdoc/>
    public override double StoredEpsilon => _codes.ElementType switch
    {
        ElementType.I8 => Math.ScaleB(1, -7),
        ElementType.U8 => Math.ScaleB(1, -8),
        _ => _codes.StoredEpsilon,
    };

    /// <inheritdoc/>
    protected override void ReadBox(long row, int rows, long column, int columns, Span<double> destination)
    {
        ReadOnlySpan<int> groups = GroupOfColumn is null ? [] : GroupOfColumn.Read();
        long firstBlock = groups.IsEmpty ? column / _blocks.Columns : 0;
        int count = groups.IsEmpty ? (int)(((column + columns - 1) / _blocks.Columns) - firstBlock + 1) : (int)_blocks.GridColumns;
        double[] scales = ArrayPool<double>.Shared.Rent(count);
        double[]? zeros = ZeroPoints is null ? null : ArrayPool<double>.Shared.Rent(count);
        try
        {
            double factor = Factor;
            foreach (Tensor tensor in Factors)
                factor *= Scalar(tensor);
            if (Divisor is not null)
                factor /= Scalar(Divisor);
            long width = Shape.IsEmpty ? 1 : Shape[^1];
            long known = -1;
            _codes.Read((row * width) + column, destination);
            for (int i = 0; i < rows; i++)
            {
                long at = row + i;
                long gridRow = (at / _height * _blocks.GridRows) + (at % _height / _blocks.Rows);
                if (gridRow != known)
                {
                    long first = (gridRow * _blocks.GridColumns) + firstBlock;
                    _scales.Read(first, scales.AsSpan(0, count));
                    ZeroPoints?.Read(first, zeros.AsSpan(0, count));
                    known = gridRow;
                }

                Span<double> elements = destination.Slice(i * columns, columns);
                if (groups.IsEmpty)
                    Scale(elements, column, firstBlock, scales, zeros, factor);
                else
                    Scale(elements, groups.Slice((int)column, columns), scales, zeros, factor);
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scales);
            if (zeros is not null)
                ArrayPool<double>.Shared.Return(zeros);
        }
    }

    private void Scale(Span<double> elements, long column, long firstBlock, double[] scales, double[]? zeros, double factor)
    {
        for (int at = 0; at < elements.Length;)
        {
            long block = (column + at) / _blocks.Columns;
            int end = (int)Math.Min(elements.Length, ((block + 1) * _blocks.Columns) - column);
            double scale = scales[block - firstBlock];
            double zero = zeros is null ? 0 : zeros[block - firstBlock];
            for (; at < end; at++)
                elements[at] = (elements[at] - zero) * scale * factor;
        }
    }

    private static void Scale(Span<double> elements, ReadOnlySpan<int> groups, double[] scales, double[]? zeros, double factor)
    {
        for (int at = 0; at < elements.Length; at++)
            elements[at] = (elements[at] - (zeros is null ? 0 : zeros[groups[at]])) * scales[groups[at]] * factor;
    }

    private static double Scalar(Tensor tensor)
    {
        double value = 0;
        tensor.Read(0, new Span<double>(ref value));
        return value;
    }
}
