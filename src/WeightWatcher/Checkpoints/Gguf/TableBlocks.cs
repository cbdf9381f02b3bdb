using System.Buffers.Binary;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>Blocks of 4-bit codes that stand for the entries of a table of 16: <c>block_iq4_nl</c>, <c>block_iq4_xs</c>, <c>block_mxfp4</c> and <c>block_nvfp4</c> of ggml's ggml-common.h.</summary>
internal static class TableBlocks
{
    private const int Half = 16;

    /// <summary>The levels of IQ4, in ggml <c>kvalues_iq4nl</c>.</summary>
    private static ReadOnlySpan<sbyte> Uneven => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Twice the values of OCP FP4 (E2M1), so that they are whole; in ggml <c>kvalues_mxfp4</c>.</summary>
    private static ReadOnlySpan<sbyte> DoubledFp4 => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    private static readonly double[] Scales = SmallFloat.Table(4, 3, 7, SmallFloat.Specials.AllFinite);

    /// <summary>d, 16 bytes of codes: d level.</summary>
    public static void IQ4_NL(ReadOnlySpan<byte> block, Span<float> values) => LookUp(RoundBlocks.Scale(block), Uneven, block[2..], values);

    /// <summary>d, eight pairs of upper scale bits, eight halves of lower scale bits, 128 bytes of codes in groups of 32: d (scale - 32) level.</summary>
    public static void IQ4_XS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        int high = BinaryPrimitives.ReadUInt16LittleEndian(block[2..]);
        for (int group = 0; group < 8; group++)
        {
            int low = (block[4 + (group / 2)] >> (4 * (group % 2))) & 15;
            int scale = low | (((high >> (2 * group)) & 3) << 4);
            LookUp(d * (scale - 32), Uneven, block[(8 + (Half * group))..], values.Slice(32 * group, 32));
        }
    }

    /// <summary>
    /// An exponent e, 16 bytes of codes: 2^(e - 127) times the FP4 value (OCP Microscaling Formats 1.0, section 5). As ggml does, e = 255 is
    /// 2^128 and not NaN.
    /// </summary>
    public static void MXFP4(ReadOnlySpan<byte> block, Span<float> values) => LookUp(MathF.ScaleB(1, block[0] - 128), DoubledFp4, block[1..], values);

    /// <summary>
    /// Four scales for groups of 16, unsigned E4M3 numbers, then 32 bytes of codes: scale times the FP4 value. The low halves of a group's eight bytes come first. As ggml does, the
    /// scale 127 is zero and not NaN, and the sign bit of a scale is passed over.
    /// </summary>
    public static void NVFP4(ReadOnlySpan<byte> block, Span<float> values)
    {
        for (int group = 0; group < 4; group++)
        {
            float scale = block[group] == 127 ? 0 : (float)Scales[block[group] & 127] / 2;
            for (int i = 0; i < Half / 2; i++)
            {
                byte pair = block[4 + (Half / 2 * group) + i];
                values[(Half * group) + i] = scale * DoubledFp4[pair & 15];
                values[(Half * group) + (Half / 2) + i] = scale * DoubledFp4[pair >> 4];
            }
        }
    }

    private static void LookUp(float scale, ReadOnlySpan<sbyte> table, ReadOnlySpan<byte> codes, Span<float> values)
    {
        for (int i = 0; i < Half; i++)
        {
            values[i] = scale * table[codes[i] & 15];
            values[i + Half] = scale * table[codes[i] >> 4];
        }
    }
}
