using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Archives;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Keras;

/// <summary>
/// The <c>.keras</c> file of Keras 3: a zip archive of <c>config.json</c>, <c>metadata.json</c> and <c>model.weights.h5</c>. Only the weights are read; the configuration,
/// which names classes to load and may hold code, is required to be there and is not opened.
/// </summary>
internal sealed class KerasArchiveFormat : ICheckpointFormat
{
    private const string Weights = "model.weights.h5";
    private const string Configuration = "config.json";
    private const string Metadata = "metadata.json";

    /// <inheritdoc/>
    public string Name => "keras";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file)
    {
        if (!ZipHeaders.HasSignature(head))
            return false;
        try
        {
            ZipArchiveReader archive = ZipArchiveReader.Open(file, new ReadMeter(ReadLimits.ForSize(file.Length), CancellationToken.None));
            return archive.Find(Weights) is not null || (archive.Find(Configuration) is not null && archive.Find(Metadata) is not null);
        }
        catch (ArtifactException)
        {
            // A broken archive is ours when its first entry is one that Keras writes.
            return ZipHeaders.FirstName(head) is Weights or Metadata or Configuration;
        }
    }

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        ReadMeter meter = new(limits, cancellationToken);
        ZipArchiveReader archive = ZipArchiveReader.Open(file, meter);
        if (archive.Find(Configuration) is null)
            throw new ArtifactException(ArtifactCodes.Malformed, $"the Keras archive has no {Configuration}");
        if (archive.Find(Weights) is not { } weights)
            throw new ArtifactException(ArtifactCodes.Malformed, $"the Keras archive has no {Weights}");
        ByteSource hdf5 = archive.OpenEntry(weights, verify: true, out long? origin);
        return KerasTensors.Read(file, hdf5, origin ?? 0, Name, Name, meter);
    }
}
