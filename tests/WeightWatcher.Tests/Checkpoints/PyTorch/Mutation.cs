using System.Buffers.Binary;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>Damages bytes as bad disks, bad downloads and bad people do.</summary>
internal static class Mutation
{
    private static readonly ulong[] Interesting = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x4000000000000001, long.MaxValue, ulong.MaxValue];

    /// <summary>A copy with one to four damages.</summary>
    public static byte[] Of(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        int damages = random.Next(1, 5);
        for (int i = 0; i < damages && bytes.Length > 0; i++)
            bytes = Damage(bytes, random);
        return bytes.Length == 0 ? [0] : bytes;
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length);
        int length = random.Next(1, Math.Min(32, bytes.Length - at) + 1);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                Span<byte> number = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(number, Interesting[random.Next(Interesting.Length)]);
                int size = Math.Min(1 << random.Next(4), bytes.Length - at);
                number[..size].CopyTo(bytes.AsSpan(at));
                return bytes;
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                return bytes[..at];
            default:
                int from = random.Next(bytes.Length - length + 1);
                bytes.AsSpan(from, length).ToArray().CopyTo(bytes, at);
                return bytes;
        }
    }
}
