using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace WeightWatcher.Checkpoints;

/// <summary>Turns stored elements into double precision numbers, in blocks.</summary>
internal static class ElementDecoder
{
    /// <summary>The bytes of one element of a type that takes whole bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is <see cref="ElementType.Other"/>.</exception>
    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.U8 or ElementType.I8 or ElementType.Bool => 1,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 or ElementType.U16 => 2,
        ElementType.F32 or ElementType.I32 or ElementType.U32 => 4,
        ElementType.F64 or ElementType.I64 or ElementType.U64 or ElementType.C64 => 8,
        ElementType.C128 => 16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "the type has no size in bytes"),
    };

    /// <summary>
    /// Decodes <c>destination.Length</c> elements. Integers of 64 bits beyond 2^53 are rounded; everything else is exact.
    /// </summary>
    /// <param name="type">A real type of whole bytes.</param>
    /// <param name="bytes">At least <c>destination.Length</c> elements; their bytes are swapped in place where the machine's order differs.</param>
    /// <param name="destination">Receives the numbers.</param>
    /// <param name="bigEndian">True when the elements are stored most significant byte first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is complex or <see cref="ElementType.Other"/>.</exception>
    public static void Decode(ElementType type, Span<byte> bytes, Span<double> destination, bool bigEndian = false)
    {
        bytes = bytes[..(destination.Length * SizeOf(type))];
        if (bigEndian == BitConverter.IsLittleEndian)
            Swap(SizeOf(type), bytes);
        switch (type)
        {
            case ElementType.F64:
                MemoryMarshal.Cast<byte, double>(bytes).CopyTo(destination);
                break;
            case ElementType.F32:
                FromSingle(MemoryMarshal.Cast<byte, float>(bytes), destination);
                break;
            case ElementType.F16:
                FromHalf(MemoryMarshal.Cast<byte, ushort>(bytes), destination);
                break;
            case ElementType.BF16:
                FromBFloat16(MemoryMarshal.Cast<byte, ushort>(bytes), destination);
                break;
            case ElementType.I64:
                FromInteger(MemoryMarshal.Cast<byte, long>(bytes), destination);
                break;
            case ElementType.I32:
                FromInteger(MemoryMarshal.Cast<byte, int>(bytes), destination);
                break;
            case ElementType.I16:
                FromInteger(MemoryMarshal.Cast<byte, short>(bytes), destination);
                break;
            case ElementType.I8:
                FromInteger(MemoryMarshal.Cast<byte, sbyte>(bytes), destination);
                break;
            case ElementType.U64:
                FromInteger(MemoryMarshal.Cast<byte, ulong>(bytes), destination);
                break;
            case ElementType.U32:
                FromInteger(MemoryMarshal.Cast<byte, uint>(bytes), destination);
                break;
            case ElementType.U16:
                FromInteger(MemoryMarshal.Cast<byte, ushort>(bytes), destination);
                break;
            case ElementType.U8 or ElementType.Bool:
                FromInteger<byte>(bytes, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "only real elements can be decoded");
        }
    }

    /// <summary>Looks up each byte in a table of 256 values.</summary>
    public static void DecodeTable(ReadOnlySpan<double> table, ReadOnlySpan<byte> bytes, Span<double> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = table[bytes[i]];
    }

    /// <summary>Looks up codes of fewer than 8 bits, packed from the low bit of the first byte on.</summary>
    /// <param name="table">The value of each of the 2^<paramref name="bits"/> codes.</param>
    /// <param name="bits">1 to 7.</param>
    /// <param name="bytes">The packed codes.</param>
    /// <param name="firstBit">0 to 7: where the first code begins in the first byte.</param>
    /// <param name="destination">Receives the numbers.</param>
    public static void DecodePacked(ReadOnlySpan<double> table, int bits, ReadOnlySpan<byte> bytes, int firstBit, Span<double> destination)
    {
        int mask = (1 << bits) - 1;
        long position = firstBit;
        for (int i = 0; i < destination.Length; i++, position += bits)
        {
            int at = (int)(position >> 3);
            int shift = (int)(position & 7);
            int window = bytes[at];
            if (shift + bits > 8)
                window |= bytes[at + 1] << 8;
            destination[i] = table[(window >> shift) & mask];
        }
    }

    private static void FromSingle(ReadOnlySpan<float> source, Span<double> destination)
    {
        int i = 0;
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
            Store(new Vector<float>(source[i..]), destination[i..]);
        for (; i < source.Length; i++)
            destination[i] = source[i];
    }

    /// <summary>
    /// IEEE 754 binary16 by shifting the fields into a binary32 whose exponent is then too small by 112, which one exact
    /// multiplication mends for normal and subnormal numbers alike; infinities and NaNs get their exponent set outright.
    /// </summary>
    private static void FromHalf(ReadOnlySpan<ushort> source, Span<double> destination)
    {
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            Store(HalfToSingle(low), destination[i..]);
            Store(HalfToSingle(high), destination[(i + Vector<uint>.Count)..]);
        }

        for (; i < source.Length; i++)
            destination[i] = (double)BitConverter.UInt16BitsToHalf(source[i]);
    }

    private static Vector<float> HalfToSingle(Vector<uint> bits)
    {
        Vector<uint> sign = Vector.ShiftLeft(bits & new Vector<uint>(0x8000u), 16);
        Vector<uint> magnitude = Vector.ShiftLeft(bits & new Vector<uint>(0x7fffu), 13);
        Vector<uint> scaled = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) * new Vector<float>(BitConverter.UInt32BitsToSingle(0x77800000u)));
        Vector<uint> special = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(0x0f800000u));
        return Vector.AsVectorSingle(sign | scaled | (special & new Vector<uint>(0x7f800000u)));
    }

    private static void FromBFloat16(ReadOnlySpan<ushort> source, Span<double> destination)
    {
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            Store(Vector.AsVectorSingle(Vector.ShiftLeft(low, 16)), destination[i..]);
            Store(Vector.AsVectorSingle(Vector.ShiftLeft(high, 16)), destination[(i + Vector<uint>.Count)..]);
        }

        for (; i < source.Length; i++)
            destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    private static void Store(Vector<float> values, Span<double> destination)
    {
        Vector.Widen(values, out Vector<double> low, out Vector<double> high);
        low.CopyTo(destination);
        high.CopyTo(destination[Vector<double>.Count..]);
    }

    private static void FromInteger<T>(ReadOnlySpan<T> source, Span<double> destination)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < source.Length; i++)
            destination[i] = double.CreateTruncating(source[i]);
    }

    private static void Swap(int size, Span<byte> bytes)
    {
        if (size == 2)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(bytes), MemoryMarshal.Cast<byte, ushort>(bytes));
        else if (size == 4)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(bytes), MemoryMarshal.Cast<byte, uint>(bytes));
        else if (size == 8)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(bytes), MemoryMarshal.Cast<byte, ulong>(bytes));
    }
}
