using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Hdf5;

namespace WeightWatcher.Checkpoints.Keras;

/// <summary>
/// An HDF5 file: the weights or whole models of Keras 2 and 3 (<c>keras-h5</c>), or anything else that keeps arrays in HDF5 (<c>hdf5</c>). The configuration of a
/// model, which names classes and may hold code, is not even looked at.
/// </summary>
internal sealed class KerasHdf5Format : ICheckpointFormat
{
    private const string KerasName = "keras-h5";

    /// <inheritdoc/>
    public string Name => "hdf5";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file) => Hdf5File.FindSuperblock(head, file) is not null;

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken) =>
        KerasTensors.Read(file, file, 0, KerasName, Name, new ReadMeter(limits, cancellationToken));
}
