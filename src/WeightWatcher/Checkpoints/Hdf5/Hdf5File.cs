using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Detection;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>
/// An HDF5 file with its superblock read (HDF5 File Format Specification 3.0, section II.A), versions 0 to 3. Addresses count from the superblock,
/// which a user block may precede.
/// </summary>
internal sealed class Hdf5File
{
    private const int LastSearchedPosition = 1 << 20;
    private const int FirstUserBlock = 512;
    private const int LongestSuperblock = 96;
    private const byte FirstWithChecksum = 2;

    private readonly ByteSource _space;
    private readonly long _start;
    private int _addressBytes = sizeof(ulong);
    private int _lengthBytes = sizeof(ulong);

    private Hdf5File(ByteSource space, long start, ReadMeter meter)
    {
        _space = space;
        _start = start;
        Meter = meter;
    }

    /// <summary>The budget of the read.</summary>
    public ReadMeter Meter { get; }

    /// <summary>The address of the root group's object header.</summary>
    public long Root { get; private set; }

    /// <summary>Bytes of an address.</summary>
    public int AddressBytes => _addressBytes;

    /// <summary>Bytes of a length.</summary>
    public int LengthBytes => _lengthBytes;

    /// <summary>Where the superblock stands: at 0, 512, 1024, 2048 and so on; null when there is none.</summary>
    public static long? FindSuperblock(ReadOnlySpan<byte> head, ByteSource file)
    {
        if (head.StartsWith(BinarySignatures.Hdf5))
            return 0;
        Span<byte> signature = stackalloc byte[8];
        for (long at = FirstUserBlock; at <= LastSearchedPosition && at + signature.Length <= file.Length; at *= 2)
        {
            if (at + signature.Length <= head.Length)
                head.Slice((int)at, signature.Length).CopyTo(signature);
            else
                file.Read(at, signature);
            if (signature.SequenceEqual(BinarySignatures.Hdf5))
                return at;
        }

        return null;
    }

    /// <summary>Reads the superblock.</summary>
    /// <param name="source">The HDF5 file, or the entry of an archive that is one.</param>
    /// <param name="origin">Where <paramref name="source"/> starts in the artifact, for messages.</param>
    /// <param name="meter">The budget.</param>
    /// <exception cref="ArtifactException">There is none, it is malformed, or the file is shorter than it says.</exception>
    public static Hdf5File Open(ByteSource source, long origin, ReadMeter meter)
    {
        byte[] head = new byte[(int)Math.Min(FirstUserBlock + 8, source.Length)];
        source.Read(0, head);
        if (FindSuperblock(head, source) is not { } start)
            throw new ArtifactException(ArtifactCodes.Malformed, "no HDF5 superblock was found") { Offset = origin };
        Hdf5File file = new(source.Slice(start, source.Length - start), origin + start, meter);
        file.ReadSuperblock(source.Length);
        return file;
    }

    /// <summary>A cursor over a structure; its bytes are charged to the budget.</summary>
    public Hdf5Cursor At(long address, long length)
    {
        RequireInside(address, length);
        Meter.Step();
        Meter.Charge(length);
        byte[] bytes = new byte[checked((int)length)];
        _space.Read(address, bytes);
        return new Hdf5Cursor(bytes, _start + address, _addressBytes, _lengthBytes);
    }

    /// <summary>A cursor behind the signature of a structure whose checksum follows it and was compared.</summary>
    /// <param name="address">Where the structure stands.</param>
    /// <param name="length">Its bytes from the signature on, without the checksum.</param>
    /// <param name="signature">The mark that it begins with; empty when it has none.</param>
    /// <param name="what">The structure, for messages.</param>
    /// <exception cref="ArtifactException">It is not there, or the checksum is another.</exception>
    public Hdf5Cursor Checked(long address, long length, ReadOnlySpan<byte> signature, string what)
    {
        RequireInside(address, length);
        Hdf5Cursor cursor = At(address, length + Hdf5Checksum.Size);
        cursor.RequireSignature(signature, what);
        cursor.RequireChecksum(what);
        return cursor;
    }

    /// <summary>A window of the file; nothing is read.</summary>
    public ByteSource Window(long address, long length)
    {
        RequireInside(address, length);
        return _space.Slice(address, length);
    }

    /// <summary>How many bytes there are from an address on.</summary>
    public long SpaceAfter(long address) => Math.Max(0, _space.Length - address);

    /// <summary>Where an address is in the whole file.</summary>
    public long FileOffset(long address) => _start + address;

    private void RequireInside(long address, long length)
    {
        if (length > _space.Length || address > _space.Length - length)
        {
            throw new ArtifactException(
                ArtifactCodes.Truncated,
                FormattableString.Invariant($"the HDF5 file should have {length} bytes at address {address}, but it has only {_space.Length}"))
            { Offset = _start + Math.Min(address, _space.Length) };
        }
    }

    private void ReadSuperblock(long fileLength)
    {
        Hdf5Cursor cursor = At(0, Math.Min(LongestSuperblock, _space.Length));
        cursor.Skip(8);
        byte version = cursor.U8();
        if (version > 3)
            throw cursor.Unsupported(FormattableString.Invariant($"the HDF5 superblock has version {version}; 0 to 3 can be read"));
        if (version < 2)
            cursor.Skip(4);
        _addressBytes = Size(cursor.U8(), cursor);
        _lengthBytes = Size(cursor.U8(), cursor);
        cursor.Skip(version switch { 0 => 1 + 4 + 4, 1 => 1 + 4 + 4 + 4, _ => 1 });

        if (version >= FirstWithChecksum)
            At(0, cursor.FileOffset - _start + (4 * _addressBytes) + Hdf5Checksum.Size).RequireChecksum("the HDF5 superblock");
        cursor = At(cursor.FileOffset - _start, Math.Min(LongestSuperblock, _space.Length - (cursor.FileOffset - _start)));
        _ = cursor.Address();
        _ = cursor.Address();
        long end = cursor.RequiredAddress("the end of the file");
        if (end > fileLength)
        {
            throw new ArtifactException(
                ArtifactCodes.Truncated, FormattableString.Invariant($"the HDF5 file should have {end} bytes and has {fileLength}: {end - fileLength} are missing"))
            { Offset = FileOffset(_space.Length) };
        }

        if (version < 2)
        {
            if (cursor.Address() is not null)
                throw cursor.Unsupported("the HDF5 file is one of a family of files; write it as a single file");
            _ = cursor.Address();
        }

        Root = cursor.RequiredAddress("the root group");
    }

    private static int Size(byte size, Hdf5Cursor cursor) =>
        size is 2 or 4 or 8 ? size : throw cursor.Malformed(FormattableString.Invariant($"addresses or lengths of {size} bytes are impossible"));
}
