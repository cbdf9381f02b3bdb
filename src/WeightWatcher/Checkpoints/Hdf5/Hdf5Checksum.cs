using System.Buffers.Binary;
using System.Numerics;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>
/// The checksum of structures of HDF5 files (HDF5 File Format Specification 3.0, the field "Checksum" of each): <c>hashlittle</c> of Bob Jenkins' lookup3
/// (https://burtleburtle.net/bob/c/lookup3.c) with the initial value 0.
/// </summary>
internal static class Hdf5Checksum
{
    /// <summary>The size of a checksum in the file, in bytes.</summary>
    public const int Size = sizeof(uint);

    private const int BlockBytes = 3 * sizeof(uint);

    /// <summary>The checksum of bytes; there may be none.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint a = 0xDEADBEEF + (uint)bytes.Length;
        uint b = a;
        uint c = a;
        if (bytes.IsEmpty)
            return c;
        for (; bytes.Length > BlockBytes; bytes = bytes[BlockBytes..])
        {
            Add(bytes, ref a, ref b, ref c);
            Mix(ref a, ref b, ref c);
        }

        // The last block, of 1 to 12 bytes, is filled up with zeros.
        Span<byte> last = stackalloc byte[BlockBytes];
        last.Clear();
        bytes.CopyTo(last);
        Add(last, ref a, ref b, ref c);
        return Finish(a, b, c);
    }

    private static void Add(ReadOnlySpan<byte> block, ref uint a, ref uint b, ref uint c)
    {
        a += BinaryPrimitives.ReadUInt32LittleEndian(block);
        b += BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
    }

    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        a = (a - c) ^ BitOperations.RotateLeft(c, 4);
        c += b;
        b = (b - a) ^ BitOperations.RotateLeft(a, 6);
        a += c;
        c = (c - b) ^ BitOperations.RotateLeft(b, 8);
        b += a;
        a = (a - c) ^ BitOperations.RotateLeft(c, 16);
        c += b;
        b = (b - a) ^ BitOperations.RotateLeft(a, 19);
        a += c;
        c = (c - b) ^ BitOperations.RotateLeft(b, 4);
        b += a;
    }

    private static uint Finish(uint a, uint b, uint c)
    {
        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        return (c ^ b) - BitOperations.RotateLeft(b, 24);
    }
}
