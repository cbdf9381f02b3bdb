using System.IO.Compression;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Archives;

/// <summary>
/// A zip archive, read in place (PKWARE APPNOTE 6.3.10). Stored entries are windows into the file; deflated ones are decompressed into memory
/// under the budget. Whatever lets two readers see two different archives is refused: headers that disagree, names used twice, entries that
/// overlap, bytes before or after the archive.
/// </summary>
internal sealed class ZipArchiveReader
{
    private readonly ByteSource _file;
    private readonly ReadMeter _meter;
    private readonly Dictionary<string, ZipEntry> _byName = new(StringComparer.Ordinal);
    private readonly List<ZipEntry> _entries = [];

    private ZipArchiveReader(ByteSource file, ReadMeter meter)
    {
        _file = file;
        _meter = meter;
    }

    /// <summary>The entries, in the order of the central directory; folders have names that end with <c>/</c>.</summary>
    public IReadOnlyList<ZipEntry> Entries => _entries;

    /// <summary>Reads the directory of an archive.</summary>
    /// <exception cref="ArtifactException">The archive is truncated, malformed, ambiguous or has unsafe names.</exception>
    public static ZipArchiveReader Open(ByteSource file, ReadMeter meter)
    {
        ZipDirectory directory = ZipDirectory.Find(file);
        if (directory.Entries > directory.Length / ZipHeaders.CentralLength)
            throw Bad("the zip directory is too short for the entries that it claims", directory.Offset);
        ZipArchiveReader archive = new(file, meter);
        long at = directory.Offset;
        for (long i = 0; i < directory.Entries; i++)
        {
            meter.Step();
            ZipEntry entry = ZipHeaders.ReadCentral(file, at, directory.Offset + directory.Length, meter, out long next);
            if (!archive._byName.TryAdd(entry.Name, entry))
                throw Bad($"the zip archive has two entries named '{Printable.Text(entry.Name)}'", at);
            archive._entries.Add(entry);
            at = next;
        }

        if (at != directory.Offset + directory.Length)
            throw Bad("the zip directory holds more than the entries that it claims", at);
        archive.RequireNoOverlap(directory.Offset);
        return archive;
    }

    /// <summary>The entry of a name, or null.</summary>
    public ZipEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The bytes of an entry.</summary>
    /// <param name="entry">An entry of this archive.</param>
    /// <param name="verify">
    /// Reads a stored entry through to compare its checksum. Not asked for tensor data, which would be read twice: numpy's is compared while it is read
    /// (<see cref="ChecksummedSource"/>), and PyTorch itself neither compares these checksums nor always writes them. What was deflated is always compared.
    /// </param>
    /// <param name="fileOffset">Where the bytes start in the file; null when they were decompressed.</param>
    public ByteSource OpenEntry(ZipEntry entry, bool verify, out long? fileOffset)
    {
        long start = ZipHeaders.DataOffset(_file, entry);
        ByteSource window = _file.Slice(start, entry.CompressedLength);
        if (entry.Method == ZipEntry.Stored)
        {
            fileOffset = start;
            if (verify)
                Verify(entry, Checksum(window));
            return window;
        }

        fileOffset = null;
        return new MemorySource(Inflate(entry, window));
    }

    private byte[] Inflate(ZipEntry entry, ByteSource compressed)
    {
        string shown = Printable.Text(entry.Name);
        if (entry.Length / Math.Max(1, entry.CompressedLength) > _meter.Limits.MaxDecompressionRatio || entry.Length > Array.MaxLength)
            throw new ArtifactException(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"zip entry '{shown}' claims to grow from {entry.CompressedLength} to {entry.Length} bytes")) { Offset = entry.HeaderOffset };
        _meter.Charge(entry.Length);
        byte[] bytes = new byte[(int)entry.Length];
        using DeflateStream stream = new(new ByteSourceStream(compressed), CompressionMode.Decompress);
        try
        {
            int filled = 0;
            while (filled < bytes.Length)
            {
                _meter.Step();
                int read = stream.Read(bytes, filled, Math.Min(bytes.Length - filled, 1 << 20));
                if (read == 0)
                    throw Bad(FormattableString.Invariant($"zip entry '{shown}' decompresses to {filled} bytes instead of {entry.Length}"), entry.HeaderOffset);
                filled += read;
            }

            if (stream.ReadByte() >= 0)
                throw Bad(FormattableString.Invariant($"zip entry '{shown}' decompresses to more than {entry.Length} bytes"), entry.HeaderOffset);
        }
        catch (Exception e) when (Decompression.IsFault(e))
        {
            throw new ArtifactException(ArtifactCodes.Malformed, $"zip entry '{shown}' cannot be decompressed", e) { Offset = entry.HeaderOffset };
        }

        Verify(entry, Crc32.Append(0, bytes));
        return bytes;
    }

    private uint Checksum(ByteSource source)
    {
        byte[] buffer = new byte[(int)Math.Min(source.Length, 64 * 1024)];
        uint crc = 0;
        for (long at = 0; at < source.Length; at += buffer.Length)
        {
            _meter.Step();
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, source.Length - at));
            source.Read(at, part);
            crc = Crc32.Append(crc, part);
        }

        return crc;
    }

    /// <summary>The fault of an entry whose bytes have another checksum than the directory says.</summary>
    public static ArtifactException WrongChecksum(ZipEntry entry, uint crc) =>
        Bad(FormattableString.Invariant($"zip entry '{Printable.Text(entry.Name)}' has checksum {crc:X8}, but the archive says {entry.Crc:X8}"), entry.HeaderOffset);

    private static void Verify(ZipEntry entry, uint crc)
    {
        if (crc != entry.Crc)
            throw WrongChecksum(entry, crc);
    }

    private void RequireNoOverlap(long directoryOffset)
    {
        long end = 0;
        foreach (ZipEntry entry in _entries.OrderBy(e => e.HeaderOffset))
        {
            if (entry.HeaderOffset < end || entry.HeaderOffset > directoryOffset || ZipHeaders.Extent(entry) > directoryOffset - entry.HeaderOffset)
                throw new ArtifactException(ArtifactCodes.OverlapOrHole, $"zip entry '{Printable.Text(entry.Name)}' overlaps another entry or the directory") { Offset = entry.HeaderOffset };
            end = entry.HeaderOffset + ZipHeaders.Extent(entry);
        }
    }

    private static ArtifactException Bad(string message, long offset) => new(ArtifactCodes.Malformed, message) { Offset = offset };
}
