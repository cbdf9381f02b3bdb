using System.Collections.Immutable;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>Where the elements of a tensor lie in a storage, all counted in elements.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Type">The type of the elements, when the tensor says it; else the storage's.</param>
/// <param name="Offset">The first element.</param>
/// <param name="Shape">The length of each axis, outermost first.</param>
/// <param name="Strides">The distance between neighbours on each axis.</param>
internal sealed record TorchTensorView(
    TorchStorage Storage,
    TorchElementType Type,
    long Offset,
    ImmutableArray<long> Shape,
    ImmutableArray<long> Strides)
{
    /// <summary>The byte of the storage's bytes at which the element with all indices 0 starts.</summary>
    public long FirstByte => Storage.FirstByte + (Offset * Type.Size);
}
