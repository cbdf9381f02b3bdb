using System.Globalization;

namespace WeightWatcher.Checkpoints.NumPy;

/// <summary>
/// A <c>descr</c> of one plain type: a byte order (<c>&lt;</c>, <c>&gt;</c>, <c>|</c>, <c>=</c>), a kind and a number of bytes
/// (numpy's reference, "The Array Interface", typestr).
/// </summary>
/// <param name="Bytes">Bytes of one element, 0 or more.</param>
/// <param name="Encoding">How elements are decoded; null when they are not.</param>
/// <param name="IsBigEndian">True when elements are stored most significant byte first.</param>
/// <param name="WhyUnreadable">Why elements are not decoded; null when they are.</param>
internal sealed record NpyDtype(int Bytes, ElementEncoding? Encoding, bool IsBigEndian, string? WhyUnreadable)
{
    /// <summary>The largest element that is described, in bytes.</summary>
    public const int MaxBytes = 1024;

    private const int BytesOfUnicode = 4;

    /// <summary>True when the elements are Python objects: a pickle, never data.</summary>
    public bool IsObject { get; private init; }

    /// <summary>Parses a type string, or gives null for one that numpy does not define.</summary>
    public static NpyDtype? Parse(string text)
    {
        if (text.Length < 2 || text[0] is not ('<' or '>' or '|' or '='))
            return null;
        // An array that Python objects are in: numpy writes '|O', some writers a size behind it.
        if (text[1] == 'O')
            return new NpyDtype(0, null, false, "Python objects") { IsObject = true };
        string digits = text[2..];
        int unit = digits.IndexOf('[', StringComparison.Ordinal);
        if (unit >= 0)
            digits = digits[..unit];
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size > MaxBytes)
            return null;
        bool big = text[0] == '>';
        ElementEncoding? encoding = (text[1], size) switch
        {
            ('f', 8) => ElementEncoding.F64,
            ('f', 4) => ElementEncoding.F32,
            ('f', 2) => ElementEncoding.F16,
            ('i', 8) => ElementEncoding.I64,
            ('i', 4) => ElementEncoding.I32,
            ('i', 2) => ElementEncoding.I16,
            ('i', 1) => ElementEncoding.I8,
            ('u', 8) => ElementEncoding.U64,
            ('u', 4) => ElementEncoding.U32,
            ('u', 2) => ElementEncoding.U16,
            ('u', 1) => ElementEncoding.U8,
            ('b', 1) => ElementEncoding.Bool,
            _ => null,
        };
        if (encoding is not null)
            return new NpyDtype(size, encoding, big, null);
        return text[1] switch
        {
            'f' or 'g' => new NpyDtype(size, null, big, $"floating-point numbers of {size.ToString(CultureInfo.InvariantCulture)} bytes"),
            'c' => new NpyDtype(size, null, big, "complex elements"),
            'V' => new NpyDtype(size, null, big, size == 2 ? "raw elements of 2 bytes (bfloat16 has no name in this format: save as float32)" : "raw elements"),
            'S' or 'a' => new NpyDtype(size, null, big, "text"),
            'U' when size <= MaxBytes / BytesOfUnicode => new NpyDtype(size * BytesOfUnicode, null, big, "text"),
            'M' or 'm' => new NpyDtype(size, null, big, "dates"),
            _ => null,
        };
    }
}
