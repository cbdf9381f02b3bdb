using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>A run of elements that tensors are views of.</summary>
/// <param name="Key">What tells it from the file's other storages; views of one storage have the key of that storage.</param>
/// <param name="Type">The type that the storage was saved with.</param>
/// <param name="Bytes">The whole storage that the key names.</param>
/// <param name="FirstByte">Where the storage starts in those bytes; not 0 for a view of a storage.</param>
/// <param name="Count">How many elements of <paramref name="Type"/> it has, 0 or more.</param>
/// <param name="IsBigEndian">True when the most significant byte of an element comes first.</param>
internal sealed record TorchStorage(string Key, TorchElementType Type, ByteSource Bytes, long FirstByte, long Count, bool IsBigEndian);
