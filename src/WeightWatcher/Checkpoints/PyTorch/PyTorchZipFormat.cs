using System.Collections.Immutable;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Archives;
using WeightWatcher.Checkpoints.PyTorch.Pickles;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>
/// The zip checkpoint of <c>torch.save</c> since 1.6, and TorchScript archives: <c>root/data.pkl</c>, <c>root/data/key</c> for each storage,
/// <c>root/byteorder</c>, and in TorchScript <c>root/code/</c> and <c>root/constants.pkl</c> (torch/serialization.py, caffe2/serialize/inline_container.h).
/// </summary>
internal sealed class PyTorchZipFormat : ICheckpointFormat
{
    private const string PickleName = "/data.pkl";
    private const int MaxByteOrderLength = 16;

    /// <inheritdoc/>
    public string Name => "pytorch";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file)
    {
        if (!ZipHeaders.HasSignature(head))
            return false;
        try
        {
            ZipArchiveReader archive = ZipArchiveReader.Open(file, new ReadMeter(TorchCheckpoint.Limits(ReadLimits.ForSize(file.Length), file.Length), CancellationToken.None));
            return archive.Entries.Any(e => e.Name is "data.pkl" || e.Name.EndsWith(PickleName, StringComparison.Ordinal) || IsModelJson(e.Name))
                || (archive.Entries.Any(e => e.Name.EndsWith("/version", StringComparison.Ordinal)) && archive.Entries.Any(e => IsStorage(e.Name)));
        }
        catch (ArtifactException)
        {
            // A broken archive is ours when its first entry is one that PyTorch writes.
            string? first = ZipHeaders.FirstName(head);
            return first is not null && (first.EndsWith(PickleName, StringComparison.Ordinal) || first.EndsWith("/version", StringComparison.Ordinal)
                || first.EndsWith("/byteorder", StringComparison.Ordinal) || first.EndsWith("/.format_version", StringComparison.Ordinal) || IsStorage(first));
        }
    }

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        ReadMeter meter = new(TorchCheckpoint.Limits(limits, file.Length), cancellationToken);
        ZipArchiveReader archive = ZipArchiveReader.Open(file, meter);
        string root = Root(archive);
        bool isScript = archive.Find(root + "/constants.pkl") is not null || archive.Entries.Any(e => e.Name.StartsWith(root + "/code/", StringComparison.Ordinal));
        bool isBigEndian = IsBigEndian(archive, root);
        List<(TorchTensorNode Node, ITorchStorages Storages)> found = [];
        Add(found, archive, root + PickleName, new ZipTorchStorages(archive, root + "/data/", isBigEndian), null, meter);
        if (isScript && archive.Find(root + "/constants.pkl") is not null)
            Add(found, archive, root + "/constants.pkl", new ZipTorchStorages(archive, root + "/constants/", isBigEndian), new TorchPath(null, "constants", IsKey: false), meter);
        ImmutableArray<string> notes = isBigEndian ? ["The checkpoint was written on a big-endian machine."] : [];
        return TorchCheckpoint.Assemble(isScript ? "torchscript" : Name, file, found, meter, notes);
    }

    private static void Add(
        List<(TorchTensorNode Node, ITorchStorages Storages)> found,
        ZipArchiveReader archive,
        string name,
        ZipTorchStorages storages,
        TorchPath? path,
        ReadMeter meter)
    {
        ByteSource bytes = archive.OpenEntry(archive.Find(name)!, verify: true, out long? fileOffset);
        PickleInput input = new(bytes, 0, fileOffset);
        PickleValue root = Unpickler.Read(input, meter, []);
        if (input.Position != bytes.Length)
            throw new ArtifactException(ArtifactCodes.Malformed, FormattableString.Invariant($"{bytes.Length - input.Position} bytes follow the pickle of '{Printable.Text(name)}'")) { Offset = fileOffset + input.Position };
        foreach (TorchTensorNode node in new TorchGraphWalk(meter, TorchStorageReference.IsStorage).Find(root, path))
            found.Add((node, storages));
    }

    private static string Root(ZipArchiveReader archive)
    {
        List<string> roots = [.. archive.Entries
            .Where(e => e.Name.EndsWith(PickleName, StringComparison.Ordinal) && e.Name.IndexOf('/', StringComparison.Ordinal) == e.Name.Length - PickleName.Length)
            .Select(e => e.Name[..^PickleName.Length])];
        if (roots.Count == 1)
            return roots[0];
        if (roots.Count > 1)
            throw new ArtifactException(ArtifactCodes.Malformed, $"the archive has data.pkl in two folders, '{Printable.Text(roots[0])}' and '{Printable.Text(roots[1])}'");
        if (archive.Entries.Any(e => IsModelJson(e.Name)))
            throw new ArtifactException(ArtifactCodes.UnsupportedKind, "the archive is TorchScript of PyTorch 1.3 or older (model.json); load it and save it again with a newer PyTorch");
        throw new ArtifactException(ArtifactCodes.Malformed, "the archive has the entries of a PyTorch checkpoint, but no data.pkl in a top folder");
    }

    private static bool IsBigEndian(ZipArchiveReader archive, string root)
    {
        if (archive.Find(root + "/byteorder") is not { } entry)
            return false;
        ByteSource bytes = archive.OpenEntry(entry, verify: true, out _);
        byte[] text = new byte[(int)Math.Min(bytes.Length, MaxByteOrderLength)];
        bytes.Read(0, text);
        return Encoding.Latin1.GetString(text).Trim() switch
        {
            "little" => false,
            "big" => true,
            string other => throw new ArtifactException(ArtifactCodes.Malformed, $"the byte order is '{Printable.Text(other)}', neither little nor big"),
        };
    }

    private static bool IsModelJson(string name) => name.EndsWith("/model.json", StringComparison.Ordinal);

    private static bool IsStorage(string name)
    {
        int at = name.IndexOf("/data/", StringComparison.Ordinal);
        return at > 0 && name.Length > at + 6 && name.AsSpan(at + 6).IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
