using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.PyTorch.Pickles;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>The storages of a legacy file: one after the other behind its pickles, each an 8-byte count of elements and then the elements.</summary>
internal sealed class LegacyTorchStorages : ITorchStorages
{
    private readonly Dictionary<string, (ByteSource Bytes, long Count)> _storages = new(StringComparer.Ordinal);

    /// <summary>Locates the storages.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">Where the first storage starts.</param>
    /// <param name="keys">The list of keys that the file gives, in the order of the storages.</param>
    /// <param name="references">The persistent references of the object; they tell the types.</param>
    /// <param name="isBigEndianHost">True when the file says that a big-endian machine wrote it.</param>
    /// <param name="meter">The budget.</param>
    /// <exception cref="ArtifactException">A storage is truncated, unknown, given twice or followed by anything.</exception>
    /// <remarks>
    /// PyTorch writes the elements in little endian on every machine (torch/csrc/serialization.cpp, <c>writeFileRaw</c>); only the count was
    /// written in the machine's own order by its early versions. The reference tells the count too, which decides.
    /// </remarks>
    public LegacyTorchStorages(ByteSource file, long start, PickleValue keys, List<PicklePersistent> references, bool isBigEndianHost, ReadMeter meter)
    {
        Dictionary<string, TorchStorageReference> known = new(StringComparer.Ordinal);
        foreach (PicklePersistent reference in references)
        {
            meter.Step();
            if (TorchStorageReference.Parse(reference.Id) is { } storage)
                known.TryAdd(storage.Key, storage);
        }

        if (keys is not PickleSequence { Sequence: PickleSequenceKind.List } list)
            throw new ArtifactException(ArtifactCodes.Malformed, $"expected the list of storage keys, found {keys.Kind}");
        Span<byte> number = stackalloc byte[sizeof(long)];
        long at = start;
        foreach (PickleValue item in list.Items)
        {
            meter.Step();
            string key = TorchStorageReference.KeyText(item);
            string shown = Printable.Text(key);
            if (!known.TryGetValue(key, out TorchStorageReference? reference))
                throw new ArtifactException(ArtifactCodes.Malformed, $"storage '{shown}' is in the file, but no tensor refers to it") { Offset = at };
            if (reference.Type is not { } type)
                throw new ArtifactException(ArtifactCodes.UnknownElementType, $"storage '{shown}' is of the unknown type {Printable.Text(reference.TypeName)}") { Offset = at };
            if (file.Length - at < number.Length)
                throw Truncated(shown, at, file);
            file.Read(at, number);
            long count = BitConverter.ToInt64(number);
            if (isBigEndianHost && count != reference.Count)
                count = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(count);
            if (count != reference.Count)
                throw new ArtifactException(ArtifactCodes.TensorOutOfBounds, FormattableString.Invariant($"storage '{shown}' has {count} elements where it lies and {reference.Count} where it is referred to")) { Offset = at };
            at += number.Length;
            if (count * type.Size > file.Length - at)
                throw Truncated(shown, at, file);
            if (!_storages.TryAdd(key, (file.Slice(at, count * type.Size), count)))
                throw new ArtifactException(ArtifactCodes.Malformed, $"storage '{shown}' is in the file twice") { Offset = at };
            at += count * type.Size;
        }

        if (at != file.Length)
            throw new ArtifactException(ArtifactCodes.Malformed, FormattableString.Invariant($"{file.Length - at} bytes follow the last storage")) { Offset = at };
    }

    /// <inheritdoc/>
    public TorchStorage? Find(PickleValue id)
    {
        TorchStorageReference? reference = TorchStorageReference.Parse(id);
        if (reference?.Type is not { } type)
            return null;
        if (!_storages.TryGetValue(reference.Key, out (ByteSource Bytes, long Count) storage))
            throw new ArtifactException(ArtifactCodes.ReferencedFileMissing, $"storage '{Printable.Text(reference.Key)}' is not in the file");
        (long offset, long count) = reference.View is { } view ? (view.Offset, view.Count) : (0, reference.Count);
        long held = storage.Bytes.Length / type.Size;
        if (offset > held || count > held - offset)
            throw new ArtifactException(ArtifactCodes.TensorOutOfBounds, FormattableString.Invariant($"elements {offset} to {offset + (Int128)count} of storage '{Printable.Text(reference.Key)}' are wanted, which has {held}"));
        return new TorchStorage(reference.Key, type, storage.Bytes, offset * type.Size, count, IsBigEndian: false);
    }

    /// <inheritdoc/>
    public TorchTensorView? FindTensor(PickleValue id) => null;

    private static ArtifactException Truncated(string key, long at, ByteSource file) =>
        new(ArtifactCodes.Truncated, FormattableString.Invariant($"storage '{key}' ends after the end of the file, {file.Length} bytes")) { Offset = at };
}
