using System.Buffers.Binary;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Archives;

/// <summary>The headers of zip entries (PKWARE APPNOTE 4.3.7, 4.3.12, 4.5.3).</summary>
internal static class ZipHeaders
{
    /// <summary>The length of a central header without its name, extra field and comment.</summary>
    public const int CentralLength = 46;

    private const int LocalLength = 30;
    private const uint CentralSignature = 0x02014B50;
    private const uint LocalSignature = 0x04034B50;
    private const ushort EncryptionFlags = 0x2041;
    private const ushort PatchFlag = 0x0020;
    private const ushort SizesFollowFlag = 0x0008;
    private const ushort Zip64Tag = 0x0001;
    private const uint SymbolicLink = 0xA000;
    private const uint FileTypeMask = 0xF000;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>True when a file starts as a zip archive does.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> head) => head.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(head) == LocalSignature;

    /// <summary>The name in the local header at the start of a file, or null when it is not there in full.</summary>
    public static string? FirstName(ReadOnlySpan<byte> head)
    {
        if (!HasSignature(head) || head.Length < LocalLength)
            return null;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(head[26..]);
        return head.Length < LocalLength + length ? null : Encoding.Latin1.GetString(head.Slice(LocalLength, length));
    }

    /// <summary>Reads one entry of the central directory.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="at">Where the entry starts.</param>
    /// <param name="end">Where the directory ends.</param>
    /// <param name="meter">Charged with what the entry holds.</param>
    /// <param name="next">Where the next entry starts.</param>
    public static ZipEntry ReadCentral(ByteSource file, long at, long end, ReadMeter meter, out long next)
    {
        Span<byte> part = stackalloc byte[CentralLength];
        if (end - at < CentralLength)
            throw Bad("the zip directory ends inside an entry", at);
        file.Read(at, part);
        if (BinaryPrimitives.ReadUInt32LittleEndian(part) != CentralSignature)
            throw Bad("an entry of the zip directory has a wrong signature", at);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(part[28..]);
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(part[30..]);
        next = at + CentralLength + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(part[32..]);
        if (next > end)
            throw Bad("the zip directory ends inside an entry", at);
        meter.Charge(200 + (4L * nameLength) + extraLength);
        byte[] variable = new byte[nameLength + extraLength];
        file.Read(at + CentralLength, variable);
        string name = SafeName(variable.AsSpan(0, nameLength), at);
        if (((BinaryPrimitives.ReadUInt32LittleEndian(part[38..]) >> 16) & FileTypeMask) == SymbolicLink)
            throw Bad($"zip entry '{Printable.Text(name)}' is a symbolic link", at);

        ReadOnlySpan<byte> big = Zip64Extra(variable.AsSpan(nameLength), at);
        long length = Complete(BinaryPrimitives.ReadUInt32LittleEndian(part[24..]), ref big, at);
        long compressed = Complete(BinaryPrimitives.ReadUInt32LittleEndian(part[20..]), ref big, at);
        long offset = Complete(BinaryPrimitives.ReadUInt32LittleEndian(part[42..]), ref big, at);
        return new ZipEntry(
            name,
            BinaryPrimitives.ReadUInt16LittleEndian(part[10..]),
            BinaryPrimitives.ReadUInt16LittleEndian(part[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(part[16..]),
            compressed,
            length,
            offset);
    }

    /// <summary>Compares an entry with its local header and gives the position of its bytes.</summary>
    /// <exception cref="ArtifactException">Encrypted, of an unknown method, or described differently in the two places.</exception>
    public static long DataOffset(ByteSource file, ZipEntry entry)
    {
        string shown = Printable.Text(entry.Name);
        if ((entry.Flags & EncryptionFlags) != 0)
            throw new ArtifactException(ArtifactCodes.UnsupportedKind, $"zip entry '{shown}' is encrypted") { Offset = entry.HeaderOffset };
        if ((entry.Flags & PatchFlag) != 0)
            throw Bad($"zip entry '{shown}' is a patch of another file", entry.HeaderOffset);
        if (entry.Method is not (ZipEntry.Stored or ZipEntry.Deflated))
        {
            throw new ArtifactException(
                ArtifactCodes.UnsupportedKind,
                FormattableString.Invariant($"zip entry '{shown}' is compressed by method {entry.Method}; stored (0) and deflated (8) can be read"))
            { Offset = entry.HeaderOffset };
        }

        if (entry.Method == ZipEntry.Stored && entry.CompressedLength != entry.Length)
            throw Bad($"zip entry '{shown}' is stored and has two lengths", entry.HeaderOffset);

        Span<byte> part = stackalloc byte[LocalLength];
        file.Read(entry.HeaderOffset, part);
        if (BinaryPrimitives.ReadUInt32LittleEndian(part) != LocalSignature)
            throw Bad($"zip entry '{shown}' has no local header where the directory says", entry.HeaderOffset);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(part[26..]);
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(part[28..]);
        byte[] variable = new byte[nameLength + extraLength];
        file.Read(entry.HeaderOffset + LocalLength, variable);
        if (SafeName(variable.AsSpan(0, nameLength), entry.HeaderOffset) != entry.Name)
            throw Bad($"zip entry '{shown}' has another name in its local header", entry.HeaderOffset);
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(part[6..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(part[8..]) != entry.Method || ((flags ^ entry.Flags) & (EncryptionFlags | PatchFlag | SizesFollowFlag)) != 0)
            throw Bad($"zip entry '{shown}' has another method or other flags in its local header", entry.HeaderOffset);

        ReadOnlySpan<byte> big = Zip64Extra(variable.AsSpan(nameLength), entry.HeaderOffset);
        long length = Complete(BinaryPrimitives.ReadUInt32LittleEndian(part[22..]), ref big, entry.HeaderOffset);
        long compressed = Complete(BinaryPrimitives.ReadUInt32LittleEndian(part[18..]), ref big, entry.HeaderOffset);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(part[14..]);
        bool follows = (flags & SizesFollowFlag) != 0;
        if (!Same(length, entry.Length, follows) || !Same(compressed, entry.CompressedLength, follows) || !Same(crc, entry.Crc, follows))
            throw Bad($"zip entry '{shown}' has another length or checksum in its local header", entry.HeaderOffset);
        return entry.HeaderOffset + LocalLength + nameLength + extraLength;
    }

    /// <summary>The least number of bytes that an entry takes in the archive.</summary>
    public static long Extent(ZipEntry entry) => LocalLength + entry.CompressedLength;

    private static bool Same(long local, long central, bool follows) => local == central || (follows && local == 0);

    private static string SafeName(ReadOnlySpan<byte> bytes, long at)
    {
        string name;
        try
        {
            name = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            name = Encoding.Latin1.GetString(bytes);
        }

        if (name.Length == 0 || name[0] == '/' || name.AsSpan().IndexOfAny('\\', '\0') >= 0 || (name.Length > 1 && name[1] == ':') || Array.IndexOf(name.Split('/'), "..") >= 0)
            throw new ArtifactException(ArtifactCodes.PathEscapes, $"zip entry '{Printable.Text(name)}' has a name that leads out of the archive") { Offset = at };
        return name;
    }

    private static ReadOnlySpan<byte> Zip64Extra(ReadOnlySpan<byte> extra, long at)
    {
        while (extra.Length >= 4)
        {
            ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - 4)
                throw Bad("an extra field of a zip header is longer than the header", at);
            if (tag == Zip64Tag)
                return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }

        return [];
    }

    private static long Complete(uint value, ref ReadOnlySpan<byte> big, long at)
    {
        if (value != uint.MaxValue || big.IsEmpty)
            return value;
        if (big.Length < 8)
            throw Bad("the ZIP64 field of a zip header is too short", at);
        ulong complete = BinaryPrimitives.ReadUInt64LittleEndian(big);
        big = big[8..];
        return complete <= long.MaxValue ? (long)complete : throw Bad("a length in a zip header is impossible", at);
    }

    private static ArtifactException Bad(string message, long offset) => new(ArtifactCodes.Malformed, message) { Offset = offset };
}
