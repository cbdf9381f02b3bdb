using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.NumPy;

/// <summary>One array in a file of its own, <c>numpy.save</c>'s .npy. The tensor takes the file's name without its extension.</summary>
internal sealed class NpyFormat : ICheckpointFormat
{
    /// <inheritdoc/>
    public string Name => "npy";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file) => NpyArray.HasSignature(head);

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        ReadMeter meter = new(limits, cancellationToken);
        (Tensor? tensor, UnreadableTensor? unreadable) = NpyArray.Describe(file, Path.GetFileNameWithoutExtension(file.Path), 0, meter);
        return new Checkpoint { Format = Name, Tensors = tensor is null ? [] : [tensor], Unreadable = unreadable is null ? [] : [unreadable], Files = [file] };
    }
}
