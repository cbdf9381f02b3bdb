using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// Codes with a scale for each run of elements, counted over the whole tensor whatever its rows: code x scale + offset (the block-wise quantization of
/// bitsandbytes, https://arxiv.org/abs/2110.02861 section 2, and microscaling formats whose rows are whole runs).
/// </summary>
internal sealed class RunScaledTensor : Tensor
{
    private readonly Tensor _codes;
    private readonly Tensor _scales;
    private readonly long _runLength;
    private readonly double _offset;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="shape">The shape of the numbers.</param>
    /// <param name="codes">The codes, read as numbers, in row-major order.</param>
    /// <param name="scales">One for each run.</param>
    /// <param name="runLength">The elements of a run; the last may be shorter.</param>
    /// <param name="offset">Added to every element.</param>
    [SetsRequiredMembers]
    public RunScaledTensor(string name, ImmutableArray<long> shape, Tensor codes, Tensor scales, long runLength, double offset = 0)
    {
        Name = name;
        Shape = shape;
        Count = codes.Count;
        ElementType = ElementType.Other;
        ElementTypeName = codes.ElementTypeName;
        IsOptimizerState = codes.IsOptimizerState;
        _codes = codes;
        _scales = scales;
        _runLength = runLength;
        _offset = offset;
    }

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <inheritdoc/>
    public override double StoredEpsilon => _codes.StoredEpsilon;

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        _codes.Read(start, destination);
        if (destination.IsEmpty)
            return;
        long first = start / _runLength;
        double[] scales = new double[(int)(((start + destination.Length - 1) / _runLength) - first + 1)];
        _scales.Read(first, scales);
        for (int i = 0; i < destination.Length; i++)
            destination[i] = (destination[i] * scales[((start + i) / _runLength) - first]) + _offset;
    }
}
