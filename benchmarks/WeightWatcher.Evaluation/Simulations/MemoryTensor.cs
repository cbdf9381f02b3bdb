using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Evaluation.Simulations;

/// <summary>A tensor of numbers in memory, so that a simulation needs no file for each layer.</summary>
internal sealed class MemoryTensor : Tensor
{
    private readonly float[] _values;

    /// <summary>Describes a tensor.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Its elements, row-major.</param>
    [SetsRequiredMembers]
    public MemoryTensor(ImmutableArray<long> shape, float[] values)
    {
        Name = "w.weight";
        Shape = shape;
        Count = values.Length;
        ElementType = ElementType.F32;
        ElementTypeName = "F32";
        _values = values;
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = _values[start + i];
    }

    /// <inheritdoc/>
    public override void ReadSingles(long start, Span<float> destination) => _values.AsSpan((int)start, destination.Length).CopyTo(destination);
}
