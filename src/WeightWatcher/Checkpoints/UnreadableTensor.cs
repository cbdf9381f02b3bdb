using System.Collections.Immutable;

namespace WeightWatcher.Checkpoints;

/// <summary>Something that the artifact names as a tensor and that cannot be given as one; it is reported, never dropped.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Shape">Its shape where that is known, else empty.</param>
/// <param name="Reason">Why it is not read: <c>sparse</c>, <c>string elements</c>, <c>quantized codes</c>.</param>
public sealed record UnreadableTensor(string Name, ImmutableArray<long> Shape, string Reason);
