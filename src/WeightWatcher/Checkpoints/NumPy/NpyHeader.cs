using System.Collections.Immutable;

namespace WeightWatcher.Checkpoints.NumPy;

/// <summary>What the dictionary at the start of an .npy file says.</summary>
/// <param name="Dtype">The element type as it is written, or <c>structured</c> where it is a list of fields.</param>
/// <param name="IsStructured">True when each element has fields.</param>
/// <param name="HoldsObjects">True when a field of a structured type is of Python objects.</param>
/// <param name="IsFortranOrder">True when the first axis is the fastest.</param>
/// <param name="Shape">Outermost axis first.</param>
internal sealed record NpyHeader(string Dtype, bool IsStructured, bool HoldsObjects, bool IsFortranOrder, ImmutableArray<long> Shape);
