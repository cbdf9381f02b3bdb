namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>Turns one block of codes into the numbers that they stand for.</summary>
/// <param name="block">The bytes of one block.</param>
/// <param name="values">Receives the block's elements, in order, as binary32 arithmetic gives them.</param>
internal delegate void BlockDecoder(ReadOnlySpan<byte> block, Span<float> values);

/// <summary>
/// One element type of GGUF: <c>enum ggml_type</c> of ggml's ggml.h. A type stores elements in blocks; plain numbers are blocks of one.
/// Immutable; the known types are found by their number.
/// </summary>
internal sealed class GgmlType
{
    private GgmlType(string name, int blockLength, int blockBytes)
    {
        Name = name;
        BlockLength = blockLength;
        BlockBytes = blockBytes;
    }

    /// <summary>The name as ggml spells it, in capitals.</summary>
    public string Name { get; }

    /// <summary>Elements of one block: 1 for plain numbers, else 32, 64, 128 or 256.</summary>
    public int BlockLength { get; }

    /// <summary>Bytes of one block.</summary>
    public int BlockBytes { get; }

    /// <summary>How plain numbers are decoded; null for blocks of codes.</summary>
    public ElementEncoding? Encoding { get; private init; }

    /// <summary>How a block of codes is decoded; null for plain numbers.</summary>
    public BlockDecoder? Decoder { get; private init; }

    /// <summary>One step of the codes relative to the largest of them, as a power of two; 0 where <see cref="Decoder"/> is null.</summary>
    public double Epsilon { get; private init; }

    /// <summary>The type of a number, or null for numbers that ggml has removed or never given out.</summary>
    public static GgmlType? Find(uint id) => id switch
    {
        0 => Plain(ElementEncoding.F32),
        1 => Plain(ElementEncoding.F16),
        2 => Blocks("Q4_0", 32, 18, RoundBlocks.Q4_0, -3),
        3 => Blocks("Q4_1", 32, 20, RoundBlocks.Q4_1, -4),
        6 => Blocks("Q5_0", 32, 22, RoundBlocks.Q5_0, -4),
        7 => Blocks("Q5_1", 32, 24, RoundBlocks.Q5_1, -5),
        8 => Blocks("Q8_0", 32, 34, RoundBlocks.Q8_0, -7),
        9 => Blocks("Q8_1", 32, 36, RoundBlocks.Q8_1, -7),
        10 => Blocks("Q2_K", 256, 84, SuperBlocks.Q2_K, -2),
        11 => Blocks("Q3_K", 256, 110, SuperBlocks.Q3_K, -2),
        12 => Blocks("Q4_K", 256, 144, SuperBlocks.Q4_K, -4),
        13 => Blocks("Q5_K", 256, 176, SuperBlocks.Q5_K, -5),
        14 => Blocks("Q6_K", 256, 210, SuperBlocks.Q6_K, -5),
        15 => Blocks("Q8_K", 256, 292, SuperBlocks.Q8_K, -7),
        16 => Blocks("IQ2_XXS", 256, 66, CodebookBlocks.IQ2_XXS, -2),
        17 => Blocks("IQ2_XS", 256, 74, CodebookBlocks.IQ2_XS, -2),
        18 => Blocks("IQ3_XXS", 256, 98, CodebookBlocks.IQ3_XXS, -3),
        19 => Blocks("IQ1_S", 256, 50, CodebookBlocks.IQ1_S, -1),
        20 => Blocks("IQ4_NL", 32, 18, TableBlocks.IQ4_NL, -3),
        21 => Blocks("IQ3_S", 256, 110, CodebookBlocks.IQ3_S, -3),
        22 => Blocks("IQ2_S", 256, 82, CodebookBlocks.IQ2_S, -2),
        23 => Blocks("IQ4_XS", 256, 136, TableBlocks.IQ4_XS, -3),
        24 => Plain(ElementEncoding.I8),
        25 => Plain(ElementEncoding.I16),
        26 => Plain(ElementEncoding.I32),
        27 => Plain(ElementEncoding.I64),
        28 => Plain(ElementEncoding.F64),
        29 => Blocks("IQ1_M", 256, 56, CodebookBlocks.IQ1_M, -1),
        30 => Plain(ElementEncoding.BF16),
        34 => Blocks("TQ1_0", 256, 54, TernaryBlocks.TQ1_0, 0),
        35 => Blocks("TQ2_0", 256, 66, TernaryBlocks.TQ2_0, 0),
        39 => Blocks("MXFP4", 32, 17, TableBlocks.MXFP4, -2),
        40 => Blocks("NVFP4", 64, 36, TableBlocks.NVFP4, -2),
        41 => Blocks("Q1_0", 128, 18, TernaryBlocks.Q1_0, 0),
        42 => Blocks("Q2_0", 64, 18, TernaryBlocks.Q2_0, -1),
        _ => null,
    };

    /// <summary>True for numbers that older files may have and ggml no longer reads (Q4_2, Q4_3 and the interleaved Q4_0 and IQ4_NL).</summary>
    public static bool WasRemoved(uint id) => id is 4 or 5 or (>= 31 and <= 33) or (>= 36 and <= 38);

    private static GgmlType Plain(ElementEncoding encoding) => new(encoding.Name, 1, encoding.Bits / 8) { Encoding = encoding };

    private static GgmlType Blocks(string name, int length, int bytes, BlockDecoder decoder, int exponent) =>
        new(name, length, bytes) { Decoder = decoder, Epsilon = Math.ScaleB(1, exponent) };
}
