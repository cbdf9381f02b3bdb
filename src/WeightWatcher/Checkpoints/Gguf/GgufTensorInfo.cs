using System.Collections.Immutable;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>One tensor as the header of a GGUF file describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Outermost axis first, the reverse of the file's order.</param>
/// <param name="Count">The product of <paramref name="Shape"/>.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Bytes">What its elements take, without padding.</param>
/// <param name="Offset">Where they begin, from the start of the data.</param>
/// <param name="HeaderOffset">Where the description begins in the file.</param>
internal sealed record GgufTensorInfo(string Name, ImmutableArray<long> Shape, long Count, GgmlType Type, long Bytes, ulong Offset, long HeaderOffset);
