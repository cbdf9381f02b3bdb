using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;

namespace WeightWatcher.Checkpoints;

/// <summary>
/// A named array in an artifact: its description, and a way to read its elements on demand. Nothing is held in memory but the description.
/// </summary>
/// <remarks>Elements are numbered in logical row-major (C) order whatever the order in the file, so that a view, a transposed storage and a copy read alike.</remarks>
public abstract class Tensor
{
    private const int SinglesBlock = 1 << 16;

    /// <summary>The full name in the artifact, for example <c>encoder.0.linear.weight</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The length of each axis, outermost first, each 0 or more; empty for a scalar.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>How the elements are stored.</summary>
    public required ElementType ElementType { get; init; }

    /// <summary>The element type as the format spells it, for messages and for types that are not decoded.</summary>
    public required string ElementTypeName { get; init; }

    /// <summary>What the source says about the axes.</summary>
    public TensorLayout Layout { get; init; }

    /// <summary>True when the tensor is optimizer state (moments, steps), which is never a layer.</summary>
    public bool IsOptimizerState { get; init; }

    /// <summary>
    /// Equal for two tensors of one artifact exactly when they are the same elements of the same storage (tied weights); null when the
    /// format cannot share storage.
    /// </summary>
    public object? StorageIdentity { get; init; }

    /// <summary>The number of elements: the product of <see cref="Shape"/>, checked when the tensor was made.</summary>
    public required long Count { get; init; }

    /// <summary>
    /// The relative precision of one stored element: 2^-52 for F64, 2^-23 for F32, 2^-10 for F16, 2^-7 for BF16; of the coarsest step for what was quantized.
    /// </summary>
    public virtual double StoredEpsilon => ElementType switch
    {
        ElementType.F64 => Math.ScaleB(1, -52),
        ElementType.F16 => Math.ScaleB(1, -10),
        ElementType.BF16 => Math.ScaleB(1, -7),
        _ => Math.ScaleB(1, -23),
    };

    /// <summary>True when the elements are real floating-point numbers, or codes that <see cref="Read"/> turns into such.</summary>
    public virtual bool IsFloatingPoint => ElementType is ElementType.F64 or ElementType.F32 or ElementType.F16 or ElementType.BF16;

    /// <summary>True when all elements may be zero without a fault: the difference of a weight that was not trained.</summary>
    internal virtual bool MayBeZero => false;

    /// <summary>Reads elements as double precision numbers, exactly (each stored value is representable).</summary>
    /// <param name="start">The first element, in logical row-major order, 0 to <see cref="Count"/>.</param>
    /// <param name="destination">Receives <c>destination.Length</c> elements; may be empty.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the tensor.</exception>
    /// <exception cref="Artifacts.ArtifactException">The bytes cannot be read.</exception>
    public abstract void Read(long start, Span<double> destination);

    /// <summary>Reads elements as single precision numbers, rounded to nearest where they have more digits.</summary>
    /// <inheritdoc cref="Read"/>
    public virtual void ReadSingles(long start, Span<float> destination)
    {
        double[] block = ArrayPool<double>.Shared.Rent(Math.Min(destination.Length, SinglesBlock));
        try
        {
            for (int at = 0; at < destination.Length; at += SinglesBlock)
            {
                Span<double> part = block.AsSpan(0, Math.Min(SinglesBlock, destination.Length - at));
                Read(start + at, part);
                Narrow(part, destination.Slice(at, part.Length));
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(block);
        }
    }

    private static void Narrow(ReadOnlySpan<double> doubles, Span<float> singles)
    {
        int i = 0;
        for (; i <= singles.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Narrow(new Vector<double>(doubles[i..]), new Vector<double>(doubles[(i + Vector<double>.Count)..])).CopyTo(singles[i..]);
        for (; i < singles.Length; i++)
            singles[i] = (float)doubles[i];
    }
}
