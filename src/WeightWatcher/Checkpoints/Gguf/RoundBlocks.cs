using System.Buffers.Binary;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>
/// Blocks of 32 codes with one scale, and with one offset in the <c>_1</c> types: <c>block_q4_0</c> to <c>block_q8_1</c> of ggml's ggml-common.h.
/// Codes of 4 bits: the low halves of the bytes are elements 0 to 15, the high halves 16 to 31.
/// </summary>
internal static class RoundBlocks
{
    private const int Half = 16;

    /// <summary>d, 16 bytes of codes: d (code - 8).</summary>
    public static void Q4_0(ReadOnlySpan<byte> block, Span<float> values) => Nibbles(Scale(block), -8, 0, block[2..], values);

    /// <summary>d, m, 16 bytes of codes: d code + m.</summary>
    public static void Q4_1(ReadOnlySpan<byte> block, Span<float> values) => Nibbles(Scale(block), 0, Scale(block[2..]), block[4..], values);

    /// <summary>d, 32 fifth bits, 16 bytes of codes: d (code - 16).</summary>
    public static void Q5_0(ReadOnlySpan<byte> block, Span<float> values) => FiveBits(Scale(block), -16, 0, block[2..], values);

    /// <summary>d, m, 32 fifth bits, 16 bytes of codes: d code + m.</summary>
    public static void Q5_1(ReadOnlySpan<byte> block, Span<float> values) => FiveBits(Scale(block), 0, Scale(block[2..]), block[4..], values);

    /// <summary>d, 32 signed bytes: d code.</summary>
    public static void Q8_0(ReadOnlySpan<byte> block, Span<float> values) => SignedBytes(Scale(block), block[2..], values);

    /// <summary>d, the sum of the codes times d (not needed here), 32 signed bytes: d code.</summary>
    public static void Q8_1(ReadOnlySpan<byte> block, Span<float> values) => SignedBytes(Scale(block), block[4..], values);

    /// <summary>A binary16 at the start of the bytes.</summary>
    public static float Scale(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    /// <summary>Signed codes of one byte each.</summary>
    public static void SignedBytes(float scale, ReadOnlySpan<byte> codes, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = scale * (sbyte)codes[i];
    }

    private static void Nibbles(float scale, int shift, float offset, ReadOnlySpan<byte> codes, Span<float> values)
    {
        for (int i = 0; i < Half; i++)
        {
            values[i] = (scale * ((codes[i] & 15) + shift)) + offset;
            values[i + Half] = (scale * ((codes[i] >> 4) + shift)) + offset;
        }
    }

    private static void FiveBits(float scale, int shift, float offset, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        ReadOnlySpan<byte> codes = bytes[4..];
        for (int i = 0; i < Half; i++)
        {
            int low = (codes[i] & 15) | ((int)((high >> i) & 1) << 4);
            int upper = (codes[i] >> 4) | ((int)((high >> (i + Half)) & 1) << 4);
            values[i] = (scale * (low + shift)) + offset;
            values[i + Half] = (scale * (upper + shift)) + offset;
        }
    }
}
