namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>
/// Blocks of codes that stand for a few small whole numbers times one scale: <c>block_tq1_0</c> and <c>block_tq2_0</c> (256 codes), <c>block_q1_0</c> (128) and <c>block_q2_0</c> (64) of ggml's
/// ggml-common.h.
/// </summary>
internal static class TernaryBlocks
{
    private const int Length = 256;

    /// <summary>64 bytes of 2-bit codes, d: d (code - 1). The pairs lie as in the K-quants.</summary>
    public static void TQ2_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block[64..]);
        for (int i = 0; i < Length; i++)
            values[i] = d * (((block[(32 * (i / 128)) + (i % 32)] >> (2 * (i % 128 / 32))) & 3) - 1);
    }

    /// <summary>
    /// 52 bytes, each a fraction of 256 in base 3, d: d (digit - 1). Five digits each of the first 32 bytes, then of 16, then four digits each of 4; the
    /// first digits of a run come before its second digits.
    /// </summary>
    public static void TQ1_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block[52..]);
        Digits(d, block[..32], 5, values[..160]);
        Digits(d, block.Slice(32, 16), 5, values.Slice(160, 80));
        Digits(d, block.Slice(48, 4), 4, values[240..]);
    }

    /// <summary>d, a bit for each element, the lowest of each byte first: d where it is set, else -d.</summary>
    public static void Q1_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        for (int i = 0; i < values.Length; i++)
            values[i] = (block[2 + (i / 8)] >> (i % 8) & 1) != 0 ? d : -d;
    }

    /// <summary>d, two bits for each element, the lowest of each byte first: d (code - 1).</summary>
    public static void Q2_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = RoundBlocks.Scale(block);
        for (int i = 0; i < values.Length; i++)
            values[i] = d * (((block[2 + (i / 4)] >> (2 * (i % 4))) & 3) - 1);
    }

    private static void Digits(float scale, ReadOnlySpan<byte> bytes, int count, Span<float> values)
    {
        int power = 1;
        for (int digit = 0; digit < count; digit++, power *= 3)
        {
            for (int i = 0; i < bytes.Length; i++)
                values[(digit * bytes.Length) + i] = scale * (((byte)(bytes[i] * power) * 3 >> 8) - 1);
        }
    }
}
