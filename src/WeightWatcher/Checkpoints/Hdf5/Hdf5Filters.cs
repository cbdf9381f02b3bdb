using System.Globalization;
using System.IO.Compression;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Archives;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>What was done to each chunk before it was written: byte shuffling and deflate (HDF5 File Format Specification 3.0, section IV.A.2.l).</summary>
internal sealed class Hdf5Filters
{
    private const int Deflate = 1;
    private const int Shuffle = 2;
    private const int FirstNamed = 256;
    private const int MaxFilters = 32;

    private readonly List<(int Id, int ElementBytes)> _filters = [];

    /// <summary>Why the chunks cannot be restored, or null when they can.</summary>
    public string? WhyUnreadable { get; private set; }

    /// <summary>True when there are filters.</summary>
    public bool Any => _filters.Count > 0;

    /// <summary>True when a chunk may be stored in fewer bytes than it has.</summary>
    public bool Compresses => _filters.Exists(f => f.Id == Deflate);

    /// <summary>Reads a filter pipeline message; no message is no filter.</summary>
    public static Hdf5Filters Read(Hdf5Cursor? cursor)
    {
        Hdf5Filters filters = new();
        if (cursor is null)
            return filters;
        byte version = cursor.U8();
        if (version is not (1 or 2))
            throw cursor.Unsupported(FormattableString.Invariant($"a filter pipeline has version {version}; 1 and 2 can be read"));
        int count = cursor.U8();
        if (count > MaxFilters)
            throw cursor.Malformed(FormattableString.Invariant($"a dataset has {count} filters; HDF5 allows {MaxFilters}"));
        cursor.Skip(version == 1 ? 6 : 0);
        for (int i = 0; i < count; i++)
        {
            int id = cursor.U16();
            int nameBytes = version == 1 || id >= FirstNamed ? cursor.U16() : 0;
            cursor.Skip(2);
            int values = cursor.U16();
            cursor.Skip(version == 1 ? (nameBytes + 7) / 8 * 8 : nameBytes);
            uint first = values > 0 ? cursor.U32() : 0;
            cursor.Skip(4 * Math.Max(0, values - 1));
            cursor.Skip(version == 1 && values % 2 == 1 ? 4 : 0);
            filters.Add(id, first);
        }

        return filters;
    }

    /// <summary>Undoes the filters of one chunk, the last first.</summary>
    /// <param name="stored">The bytes in the file.</param>
    /// <param name="skipped">Bit i is set when filter i was not applied to this chunk.</param>
    /// <param name="chunk">Receives the chunk.</param>
    /// <param name="fileOffset">Where the stored bytes are, for messages.</param>
    public void Restore(ByteSource stored, uint skipped, byte[] chunk, long fileOffset)
    {
        List<(int Id, int ElementBytes)> applied = [.. _filters.Where((_, i) => (skipped & (1u << i)) == 0)];
        if (applied.Exists(f => f.Id == Deflate))
        {
            Inflate(stored, chunk, fileOffset);
        }
        else
        {
            if (stored.Length != chunk.Length)
                throw Bad(FormattableString.Invariant($"a chunk has {stored.Length} bytes, expected {chunk.Length}"), fileOffset);
            stored.Read(0, chunk);
        }

        for (int i = applied.Count - 1; i >= 0; i--)
        {
            if (applied[i].Id == Shuffle)
                Unshuffle(chunk, applied[i].ElementBytes);
        }
    }

    private void Add(int id, uint value)
    {
        if (id is not (Deflate or Shuffle))
            WhyUnreadable ??= string.Create(CultureInfo.InvariantCulture, $"its chunks went through HDF5 filter {id}; deflate (1) and shuffle (2) are read");
        else if (_filters.Exists(f => f.Id == id))
            WhyUnreadable ??= "its chunks went through one HDF5 filter twice";
        else
            _filters.Add((id, (int)Math.Clamp(value, 1, 1 << 20)));
        // A shuffle after the compression would shuffle the compressed bytes.
        if (id == Shuffle && Compresses)
            WhyUnreadable ??= "its chunks were shuffled after they were compressed";
    }

    private static void Inflate(ByteSource stored, byte[] chunk, long fileOffset)
    {
        using ZLibStream stream = new(new ByteSourceStream(stored), CompressionMode.Decompress);
        try
        {
            int filled = stream.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
            if (filled < chunk.Length)
                throw Bad(FormattableString.Invariant($"a chunk decompresses to {filled} bytes, expected {chunk.Length}"), fileOffset);
            if (stream.ReadByte() >= 0)
                throw Bad(FormattableString.Invariant($"a chunk decompresses to more than its {chunk.Length} bytes"), fileOffset);
        }
        catch (Exception e) when (Decompression.IsFault(e))
        {
            throw new ArtifactException(ArtifactCodes.Malformed, "a chunk cannot be decompressed", e) { Offset = fileOffset };
        }
    }

    /// <summary>Shuffled bytes are all first bytes of the elements, then all second bytes, and so on; what is left over stays at the end.</summary>
    private static void Unshuffle(byte[] chunk, int elementBytes)
    {
        int count = chunk.Length / elementBytes;
        byte[] shuffled = [.. chunk];
        for (int b = 0; b < elementBytes; b++)
        {
            for (int i = 0; i < count; i++)
                chunk[(i * elementBytes) + b] = shuffled[(b * count) + i];
        }
    }

    private static ArtifactException Bad(string message, long offset) => new(ArtifactCodes.Malformed, message) { Offset = offset };
}
