using System.Collections.Immutable;

namespace WeightWatcher.Checkpoints;

/// <summary>Something that the artifact names as a tensor and that cannot be given as one; it is reported, never dropped.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Shape">Its shape where that is known, else empty.</param>
/// <param name="Reason">Why it is not read: <c>sparse</c>, <c>string elements</c>, <c>quantized codes</c>.</param>
public sealed record UnreadableTensor(string Name, ImmutableArray<long> Shape, string Reason)
{
    /// <summary>
    /// The weights of the model that it stands for and that are therefore not analysed, 0 or more. 0 for what is no weight, and for the scales and codes of a weight that is
    /// read.
    /// </summary>
    public long Parameters { get; init; }

    /// <summary>A weight that cannot be read: as many parameters as its shape has elements, none where the shape is not known.</summary>
    internal static UnreadableTensor Weight(string name, ImmutableArray<long> shape, string reason) =>
        new(name, shape, reason) { Parameters = shape.IsEmpty ? 0 : TensorShape.TryCount(shape.AsSpan(), out long count) ? count : long.MaxValue };
}
