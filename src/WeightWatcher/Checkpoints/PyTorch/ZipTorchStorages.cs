using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Archives;
using WeightWatcher.Checkpoints.PyTorch.Pickles;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>The storages of a zip checkpoint: one entry for each, named by its key.</summary>
/// <param name="archive">The archive.</param>
/// <param name="folder">The folder of the entries with its closing <c>/</c>: <c>root/data/</c> or <c>root/constants/</c>.</param>
/// <param name="isBigEndian">What the archive's <c>byteorder</c> says.</param>
internal sealed class ZipTorchStorages(ZipArchiveReader archive, string folder, bool isBigEndian) : ITorchStorages
{
    private readonly Dictionary<string, ByteSource> _opened = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public TorchStorage? Find(PickleValue id)
    {
        TorchStorageReference? reference = TorchStorageReference.Parse(id);
        if (reference?.Type is not { } type)
            return null;
        ByteSource bytes = Open(reference.Key);
        if (reference.Count * type.Size > bytes.Length)
        {
            throw new ArtifactException(
                ArtifactCodes.TensorOutOfBounds,
                FormattableString.Invariant($"storage '{Printable.Text(reference.Key)}' should have {reference.Count} elements of {type.Size} bytes, but its entry has {bytes.Length} bytes"));
        }

        return new TorchStorage(folder + reference.Key, type, bytes, 0, reference.Count, isBigEndian);
    }

    /// <inheritdoc/>
    public TorchTensorView? FindTensor(PickleValue id) => null;

    private ByteSource Open(string key)
    {
        if (_opened.TryGetValue(key, out ByteSource? bytes))
            return bytes;
        if (key.AsSpan().IndexOfAny('/', '\\') >= 0 || key is "" or "." or "..")
            throw new ArtifactException(ArtifactCodes.PathEscapes, $"the storage key '{Printable.Text(key)}' is a path");
        if (archive.Find(folder + key) is not { } entry)
            throw new ArtifactException(ArtifactCodes.ReferencedFileMissing, $"storage '{Printable.Text(key)}' has no entry '{Printable.Text(folder + key)}' in the archive");
        bytes = archive.OpenEntry(entry, verify: false, out _);
        _opened.Add(key, bytes);
        return bytes;
    }
}
