using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Archives;
using WeightWatcher.Checkpoints.PyTorch.Pickles;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>
/// The tar archive of <c>torch.save</c> up to 0.1.9: members <c>sys_info</c>, <c>pickle</c>, <c>storages</c> and <c>tensors</c>
/// (torch/serialization.py, <c>_legacy_load</c>, <c>legacy_load</c>).
/// </summary>
internal sealed class PyTorchTarFormat : ICheckpointFormat
{
    /// <inheritdoc/>
    public string Name => "pytorch-tar";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file)
    {
        if (!TarArchiveReader.HasSignature(head))
            return false;
        try
        {
            TarArchiveReader archive = TarArchiveReader.Open(file, new ReadMeter(ReadLimits.ForSize(file.Length), CancellationToken.None));
            return archive.Names.Contains("pickle") && archive.Names.Contains("storages") && archive.Names.Contains("tensors");
        }
        catch (ArtifactException)
        {
            string first = System.Text.Encoding.Latin1.GetString(head[..100]).TrimEnd('\0');
            return first is "sys_info" or "pickle" or "storages" or "tensors";
        }
    }

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        ReadMeter meter = new(TorchCheckpoint.Limits(limits, file.Length), cancellationToken);
        TarArchiveReader archive = TarArchiveReader.Open(file, meter);
        TarTorchStorages storages = new(archive, meter);
        ByteSource pickle = archive.Require("pickle", out long offset);
        PickleValue root = Unpickler.Read(new PickleInput(pickle, 0, offset), meter, []);
        List<(TorchTensorNode Node, ITorchStorages Storages)> found =
            [.. new TorchGraphWalk(meter, storages.Knows).Find(root, null).Select(node => (node, (ITorchStorages)storages))];
        return TorchCheckpoint.Assemble(Name, file, found, meter, []);
    }
}
