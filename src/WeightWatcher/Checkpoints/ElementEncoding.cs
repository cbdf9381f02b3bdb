namespace WeightWatcher.Checkpoints;

/// <summary>
/// How one element is laid out in bytes and what number it stands for. Immutable; the known encodings are the static members.
/// </summary>
/// <remarks>
/// Elements narrower than a byte are packed without padding, the first element in the low bits, as safetensors' F4 and ONNX's 4-bit and
/// 2-bit types are.
/// </remarks>
internal sealed class ElementEncoding
{
    private readonly double[]? _table;

    private ElementEncoding(string name, ElementType type, int bits, bool isFloatingPoint, double epsilon, double[]? table = null)
    {
        Name = name;
        Type = type;
        Bits = bits;
        IsFloatingPoint = isFloatingPoint;
        Epsilon = epsilon;
        _table = table;
    }

    public static ElementEncoding F64 { get; } = new("F64", ElementType.F64, 64, true, Math.ScaleB(1, -52));

    public static ElementEncoding F32 { get; } = new("F32", ElementType.F32, 32, true, Math.ScaleB(1, -23));

    public static ElementEncoding F16 { get; } = new("F16", ElementType.F16, 16, true, Math.ScaleB(1, -10));

    public static ElementEncoding BF16 { get; } = new("BF16", ElementType.BF16, 16, true, Math.ScaleB(1, -7));

    public static ElementEncoding I64 { get; } = Integer("I64", ElementType.I64, 64);

    public static ElementEncoding I32 { get; } = Integer("I32", ElementType.I32, 32);

    public static ElementEncoding I16 { get; } = Integer("I16", ElementType.I16, 16);

    public static ElementEncoding I8 { get; } = Integer("I8", ElementType.I8, 8);

    public static ElementEncoding U64 { get; } = Integer("U64", ElementType.U64, 64);

    public static ElementEncoding U32 { get; } = Integer("U32", ElementType.U32, 32);

    public static ElementEncoding U16 { get; } = Integer("U16", ElementType.U16, 16);

    public static ElementEncoding U8 { get; } = Integer("U8", ElementType.U8, 8);

    public static ElementEncoding Bool { get; } = Integer("BOOL", ElementType.Bool, 8);

    /// <summary>OCP FP8: 4 exponent bits, 3 mantissa bits, bias 7, no infinity, NaN only where all bits below the sign are set.</summary>
    public static ElementEncoding F8E4M3 { get; } = Small("F8_E4M3", SmallFloat.Table(4, 3, 7, SmallFloat.Specials.FiniteWithNaN), 3);

    /// <summary>OCP FP8: 5 exponent bits, 2 mantissa bits, bias 15, infinities and NaN as IEEE 754 has them.</summary>
    public static ElementEncoding F8E5M2 { get; } = Small("F8_E5M2", SmallFloat.Table(5, 2, 15, SmallFloat.Specials.Ieee), 2);

    /// <summary>4 exponent bits, 3 mantissa bits, bias 8, no infinity, no negative zero: its code is the only NaN.</summary>
    public static ElementEncoding F8E4M3Fnuz { get; } = Small("F8_E4M3FNUZ", SmallFloat.Table(4, 3, 8, SmallFloat.Specials.NegativeZeroIsNaN), 3);

    /// <summary>5 exponent bits, 2 mantissa bits, bias 16, no infinity, no negative zero: its code is the only NaN.</summary>
    public static ElementEncoding F8E5M2Fnuz { get; } = Small("F8_E5M2FNUZ", SmallFloat.Table(5, 2, 16, SmallFloat.Specials.NegativeZeroIsNaN), 2);

    /// <summary>OCP microscaling scale: 2^(code - 127), code 255 is NaN.</summary>
    public static ElementEncoding F8E8M0 { get; } = Small("F8_E8M0", SmallFloat.PowersOfTwo(), 0);

    /// <summary>OCP FP4: 2 exponent bits, 1 mantissa bit, bias 1, all codes finite.</summary>
    public static ElementEncoding F4 { get; } = Small("F4", SmallFloat.Table(2, 1, 1, SmallFloat.Specials.AllFinite), 1);

