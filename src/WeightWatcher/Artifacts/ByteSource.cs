namespace WeightWatcher.Artifacts;

/// <summary>
/// A random-access, read-only run of bytes: a file, a part of one, or a decompressed entry in memory. Positions are zero-based and in bytes.
/// Implementations are safe for concurrent reads.
/// </summary>
public abstract class ByteSource
{
    /// <summary>The number of bytes, 0 or more.</summary>
    public abstract long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on.</summary>
    /// <exception cref="ArtifactException">Any byte asked for lies outside the source (<c>WWG2003</c>), or the file cannot be read.</exception>
    public abstract void Read(long offset, Span<byte> destination);

    /// <summary>A window of this source; reading it reads this source. No bytes are copied.</summary>
    /// <exception cref="ArtifactException">The window lies outside the source (<c>WWG2003</c>).</exception>
    public virtual ByteSource Slice(long offset, long length) => new WindowSource(this, offset, length);

    /// <summary>Throws <c>WWG2003</c> when [offset, offset + length) is not inside [0, Length).</summary>
    protected void RequireInside(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length || length > Length - offset)
        {
            throw new ArtifactException(
                Codes.ArtifactCodes.Truncated,
                FormattableString.Invariant($"expected {length} bytes at {offset}, but only {Math.Max(0, Length - Math.Max(0, offset))} of {Length} are there"))
            {
                Offset = offset,
            };
        }
    }

    private sealed class WindowSource : ByteSource
    {
        private readonly ByteSource _whole;
        private readonly long _start;

        public WindowSource(ByteSource whole, long start, long length)
        {
            whole.RequireInside(start, length);
            _whole = whole;
            _start = start;
            Length = length;
        }

        public override long Length { get; }

        public override void Read(long offset, Span<byte> destination)
        {
            RequireInside(offset, destination.Length);
            _whole.Read(_start + offset, destination);
        }

        public override ByteSource Slice(long offset, long length)
        {
            RequireInside(offset, length);
            return _whole.Slice(_start + offset, length);
        }
    }
}
