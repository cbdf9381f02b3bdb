using System.Globalization;

namespace WeightWatcher.Policies;

/// <summary>
/// What plain scalars mean: the core schema of YAML 1.2.2, section 10.3.2, and nothing of YAML 1.1 (where <c>off</c>, <c>y</c> and
/// <c>N</c> were truth values, and <c>1_000</c> and <c>1:30</c> numbers). Never depends on the culture.
/// </summary>
internal static class YamlScalar
{
    public static bool IsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    public static bool TryBool(string text, out bool value)
    {
        value = text is "true" or "True" or "TRUE";
        return value || text is "false" or "False" or "FALSE";
    }

    /// <summary>Whether the text is a number, infinite and NaN included.</summary>
    public static bool IsNumber(string text) => TryNumber(text, out _);

    /// <summary>Whether the text is a whole number that is written as one: no point, no exponent.</summary>
    public static bool IsInteger(string text) =>
        IsDigits(Unsigned(text), char.IsAsciiDigit) || IsPrefixed(text, "0x", char.IsAsciiHexDigit) || IsPrefixed(text, "0o", IsOctal);

    /// <summary>Reads a number; the value is infinite or NaN when the text says so or is too large for a double.</summary>
    public static bool TryNumber(string text, out double value)
    {
        value = 0;
        if (IsPrefixed(text, "0x", char.IsAsciiHexDigit) || IsPrefixed(text, "0o", IsOctal))
        {
            int radix = text[1] == 'x' ? 16 : 8;
            foreach (char digit in text.AsSpan(2))
                value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
            return true;
        }

        string unsigned = Unsigned(text);
        if (text is ".nan" or ".NaN" or ".NAN")
        {
            value = double.NaN;
            return true;
        }

        if (unsigned is ".inf" or ".Inf" or ".INF")
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        return IsDecimal(unsigned) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static bool IsOctal(char c) => c is >= '0' and <= '7';

    private static string Unsigned(string text) => text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;

    private static bool IsDigits(string text, Func<char, bool> isDigit) => text.Length > 0 && text.All(isDigit);

    private static bool IsPrefixed(string text, string prefix, Func<char, bool> isDigit) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && IsDigits(text[prefix.Length..], isDigit);

    // ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
    private static bool IsDecimal(string text)
    {
        int exponent = text.IndexOfAny(['e', 'E']);
        string mantissa = exponent < 0 ? text : text[..exponent];
        if (exponent >= 0 && !IsDigits(Unsigned(text[(exponent + 1)..]), char.IsAsciiDigit))
            return false;
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
            return IsDigits(mantissa, char.IsAsciiDigit);
        string before = mantissa[..point];
        string after = mantissa[(point + 1)..];
        return before.All(char.IsAsciiDigit) && after.All(char.IsAsciiDigit) && before.Length + after.Length > 0;
    }
}
