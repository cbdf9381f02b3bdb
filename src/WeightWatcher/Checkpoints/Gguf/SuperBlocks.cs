using System.Buffers.Binary;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>
/// Blocks of 256 codes in groups of 16 or 32, whose scales are themselves codes: the K-quants, <c>block_q2_K</c> to <c>block_q8_K</c> of ggml's
/// ggml-common.h.
/// </summary>
internal static class SuperBlocks
{
    private const int Length = 256;

    /// <summary>
    /// 16 bytes of scales (low half) and minima (high half) for groups of 16, 64 bytes of 2-bit codes, d, dmin: d scale code - dmin minimum.
    /// Of each 32 bytes of codes the lowest bit pairs are the first 32 elements, the next ones the following 32, and so on.
    /// </summary>
    public static void Q2_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block[80..]);
        float dmin = RoundBlocks.Scale(block[82..]);
        ReadOnlySpan<byte> codes = block.Slice(16, 64);
        for (int i = 0; i < Length; i++)
        {
            byte group = block[i / 16];
            values[i] = (d * (group & 15) * TwoBits(codes, i)) - (dmin * (group >> 4));
        }
    }

    /// <summary>
    /// 32 bytes of third bits, 64 bytes of 2-bit codes, 12 bytes of 6-bit scales for groups of 16, d: d (scale - 32) (code - 4 where the third bit is not set).
    /// </summary>
    public static void Q3_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> codes = block.Slice(32, 64);
        ReadOnlySpan<byte> packed = block.Slice(96, 12);
        float d = RoundBlocks.Scale(block[108..]);
        for (int group = 0; group < 16; group++)
        {
            // The low four bits of scales 0 to 7 are the low halves of bytes 0 to 7, those of 8 to 15 the high halves; bits 4 and 5 of scale k
            // are pair k / 4 of byte 8 + k % 4.
            int low = group < 8 ? packed[group] & 15 : packed[group - 8] >> 4;
            int high = (packed[8 + (group % 4)] >> (2 * (group / 4))) & 3;
            float scale = d * ((low | (high << 4)) - 32);
            for (int i = 16 * group; i < 16 * (group + 1); i++)
            {
                bool third = ((block[i % 32] >> (i / 32)) & 1) != 0;
                values[i] = scale * (TwoBits(codes, i) - (third ? 0 : 4));
            }
        }
    }

    /// <summary>d, dmin, 12 bytes of 6-bit scales and minima for groups of 32, 128 bytes of 4-bit codes: d scale code - dmin minimum.</summary>
    public static void Q4_K(ReadOnlySpan<byte> block, Span<float> values) => ScaleAndMinimum(block, [], block[16..], values);

    /// <summary>As Q4_K, with 32 bytes of fifth bits before the codes.</summary>
    public static void Q5_K(ReadOnlySpan<byte> block, Span<float> values) => ScaleAndMinimum(block, block.Slice(16, 32), block[48..], values);

    /// <summary>
    /// 128 bytes of low halves, 64 bytes of upper bit pairs, 16 signed scales for groups of 16, d: d scale (code - 32). Each 64 bytes of low halves and
    /// 32 bytes of pairs are 128 elements.
    /// </summary>
    public static void Q6_K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block[208..]);
        for (int i = 0; i < Length; i++)
        {
            int within = i % 128;
            int low = block[(64 * (i / 128)) + (within % 64)];
            int pair = TwoBits(block.Slice(128, 64), i);
            int code = (within < 64 ? low & 15 : low >> 4) | (pair << 4);
            values[i] = d * (sbyte)block[192 + (i / 16)] * (code - 32);
        }
    }

    /// <summary>d as binary32, 256 signed bytes, 16 sums (not needed here): d code.</summary>
    public static void Q8_K(ReadOnlySpan<byte> block, Span<float> values) => RoundBlocks.SignedBytes(BinaryPrimitives.ReadSingleLittleEndian(block), block[4..], values);

    private static void ScaleAndMinimum(ReadOnlySpan<byte> block, ReadOnlySpan<byte> fifthBits, ReadOnlySpan<byte> codes, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        float dmin = RoundBlocks.Scale(block[2..]);
        for (int group = 0; group < 8; group++)
        {
            (int scaleCode, int minimumCode) = SixBits(block.Slice(4, 12), group);
            float scale = d * scaleCode;
            float minimum = dmin * minimumCode;
            for (int j = 0; j < 32; j++)
            {
                int pair = codes[(32 * (group / 2)) + j];
                int code = (group & 1) == 0 ? pair & 15 : pair >> 4;
                if (!fifthBits.IsEmpty)
                    code |= ((fifthBits[j] >> group) & 1) << 4;
                values[(32 * group) + j] = (scale * code) - minimum;
            }
        }
    }

    /// <summary>
    /// The scale and the minimum of one of eight groups. Groups 0 to 3: the low six bits of bytes k and 4 + k. Groups 4 to 7: four bits in byte 4 + k
    /// (scale low, minimum high), the upper two in the top bits of the bytes of group k - 4.
    /// </summary>
    private static (int Scale, int Minimum) SixBits(ReadOnlySpan<byte> packed, int group)
    {
        if (group < 4)
            return (packed[group] & 63, packed[group + 4] & 63);
        int low = packed[group + 4];
        return ((low & 15) | ((packed[group - 4] >> 6) << 4), (low >> 4) | ((packed[group] >> 6) << 4));
    }

    /// <summary>Element i of 256 codes of two bits in 64 bytes: four pairs of each of 32 bytes, the lowest first, then the next 32 bytes.</summary>
    private static int TwoBits(ReadOnlySpan<byte> bytes, int i) => (bytes[(32 * (i / 128)) + (i % 32)] >> (2 * (i % 128 / 32))) & 3;
}
