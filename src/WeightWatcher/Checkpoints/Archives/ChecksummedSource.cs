using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.Archives;

/// <summary>
/// Bytes whose CRC-32 is compared while they are read, so that they need not be read for it alone: each byte is summed once, in order, when a read first reaches it, and the read that
/// reaches the last one compares. Only bytes that a read leaps over are read twice.
/// </summary>
/// <param name="source">The bytes.</param>
/// <param name="expected">Their checksum.</param>
/// <param name="mismatch">Makes the fault of another checksum, which is given.</param>
internal sealed class ChecksummedSource(ByteSource source, uint expected, Func<uint, ArtifactException> mismatch) : ByteSource
{
    private const int BlockBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private long _summed;
    private uint _crc;

    /// <inheritdoc/>
    public override long Length => source.Length;

    /// <inheritdoc/>
    /// <exception cref="ArtifactException">All bytes are read and their checksum is another; so it is with every later read.</exception>
    public override void Read(long offset, Span<byte> destination)
    {
        source.Read(offset, destination);
        if (destination.IsEmpty)
            return;
        lock (_gate)
        {
            if (_summed < offset)
                SumTo(offset);
            if (_summed < offset + destination.Length)
                Sum(destination[(int)(_summed - offset)..]);
            if (_summed == Length && _crc != expected)
                throw mismatch(_crc);
        }
    }

    private void SumTo(long end)
    {
        byte[] block = new byte[(int)Math.Min(end - _summed, BlockBytes)];
        while (_summed < end)
        {
            Span<byte> part = block.AsSpan(0, (int)Math.Min(end - _summed, block.Length));
            source.Read(_summed, part);
            Sum(part);
        }
    }

    private void Sum(ReadOnlySpan<byte> next)
    {
        _crc = Crc32.Append(_crc, next);
        _summed += next.Length;
    }
}
