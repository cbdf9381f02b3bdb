namespace WeightWatcher.Artifacts;

/// <summary>
/// Small reads at rising positions, served from one block that is read ahead. Skipping far ahead costs nothing: only the block at the new
/// position is read. For one thread.
/// </summary>
internal sealed class ReadAheadBuffer
{
    private const int LargestBlock = 64 * 1024;

    private readonly ByteSource _source;
    private readonly byte[] _block;
    private long _start;
    private int _count;

    /// <summary>A buffer over the whole source, never larger than the source.</summary>
    public ReadAheadBuffer(ByteSource source)
    {
        _source = source;
        _block = new byte[(int)Math.Min(LargestBlock, source.Length)];
    }

    /// <summary>The source.</summary>
    public ByteSource Source => _source;

    /// <summary>The bytes from a position on, up to the wanted number and fewer only at the end of the source.</summary>
    /// <param name="position">From 0 to the source's length.</param>
    /// <param name="wanted">Up to 4096.</param>
    /// <returns>A view that the next call may change.</returns>
    public ReadOnlySpan<byte> Peek(long position, int wanted)
    {
        wanted = (int)Math.Min(wanted, _source.Length - position);
        if (position < _start || position + wanted > _start + _count)
        {
            _count = 0;
            int count = (int)Math.Min(_block.Length, _source.Length - position);
            _source.Read(position, _block.AsSpan(0, count));
            _start = position;
            _count = count;
        }

        return _block.AsSpan((int)(position - _start), wanted);
    }
}
