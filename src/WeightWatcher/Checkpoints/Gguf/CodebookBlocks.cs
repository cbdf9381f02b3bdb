using System.Buffers.Binary;
using System.Numerics;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>
/// Blocks of 256 elements whose codes stand for points of a codebook: <c>block_iq1_s</c> to <c>block_iq3_s</c> of ggml's ggml-common.h. Groups of 32 elements have a scale of their own, in
/// some types two, one for each half; a point is eight elements, or four in the IQ3 types.
/// </summary>
internal static class CodebookBlocks
{
    private const int Groups = 8;
    private const int GroupLength = 32;
    private const int Octet = 8;

    /// <summary>What all points of an IQ1 group are moved by, up or down.</summary>
    private const float Shift = 0.125f;

    /// <summary>
    /// d, then for each group four indices and a word of four sets of signs (7 bits each) under a 4-bit scale: d (scale + 1/2) / 4 times the point.
    /// </summary>
    public static void IQ2_XXS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        for (int group = 0; group < Groups; group++)
        {
            ReadOnlySpan<byte> codes = block.Slice(2 + (8 * group), 8);
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(codes[4..]);
            float scale = d * (0.5f + (word >> 28)) * 0.25f;
            for (int i = 0; i < 4; i++)
                Point(scale, Codebooks.IQ2_XXS, codes[i], EvenSigns(word >> (7 * i)), values.Slice((GroupLength * group) + (Octet * i), Octet));
        }
    }

    /// <summary>d, 32 words of an index (9 bits) and signs (7 bits), 4-bit scales for groups of 16: d (scale + 1/2) / 4 times the point.</summary>
    public static void IQ2_XS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        for (int i = 0; i < 4 * Groups; i++)
        {
            int word = BinaryPrimitives.ReadUInt16LittleEndian(block[(2 + (2 * i))..]);
            Point(HalfGroupScale(d, block[66 + (i / 4)], i), Codebooks.IQ2_XS, word & 511, EvenSigns((uint)word >> 9), values.Slice(Octet * i, Octet));
        }
    }

    /// <summary>d, 32 bytes of indices, 32 of signs, 8 of upper index bits (2 for each point), 4-bit scales for groups of 16: d (scale + 1/2) / 4 times the point.</summary>
    public static void IQ2_S(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        for (int i = 0; i < 4 * Groups; i++)
        {
            int upper = (block[66 + (i / 4)] >> (2 * (i % 4))) & 3;
            Point(HalfGroupScale(d, block[74 + (i / 4)], i), Codebooks.IQ2_S, block[2 + i] | (upper << 8), block[34 + i], values.Slice(Octet * i, Octet));
        }
    }

    /// <summary>d, 64 bytes of indices, and for each group a word of four sets of signs (7 bits each) under a 4-bit scale: d (scale + 1/2) / 2 times the point.</summary>
    public static void IQ3_XXS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        for (int i = 0; i < 4 * Groups; i++)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(block[(66 + (4 * (i / 4)))..]);
            float scale = d * (0.5f + (word >> 28)) * 0.5f;
            PairOfPoints(scale, Codebooks.IQ3_XXS, block[2 + (2 * i)], block[3 + (2 * i)], EvenSigns(word >> (7 * (i % 4))), values.Slice(Octet * i, Octet));
        }
    }

    /// <summary>d, 64 bytes of indices, 8 of ninth index bits, 32 of signs, a 4-bit scale for each group: d (1 + 2 scale) times the point.</summary>
    public static void IQ3_S(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        for (int i = 0; i < 4 * Groups; i++)
        {
            int group = i / 4;
            int ninth = block[66 + group] >> (2 * (i % 4));
            float scale = d * (1 + (2 * ((block[106 + (group / 2)] >> (4 * (group % 2))) & 15)));
            PairOfPoints(
                scale, Codebooks.IQ3_S, block[2 + (2 * i)] | ((ninth & 1) << 8), block[3 + (2 * i)] | ((ninth & 2) << 7), block[74 + i], values.Slice(Octet * i, Octet));
        }
    }

    /// <summary>
    /// d, 32 bytes of indices, and for each group a word of four upper parts of indices (3 bits each), a 3-bit scale and the direction of the shift: d (1 + 2 scale) times the shifted point.
    /// </summary>
    public static void IQ1_S(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        for (int i = 0; i < 4 * Groups; i++)
        {
            int word = BinaryPrimitives.ReadUInt16LittleEndian(block[(34 + (2 * (i / 4)))..]);
            int index = block[2 + i] | (((word >> (3 * (i % 4))) & 7) << 8);
            ShiftedPoint(d * ((2 * ((word >> 12) & 7)) + 1), index, (word & 0x8000) != 0, values.Slice(Octet * i, Octet));
        }
    }

    /// <summary>
    /// 32 bytes of indices, 32 halves of bytes with an upper part (3 bits) and the direction of the shift, four words with the four 3-bit scales of two groups each, whose upper halves
    /// of a byte are d: d (1 + 2 scale) times the shifted point.
    /// </summary>
    public static void IQ1_M(ReadOnlySpan<byte> block, Span<float> values)
    {
        Span<ushort> words = stackalloc ushort[4];
        int bits = 0;
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt16LittleEndian(block[(48 + (2 * i))..]);
            bits |= (words[i] >> 12) << (4 * i);
        }

        float d = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
        for (int i = 0; i < 4 * Groups; i++)
        {
            int half = (block[32 + (i / 2)] >> (4 * (i % 2))) & 15;
            int scale = (words[i / 8] >> (3 * (i / 2 % 4))) & 7;
            ShiftedPoint(d * ((2 * scale) + 1), block[i] | ((half & 7) << 8), (half & 8) != 0, values.Slice(Octet * i, Octet));
        }
    }

    private static float HalfGroupScale(float d, byte pair, int point) => d * (0.5f + ((pair >> (4 * (point / 2 % 2))) & 15)) * 0.25f;

    /// <summary>Eight signs from seven: an even number of them is negative.</summary>
    private static byte EvenSigns(uint bits) => (byte)((bits & 127) | ((uint)(BitOperations.PopCount(bits & 127) & 1) << 7));

    private static void Point(float scale, sbyte[] table, int index, byte signs, Span<float> values) =>
        Signed(scale, table.AsSpan(Octet * index, Octet), signs, values);

    private static void PairOfPoints(float scale, sbyte[] table, int first, int second, byte signs, Span<float> values)
    {
        Signed(scale, table.AsSpan(4 * first, 4), signs, values);
        Signed(scale, table.AsSpan(4 * second, 4), signs >> 4, values[4..]);
    }

    private static void Signed(float scale, ReadOnlySpan<sbyte> point, int signs, Span<float> values)
    {
        for (int i = 0; i < point.Length; i++)
            values[i] = scale * ((signs >> i & 1) != 0 ? -point[i] : point[i]);
    }

    private static void ShiftedPoint(float scale, int index, bool down, Span<float> values)
    {
        ReadOnlySpan<sbyte> point = Codebooks.IQ1.AsSpan(Octet * index, Octet);
        for (int i = 0; i < point.Length; i++)
            values[i] = scale * (point[i] + (down ? -Shift : Shift));
    }
}
