using System.Collections.Immutable;

namespace WeightWatcher.Checkpoints.Safetensors;

/// <summary>One tensor as the header describes it, with nothing checked against the data yet but that the numbers are numbers.</summary>
/// <param name="Name">The key.</param>
/// <param name="DtypeName">The <c>dtype</c> string.</param>
/// <param name="Dtype">What that string means.</param>
/// <param name="Shape">Outermost axis first, each 0 or more.</param>
/// <param name="Begin">The first byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte, counted from the end of the header.</param>
/// <param name="HeaderOffset">Where the key stands in the file.</param>
internal readonly record struct SafetensorsEntry(
    string Name, string DtypeName, SafetensorsDtype Dtype, ImmutableArray<long> Shape, ulong Begin, ulong End, long HeaderOffset);
