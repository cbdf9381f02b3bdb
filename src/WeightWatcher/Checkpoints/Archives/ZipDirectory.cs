using System.Buffers.Binary;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Archives;

/// <summary>
/// Where the central directory of a zip archive lies: the end record and its ZIP64 extension (PKWARE APPNOTE 4.3.14 to 4.3.16). The end
/// record must end the file and the directory must end at the end record, so that there is one way to read an archive and no room for a second one.
/// </summary>
/// <param name="Offset">The first byte of the central directory.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Entries">How many entries it claims.</param>
internal readonly record struct ZipDirectory(long Offset, long Length, long Entries)
{
    private const int EndLength = 22;
    private const int LocatorLength = 20;
    private const int End64Length = 56;
    private const uint EndSignature = 0x06054B50;
    private const uint LocatorSignature = 0x07064B50;
    private const uint End64Signature = 0x06064B50;

    /// <summary>Finds the central directory.</summary>
    public static ZipDirectory Find(ByteSource file)
    {
        int tailLength = (int)Math.Min(file.Length, EndLength + ushort.MaxValue + LocatorLength);
        byte[] tail = new byte[tailLength];
        file.Read(file.Length - tailLength, tail);
        int at = FindEnd(tail);
        if (at < 0)
        {
            throw new ArtifactException(ArtifactCodes.Truncated, "the zip archive has no end record at its end, so it is truncated or bytes were added to it")
            {
                Offset = file.Length,
            };
        }

        long end = file.Length - tailLength + at;
        ReadOnlySpan<byte> record = tail.AsSpan(at);
        ushort disk = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
        ushort directoryDisk = BinaryPrimitives.ReadUInt16LittleEndian(record[6..]);
        ushort entriesHere = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]);
        ushort entries = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        bool has64 = at >= LocatorLength && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at - LocatorLength)) == LocatorSignature;
        if (!has64)
        {
            if (disk != 0 || directoryDisk != 0 || entriesHere != entries)
                throw Bad("the zip archive is split over several files", end);
            return new ZipDirectory(offset, length, entries).Checked(file, end);
        }

        (ZipDirectory big, long end64) = Read64(file, tail.AsSpan(at - LocatorLength, LocatorLength), end);
        if ((entries != ushort.MaxValue && entries != big.Entries) || (length != uint.MaxValue && length != big.Length) || (offset != uint.MaxValue && offset != big.Offset))
            throw Bad("the ZIP64 end record and the end record of the zip archive disagree", end);
        return big.Checked(file, end64);
    }

    private static int FindEnd(ReadOnlySpan<byte> tail)
    {
        for (int at = tail.Length - EndLength; at >= 0 && at >= tail.Length - EndLength - ushort.MaxValue; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail[at..]) == EndSignature
                && BinaryPrimitives.ReadUInt16LittleEndian(tail[(at + 20)..]) == tail.Length - at - EndLength)
                return at;
        }

        return -1;
    }

    private static (ZipDirectory Directory, long Position) Read64(ByteSource file, ReadOnlySpan<byte> locator, long end)
    {
        ulong position = BinaryPrimitives.ReadUInt64LittleEndian(locator[8..]);
        if (position > (ulong)Math.Max(0, end - LocatorLength - End64Length))
            throw Bad("the ZIP64 end record lies outside the file", end - LocatorLength);
        byte[] record = new byte[End64Length];
        file.Read((long)position, record);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != End64Signature)
            throw Bad("the ZIP64 end record is not where its locator says", (long)position);
        ulong recordLength = BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(4));
        if (recordLength != (ulong)(end - LocatorLength) - position - 12)
            throw Bad("the ZIP64 end record has a wrong length", (long)position);
        ulong entries = BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(32));
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(40));
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(48));
        if (entries > long.MaxValue || length > long.MaxValue || offset > long.MaxValue)
            throw Bad("the ZIP64 end record holds impossible numbers", (long)position);
        return (new ZipDirectory((long)offset, (long)length, (long)entries), (long)position);
    }

    private ZipDirectory Checked(ByteSource file, long end)
    {
        if (Length > file.Length || Offset > file.Length || Offset + Length != end)
            throw Bad(FormattableString.Invariant($"the zip directory claims {Length} bytes at {Offset}, but must end at {end}"), end);
        return this;
    }

    private static ArtifactException Bad(string message, long offset) => new(ArtifactCodes.Malformed, message) { Offset = offset };
}
