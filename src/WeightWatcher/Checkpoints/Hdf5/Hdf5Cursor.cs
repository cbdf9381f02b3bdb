using System.Buffers.Binary;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>Reads the fields of one structure of an HDF5 file one after the other; all numbers are little-endian. For one thread.</summary>
/// <param name="bytes">The structure.</param>
/// <param name="fileOffset">Where it starts in the file, for messages.</param>
/// <param name="addressBytes">The size of an address: 2, 4 or 8.</param>
/// <param name="lengthBytes">The size of a length: 2, 4 or 8.</param>
internal sealed class Hdf5Cursor(ReadOnlyMemory<byte> bytes, long fileOffset, int addressBytes, int lengthBytes)
{
    private int _position;

    /// <summary>Where the next field stands in the file.</summary>
    public long FileOffset => fileOffset + _position;

    /// <summary>How many bytes are left.</summary>
    public int Remaining => bytes.Length - _position;

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int count) => Memory(count).Span;

    /// <summary>The next bytes, not copied.</summary>
    public ReadOnlyMemory<byte> Memory(int count)
    {
        if (count < 0 || count > Remaining)
            throw Malformed(FormattableString.Invariant($"an HDF5 structure ends after {Remaining} bytes, inside a field of {count}"));
        _position += count;
        return bytes.Slice(_position - count, count);
    }

    /// <summary>Passes over bytes.</summary>
    public void Skip(int count) => _ = Memory(count);

    /// <summary>One byte.</summary>
    public byte U8() => Bytes(1)[0];

    /// <summary>Two bytes.</summary>
    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    /// <summary>Four bytes.</summary>
    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    /// <summary>A number of 1, 2, 4 or 8 bytes, at most <see cref="long.MaxValue"/>.</summary>
    public long Number(int size)
    {
        ulong value = Raw(size);
        return value <= long.MaxValue ? (long)value : throw Malformed(FormattableString.Invariant($"a number of {value} is larger than any file"));
    }

    /// <summary>A length.</summary>
    public long Length() => Number(lengthBytes);

    /// <summary>A length; -1 for all bits set, which is no limit.</summary>
    public long LengthOrUnlimited()
    {
        ulong value = Raw(lengthBytes);
        ulong unlimited = lengthBytes == sizeof(ulong) ? ulong.MaxValue : (1UL << (8 * lengthBytes)) - 1;
        return value == unlimited ? -1 : value <= long.MaxValue ? (long)value : throw Malformed(FormattableString.Invariant($"a number of {value} is larger than any file"));
    }

    /// <summary>An address, counted from the superblock; null for the undefined address, all bits set.</summary>
    public long? Address()
    {
        ulong value = Raw(addressBytes);
        ulong undefined = addressBytes == sizeof(ulong) ? ulong.MaxValue : (1UL << (8 * addressBytes)) - 1;
        if (value == undefined)
            return null;
        return value <= long.MaxValue ? (long)value : throw Malformed(FormattableString.Invariant($"the address {value} is outside any file"));
    }

    /// <summary>An address that must be defined.</summary>
    public long RequiredAddress(string what) => Address() ?? throw Malformed($"the address of {what} is undefined");

    /// <summary>A cursor over the next bytes, which are passed.</summary>
    public Hdf5Cursor Part(int count)
    {
        long start = FileOffset;
        return new Hdf5Cursor(Memory(count), start, addressBytes, lengthBytes);
    }

    /// <summary>The mark that a structure begins with.</summary>
    public void RequireSignature(ReadOnlySpan<byte> signature, string what)
    {
        if (!Bytes(signature.Length).SequenceEqual(signature))
            throw Malformed($"{what} does not stand where the file says");
    }

    /// <summary>Compares the checksum of the structure, its last four bytes, with the bytes before it, and takes it off the structure.</summary>
    /// <param name="what">The structure, for the message.</param>
    public void RequireChecksum(string what)
    {
        if (Remaining < Hdf5Checksum.Size)
            throw Malformed($"{what} is too short for its checksum");
        ReadOnlyMemory<byte> summed = bytes[..^Hdf5Checksum.Size];
        RequireChecksum(what, Hdf5Checksum.Of(summed.Span), BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[summed.Length..]));
        bytes = summed;
    }

    /// <summary>Compares the checksum of a structure with the one that the file gives.</summary>
    /// <exception cref="ArtifactException">They differ; its offset is the start of the structure.</exception>
    public void RequireChecksum(string what, uint computed, uint stated)
    {
        if (computed != stated)
            throw new ArtifactException(ArtifactCodes.Malformed, FormattableString.Invariant($"{what} has checksum {computed:X8}, but the file says {stated:X8}")) { Offset = fileOffset };
    }

    /// <summary>The fault at this place.</summary>
    public ArtifactException Malformed(string message) => new(ArtifactCodes.Malformed, message) { Offset = FileOffset };

    /// <summary>A well-formed structure of a kind that is not read.</summary>
    public ArtifactException Unsupported(string message) => new(ArtifactCodes.UnsupportedKind, message) { Offset = FileOffset };

    private ulong Raw(int size)
    {
        ReadOnlySpan<byte> field = Bytes(size);
        ulong value = 0;
        for (int i = field.Length - 1; i >= 0; i--)
            value = (value << 8) | field[i];
        return value;
    }
}
