namespace WeightWatcher.Checkpoints.Archives;

/// <summary>One file of a zip archive, as the central directory describes it.</summary>
/// <param name="Name">The name, with <c>/</c>; never absolute, never with <c>..</c>.</param>
/// <param name="Method">0 stored, 8 deflated.</param>
/// <param name="Flags">The general purpose bits.</param>
/// <param name="Crc">The CRC-32 of the uncompressed bytes.</param>
/// <param name="CompressedLength">Bytes in the archive.</param>
/// <param name="Length">Bytes when uncompressed.</param>
/// <param name="HeaderOffset">Where the local header starts, from the start of the file.</param>
internal sealed record ZipEntry(string Name, ushort Method, ushort Flags, uint Crc, long CompressedLength, long Length, long HeaderOffset)
{
    public const ushort Stored = 0;

    public const ushort Deflated = 8;
}
