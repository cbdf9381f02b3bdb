using System.Globalization;
using System.Text;

namespace WeightWatcher.Artifacts;

/// <summary>Makes text from an untrusted file fit for a one-line message.</summary>
public static class Printable
{
    /// <summary>The longest text that is shown, in UTF-16 units; the rest is cut and marked.</summary>
    public const int MaxLength = 200;

    /// <summary>
    /// Escapes control and format characters (line ends, escape sequences, bidirectional marks, lone surrogates) as <c>\uXXXX</c> and
    /// cuts what is longer than <see cref="MaxLength"/>, so that a name in a file can neither forge a log line nor flood it.
    /// </summary>
    public static string Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder result = new(Math.Min(text.Length, MaxLength) + 1);
        foreach (char c in text)
        {
            if (result.Length >= MaxLength)
                return result.Append('…').ToString();
            UnicodeCategory category = char.GetUnicodeCategory(c);
            bool hidden = category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;
            _ = hidden ? result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : result.Append(c);
        }

        return result.ToString();
    }
}
