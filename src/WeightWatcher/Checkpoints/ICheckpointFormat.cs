using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints;

/// <summary>One file format: how it is recognised and how it is read. Implementations hold no state.</summary>
internal interface ICheckpointFormat
{
    /// <summary>The name that reports and messages use.</summary>
    string Name { get; }

    /// <summary>Tells by content alone whether a file is of this format, well-formed or not.</summary>
    /// <param name="head">The first bytes of the file, up to 4096.</param>
    /// <param name="file">The whole file, for formats whose mark is elsewhere.</param>
    bool Recognizes(ReadOnlySpan<byte> head, ByteSource file);

    /// <summary>Reads the description of every tensor. The elements are read later, on demand.</summary>
    /// <param name="file">The artifact; owned by the returned checkpoint on success, by the caller on failure.</param>
    /// <param name="limits">The budget.</param>
    /// <param name="cancellationToken">Looked at often enough to stop within 100 ms.</param>
    /// <exception cref="ArtifactException">The file is malformed, unsafe or exceeds a limit.</exception>
    Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken);
}