    /// <summary>OCP FP6: 2 exponent bits, 3 mantissa bits, bias 1, all codes finite.</summary>
    public static ElementEncoding F6E2M3 { get; } = Small("F6_E2M3", SmallFloat.Table(2, 3, 1, SmallFloat.Specials.AllFinite), 3);

    /// <summary>OCP FP6: 3 exponent bits, 2 mantissa bits, bias 3, all codes finite.</summary>
    public static ElementEncoding F6E3M2 { get; } = Small("F6_E3M2", SmallFloat.Table(3, 2, 3, SmallFloat.Specials.AllFinite), 2);

    /// <summary>Signed 4-bit integer, two's complement.</summary>
    public static ElementEncoding I4 { get; } = SmallInteger("I4", 4, signed: true);

    /// <summary>Unsigned 4-bit integer.</summary>
    public static ElementEncoding U4 { get; } = SmallInteger("U4", 4, signed: false);

    /// <summary>Signed 2-bit integer, two's complement.</summary>
    public static ElementEncoding I2 { get; } = SmallInteger("I2", 2, signed: true);

    /// <summary>Unsigned 2-bit integer.</summary>
    public static ElementEncoding U2 { get; } = SmallInteger("U2", 2, signed: false);

    /// <summary>The name in the spelling of the safetensors specification.</summary>
    public string Name { get; }

    /// <summary>The public type; <see cref="ElementType.Other"/> for those that have none.</summary>
    public ElementType Type { get; }

    /// <summary>Bits of one element: 2, 4, 6, or a multiple of 8.</summary>
    public int Bits { get; }

    /// <summary>True when an element is a floating-point number.</summary>
    public bool IsFloatingPoint { get; }

    /// <summary>The distance from 1 to the next larger number of this type; for integers narrower than a byte one step relative to the largest; 0 for wider integers.</summary>
    public double Epsilon { get; }

    /// <summary>The number that one code of at most 8 bits stands for.</summary>
    /// <exception cref="InvalidOperationException">The encoding is wider than 8 bits or has no table.</exception>
    public double ValueOf(int code) => (_table ?? throw new InvalidOperationException($"{Name} has no table of codes"))[code];

    /// <summary>The bytes that <paramref name="count"/> elements take when packed, rounded up to a whole byte.</summary>
    /// <returns>False when the number does not fit a <see cref="long"/>.</returns>
    public bool TryGetByteCount(long count, out long bytes)
    {
        Int128 bits = (Int128)count * Bits;
        Int128 wanted = (bits + 7) / 8;
        bytes = wanted <= long.MaxValue ? (long)wanted : 0;
        return wanted <= long.MaxValue;
    }

    /// <summary>Decodes elements that begin at a bit of the first byte.</summary>
    /// <param name="bytes">The packed elements; changed in place where the machine's byte order differs.</param>
    /// <param name="firstBit">0 to 7: where the first element begins in the first byte; 0 for elements of whole bytes.</param>
    /// <param name="destination">Receives its length of elements.</param>
    /// <param name="bigEndian">True when the elements are stored most significant byte first.</param>
    public void Decode(Span<byte> bytes, int firstBit, Span<double> destination, bool bigEndian = false)
    {
        if (_table is null)
            ElementDecoder.Decode(Type, bytes, destination, bigEndian);
        else if (Bits == 8)
            ElementDecoder.DecodeTable(_table, bytes, destination);
        else
            ElementDecoder.DecodePacked(_table, Bits, bytes, firstBit, destination);
    }

    private static ElementEncoding Integer(string name, ElementType type, int bits) => new(name, type, bits, false, 0);

    private static ElementEncoding Small(string name, double[] table, int mantissaBits) =>
        new(name, ElementType.Other, (int)Math.Round(Math.Log2(table.Length)), true, Math.ScaleB(1, -mantissaBits), table);

    private static ElementEncoding SmallInteger(string name, int bits, bool signed)
    {
        double[] table = new double[1 << bits];
        for (int code = 0; code < table.Length; code++)
            table[code] = signed && code >= table.Length / 2 ? code - table.Length : code;
        return new(name, ElementType.Other, bits, false, Math.ScaleB(1, signed ? 1 - bits : -bits), table);
    }
}
