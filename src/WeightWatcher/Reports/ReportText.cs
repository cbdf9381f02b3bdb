using System.Globalization;
using System.Text;
using System.Xml;
using WeightWatcher.Metrics;

namespace WeightWatcher.Reports;

/// <summary>Text from untrusted files on its way into a report.</summary>
internal static class ReportText
{
    /// <summary>The longest text of one field, in UTF-16 units; the rest is cut and marked.</summary>
    public const int MaxLength = 4000;

    /// <summary>
    /// One line that every format can hold: control and format characters, line ends, lone surrogates and what XML forbids are escaped as <c>\uXXXX</c>. A pair of
    /// surrogates stays.
    /// </summary>
    public static string Line(string text)
    {
        StringBuilder? changed = null;
        int length = Math.Min(text.Length, MaxLength);
        for (int i = 0; i < length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < length && char.IsLowSurrogate(text[i + 1]) && !IsNonCharacter(char.ConvertToUtf32(c, text[i + 1])))
            {
                changed?.Append(c).Append(text[i + 1]);
                i++;
                continue;
            }

            if (IsShown(c))
            {
                changed?.Append(c);
                continue;
            }

            changed ??= new StringBuilder(text, 0, i, text.Length + 16);
            changed.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        string line = changed?.ToString() ?? (length == text.Length ? text : text[..length]);
        return length == text.Length ? line : line + "…";
    }

    /// <summary>A message as a sentence of its own: with a capital letter, unless it starts with the name of a metric.</summary>
    public static string Sentence(string message)
    {
        string line = Line(message), first = line.Split(' ')[0];
        return first.Length > 1 && first.All(char.IsAsciiLetterLower) && MetricCatalog.Find(first) is null ? char.ToUpperInvariant(line[0]) + line[1..] : line;
    }

    /// <summary>The first sentence of a message: what was found, without what it means.</summary>
    public static string FirstSentence(string message)
    {
        // A sentence ends before a capital letter outside of quotes: names may hold anything.
        bool quoted = false;
        for (int i = 0; i < message.Length; i++)
        {
            quoted ^= message[i] == '\'';
            if (!quoted && message[i] == '.' && i + 2 < message.Length && message[i + 1] == ' ' && char.IsUpper(message[i + 2]))
                return message[..(i + 1)];
        }

        return message;
    }

    /// <summary>A count with its noun: <c>1 layer</c>, <c>22 layers</c>.</summary>
    public static string Count(long n, string noun) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} {noun}{(n == 1 ? "" : "s")}");

    /// <summary>A length in bytes as people read it.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["bytes", "kB", "MB", "GB", "TB"];
        double value = bytes;
        int unit = 0;
        for (; value >= 1000 && unit < units.Length - 1; unit++)
            value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? value : Math.Round(value, value < 10 ? 1 : 0))} {units[unit]}");
    }

    /// <summary>Whether a code point is one that no text may hold: U+FFFE, U+1FFFF and their like.</summary>
    private static bool IsNonCharacter(int codePoint) => (codePoint & 0xFFFE) == 0xFFFE;

    private static bool IsShown(char c) =>
        XmlConvert.IsXmlChar(c) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse);
}
