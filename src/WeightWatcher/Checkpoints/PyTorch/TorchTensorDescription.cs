using System.Collections.Immutable;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>What a pickle says of one tensor: a checked view of a storage, or the reason why there is none.</summary>
/// <param name="Shape">The shape, where it is known.</param>
/// <param name="View">The elements; null when they cannot be read.</param>
/// <param name="Quantizer">How the elements are codes; null when they are not.</param>
/// <param name="Reason">Why the elements cannot be read; null when they can.</param>
internal sealed record TorchTensorDescription(ImmutableArray<long> Shape, TorchTensorView? View, TorchQuantizer? Quantizer, string? Reason);

/// <summary>The scales of a quantized tensor.</summary>
/// <param name="Scheme">The scheme as PyTorch names it.</param>
/// <param name="Scales">One, or one per channel.</param>
/// <param name="ZeroPoints">As many.</param>
/// <param name="Axis">The axis of the channels.</param>
internal sealed record TorchQuantizer(string Scheme, double[] Scales, double[] ZeroPoints, int Axis);
