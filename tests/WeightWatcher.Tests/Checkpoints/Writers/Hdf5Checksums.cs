using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Hdf5;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>The checksums of HDF5 files, word by word, so that they share nothing with the reader's.</summary>
internal static partial class Hdf5Checksums
{
    private const int MostStructures = 64;

    /// <summary>A structure with its checksum behind it.</summary>
    public static byte[] Closed(params byte[] structure) => [.. structure, .. BitConverter.GetBytes(Of(structure))];

    /// <summary>Writes the right checksum behind a structure of a file.</summary>
    public static void Correct(byte[] file, int start, int length) => BitConverter.GetBytes(Of(file[start..(start + length)])).CopyTo(file, start + length);

    /// <summary>A file with the checksums that the reader finds wrong put right, so that what it does with damaged structures can be seen.</summary>
    public static byte[] Corrected(byte[] file)
    {
        byte[] corrected = [.. file];
        for (int i = 0; i < MostStructures; i++)
        {
            try
            {
                _ = Hdf5Contents.Read(new MemorySource(corrected), 0, new ReadMeter(ReadLimits.ForSize(corrected.Length), CancellationToken.None));
                break;
            }
            catch (ArtifactException e)
            {
                Match difference = Difference().Match(e.Message);
                if (!difference.Success || e.Offset is not { } start)
                    break;
                int at = corrected.AsSpan((int)start).IndexOf(BitConverter.GetBytes(Number(difference.Groups[2])));
                if (at < 0)
                    break;
                BitConverter.GetBytes(Number(difference.Groups[1])).CopyTo(corrected, (int)start + at);
            }
        }

        return corrected;
    }

    public static uint Of(byte[] bytes)
    {
        uint start = 0xDEADBEEF + (uint)bytes.Length;
        uint[] s = [start, start, start];
        if (bytes.Length == 0)
            return start;
        uint[] words = [.. bytes.Concat(new byte[(12 - (bytes.Length % 12)) % 12]).Chunk(4).Select(w => BitConverter.ToUInt32(w))];
        for (int i = 0; i < words.Length; i++)
        {
            s[i % 3] += words[i];
            if (i % 3 < 2 || i == words.Length - 1)
                continue;
            foreach ((int x, int rotation) in (ReadOnlySpan<(int, int)>)[(0, 4), (1, 6), (2, 8), (0, 16), (1, 19), (2, 4)])
            {
                int y = (x + 2) % 3;
                s[x] = (s[x] - s[y]) ^ BitOperations.RotateLeft(s[y], rotation);
                s[y] += s[(x + 1) % 3];
            }
        }

        foreach ((int x, int rotation) in (ReadOnlySpan<(int, int)>)[(2, 14), (0, 11), (1, 25), (2, 16), (0, 4), (1, 14), (2, 24)])
        {
            int y = (x + 2) % 3;
            s[x] = (s[x] ^ s[y]) - BitOperations.RotateLeft(s[y], rotation);
        }

        return s[2];
    }

    private static uint Number(Group hexadecimal) => uint.Parse(hexadecimal.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex("has checksum ([0-9A-F]{8}), but the file says ([0-9A-F]{8})")]
    private static partial Regex Difference();
}
