using System.Globalization;
using System.Numerics;
using System.Text;

namespace WeightWatcher.Checkpoints.PyTorch.Pickles;

/// <summary>The arguments that protocol 0 writes as text.</summary>
internal static class PickleNumbers
{
    /// <summary>Python reads no longer decimal integer from text either.</summary>
    private const int MaxDigits = 4300;

    /// <summary>The argument of INT: <c>00</c> and <c>01</c> are truth values.</summary>
    public static PickleValue Int(string line, PickleInput input) => line switch
    {
        "00" => PickleBoolean.False,
        "01" => PickleBoolean.True,
        _ => new PickleInteger(Integer(line, input)),
    };

    /// <summary>The argument of INT, LONG, GET and PUT, with or without the closing <c>L</c> of Python 2.</summary>
    public static BigInteger Integer(string line, PickleInput input)
    {
        string digits = line.EndsWith('L') ? line[..^1] : line;
        if (digits.Length <= MaxDigits && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value))
            return value;
        throw input.Malformed($"expected an integer, found '{Artifacts.Printable.Text(line)}'");
    }

    /// <summary>The argument of FLOAT.</summary>
    public static double Float(string line, PickleInput input) => line switch
    {
        "nan" or "-nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ when double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) => value,
        _ => throw input.Malformed($"expected a number, found '{Artifacts.Printable.Text(line)}'"),
    };

    /// <summary>The argument of STRING: a Python string literal in quotes.</summary>
    public static string Literal(string line, PickleInput input)
    {
        string text = line.Trim();
        if (text.Length < 2 || text[0] is not ('\'' or '"') || text[^1] != text[0])
            throw input.Malformed("a string literal has no quotes around it");
        return Unescape(text[1..^1], pythonEscapes: true, input);
    }

    /// <summary>The argument of UNICODE: text with <c>\uXXXX</c> escapes.</summary>
    public static string RawUnicode(string line, PickleInput input) => Unescape(line, pythonEscapes: false, input);

    private static string Unescape(string text, bool pythonEscapes, PickleInput input)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        StringBuilder result = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char next = text[i] == '\\' && i + 1 < text.Length ? text[i + 1] : '\0';
            int digits = next switch { 'u' => 4, 'U' => 8, 'x' when pythonEscapes => 2, _ => 0 };
            if (digits > 0)
            {
                if (i + 2 + digits > text.Length
                    || !uint.TryParse(text.AsSpan(i + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
                    || !Rune.TryCreate(code, out Rune rune))
                    throw input.Malformed("a string holds a broken escape");
                result.Append(rune);
                i += 1 + digits;
            }
            else if (pythonEscapes && next != '\0')
            {
                result.Append(next switch { 'n' => '\n', 't' => '\t', 'r' => '\r', _ => next });
                i++;
            }
            else
                result.Append(text[i]);
        }

        return result.ToString();
    }
}
