using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace WeightWatcher.Tests.Hostile;

/// <summary>
/// Damages inputs as bad disks, bad downloads and bad people do: bits, runs, cuts, pieces of other inputs, and above all numbers that lie: lengths, counts
/// and offsets that were right, one off, at the limits of their type, or of the wrong sign.
/// </summary>
internal sealed class Mutator(ReaderTarget target, Random random)
{
    private const int MostChanges = 4;
    private const int LongestRun = 32;
    private const int MostBytes = 16 * 1024;

    private static readonly ulong[] Limits =
    [
        0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x3FFFFFFFFFFFFFFF, 0x4000000000000001,
        long.MaxValue - 1, long.MaxValue, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue,
    ];

    private static readonly string[] Decimals =
    [
        "0", "1", "-1", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e308", "1e999", "0.5", "00", "99999999999999999999999999",
    ];

    /// <summary>A damaged copy of one of the target's seeds, with at least one byte.</summary>
    public byte[] Next()
    {
        byte[] bytes = [.. target.Seeds[random.Next(target.Seeds.Length)].Bytes];
        for (int changes = random.Next(1, MostChanges + 1); changes > 0 && bytes.Length > 0; changes--)
            bytes = target.IsProtobuf && random.Next(2) == 0 ? ProtobufTree.Mutate(bytes, random, Limits) : Change(bytes);
        if (bytes.Length > MostBytes)
            bytes = bytes[..MostBytes];
        return bytes.Length == 0 ? [(byte)random.Next(256)] : bytes;
    }

    private byte[] Change(byte[] bytes)
    {
        int at = random.Next(bytes.Length);
        int length = random.Next(1, Math.Min(LongestRun, bytes.Length - at) + 1);
        switch (random.Next(13))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                bytes.AsSpan(at, length).Fill((byte)(random.Next(3) * 0x7F));
                return bytes;
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                return bytes[..at];
            case 6:
                bytes.AsSpan(at, length).ToArray().CopyTo(bytes, random.Next(bytes.Length - length + 1));
                return bytes;
            case 7:
                byte[] other = target.Seeds[random.Next(target.Seeds.Length)].Bytes;
                return [.. bytes[..at], .. other[random.Next(other.Length)..]];
            case 8 when !target.Words.IsEmpty:
                return [.. bytes[..at], .. Encoding.Latin1.GetBytes(target.Words[random.Next(target.Words.Length)]), .. bytes[at..]];
            case 9:
                return Decimal(bytes, at);
            case 10:
                return Lie(bytes, at);
            default:
                Write(bytes.AsSpan(at), Limits[random.Next(Limits.Length)], 1 << random.Next(4));
                return bytes;
        }
    }

    /// <summary>Changes what may be a length, count or offset: a number from there on that is not larger than twice the input.</summary>
    private byte[] Lie(byte[] bytes, int from)
    {
        int size = 1 << random.Next(1, 4);
        for (int at = from; at + size <= bytes.Length; at++)
        {
            ulong value = Read(bytes.AsSpan(at, size));
            if (value == 0 || value > 2 * (ulong)bytes.Length)
                continue;
            ulong[] lies = [value - 1, value + 1, value * 2, 0, (ulong)bytes.Length, (ulong)bytes.Length - (ulong)at, ulong.MaxValue - value, value | (1UL << ((size * 8) - 1))];
            Write(bytes.AsSpan(at), lies[random.Next(lies.Length)], size);
            break;
        }

        return bytes;
    }

    /// <summary>Replaces a number in digits, or what comes first after the position when there is none.</summary>
    private byte[] Decimal(byte[] bytes, int from)
    {
        int start = from;
        while (start < bytes.Length && !char.IsAsciiDigit((char)bytes[start]))
            start++;
        int end = start;
        while (end < bytes.Length && char.IsAsciiDigit((char)bytes[end]))
            end++;
        string written = Encoding.ASCII.GetString(bytes, start, end - start);
        string number = long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && random.Next(2) == 0
            ? (value + (random.Next(2) == 0 ? 1 : -1)).ToString(CultureInfo.InvariantCulture)
            : Decimals[random.Next(Decimals.Length)];
        return [.. bytes[..start], .. Encoding.ASCII.GetBytes(number), .. bytes[end..]];
    }

    private static ulong Read(ReadOnlySpan<byte> bytes)
    {
        Span<byte> number = stackalloc byte[8];
        bytes.CopyTo(number);
        return BinaryPrimitives.ReadUInt64LittleEndian(number);
    }

    private void Write(Span<byte> bytes, ulong value, int size)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        number = number[..Math.Min(size, bytes.Length)];
        if (random.Next(8) == 0)
            number.Reverse();
        number.CopyTo(bytes);
    }
}
