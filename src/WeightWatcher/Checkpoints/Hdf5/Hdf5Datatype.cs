using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>The type of a dataset's elements (HDF5 File Format Specification 3.0, section IV.A.2.d).</summary>
/// <param name="Name">The type in the spelling of the specification and of NumPy, for messages.</param>
/// <param name="Size">Bytes of one element, 1 or more.</param>
/// <param name="Encoding">How an element is decoded; null when it is not.</param>
/// <param name="IsBigEndian">True when the most significant byte comes first.</param>
internal sealed record Hdf5Datatype(string Name, int Size, ElementEncoding? Encoding, bool IsBigEndian)
{
    private const int FixedPoint = 0;
    private const int FloatingPoint = 1;
    private const int Enumerated = 8;

    private static readonly string[] Classes =
        ["fixed-point", "floating-point", "time", "string", "bit field", "opaque", "compound", "reference", "enumerated", "variable-length", "array", "complex"];

    /// <summary>Reads a datatype message.</summary>
    public static Hdf5Datatype Read(Hdf5Cursor cursor)
    {
        byte classAndVersion = cursor.U8();
        int kind = classAndVersion & 0x0F;
        ReadOnlySpan<byte> bits = cursor.Bytes(3);
        bool isBigEndian = (bits[0] & 0x01) != 0;
        bool isSigned = (bits[0] & 0x08) != 0;
        bool isVax = (bits[0] & 0x40) != 0;
        int sign = bits[1];
        uint size = cursor.U32();
        if (kind >= Classes.Length)
            throw new ArtifactException(ArtifactCodes.UnknownElementType, FormattableString.Invariant($"the HDF5 type class {kind} is unknown")) { Offset = cursor.FileOffset };
        if (size is 0 or > int.MaxValue)
            throw cursor.Malformed(FormattableString.Invariant($"an HDF5 type has elements of {size} bytes"));
        ElementEncoding? encoding = kind switch
        {
            FixedPoint => Integer(cursor, size, isSigned),
            FloatingPoint when !isVax => Float(cursor, size, sign),
            // An enumeration is stored as its base type, which follows.
            Enumerated when cursor.Remaining >= 12 && (cursor.U8() & 0x0F) == FixedPoint => EnumeratedInteger(cursor, size, out isBigEndian),
            _ => null,
        };
        string name = encoding is null ? FormattableString.Invariant($"{Classes[kind]} of {size} bytes") : encoding.Name;
        return new Hdf5Datatype(name, (int)size, encoding, isBigEndian);
    }

    private static ElementEncoding? EnumeratedInteger(Hdf5Cursor cursor, uint size, out bool isBigEndian)
    {
        byte bits = cursor.U8();
        cursor.Skip(2);
        isBigEndian = (bits & 0x01) != 0;
        return cursor.U32() == size ? Integer(cursor, size, (bits & 0x08) != 0) : null;
    }

    private static ElementEncoding? Integer(Hdf5Cursor cursor, uint size, bool isSigned)
    {
        int offset = cursor.U16();
        int precision = cursor.U16();
        if (offset != 0 || precision != 8 * size)
            return null;
        return (size, isSigned) switch
        {
            (1, true) => ElementEncoding.I8,
            (1, false) => ElementEncoding.U8,
            (2, true) => ElementEncoding.I16,
            (2, false) => ElementEncoding.U16,
            (4, true) => ElementEncoding.I32,
            (4, false) => ElementEncoding.U32,
            (8, true) => ElementEncoding.I64,
            (8, false) => ElementEncoding.U64,
            _ => null,
        };
    }

    /// <summary>The floats are told by their fields: bit offset, precision, exponent place and size, mantissa place and size, exponent bias, sign.</summary>
    private static ElementEncoding? Float(Hdf5Cursor cursor, uint size, int sign)
    {
        var fields = (cursor.U16(), cursor.U16(), cursor.U8(), cursor.U8(), cursor.U8(), cursor.U8(), cursor.U32(), sign);
        return (size, fields) switch
        {
            (2, (0, 16, 10, 5, 0, 10, 15, 15)) => ElementEncoding.F16,
            (2, (0, 16, 7, 8, 0, 7, 127, 15)) => ElementEncoding.BF16,
            (4, (0, 32, 23, 8, 0, 23, 127, 31)) => ElementEncoding.F32,
            (8, (0, 64, 52, 11, 0, 52, 1023, 63)) => ElementEncoding.F64,
            _ => null,
        };
    }
}
