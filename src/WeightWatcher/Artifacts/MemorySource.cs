namespace WeightWatcher.Artifacts;

/// <summary>Bytes held in memory: a decompressed entry, or a test's input.</summary>
public sealed class MemorySource(ReadOnlyMemory<byte> bytes) : ByteSource
{
    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        RequireInside(offset, destination.Length);
        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
    }
}
