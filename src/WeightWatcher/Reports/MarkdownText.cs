using System.Globalization;
using System.Text;

namespace WeightWatcher.Reports;

/// <summary>Text from untrusted files as GitHub Flavored Markdown that shows exactly that text: no markup, no link, no mention, no line of its own.</summary>
internal static class MarkdownText
{
    /// <summary>The longest name that is shown.</summary>
    public const int MaxName = 120;

    /// <summary>
    /// A name in the type of code. A code span is literal but for backticks, vertical bars (in tables) and spaces at its ends; a name that has one of them
    /// becomes an element <c>code</c> of character references.
    /// </summary>
    public static string Code(string name)
    {
        string shown = ReportText.Line(name);
        if (shown.Length > MaxName)
            shown = shown[..MaxName] + "…";
        if (shown.Length == 0)
            return "<code></code>";
        if (shown.AsSpan().IndexOfAny('`', '|', '\\') < 0 && shown[0] != ' ' && shown[^1] != ' ')
            return $"`{shown}`";
        StringBuilder code = new("<code>");
        foreach (Rune rune in shown.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
                code.Append(rune);
            else
                code.Append(CultureInfo.InvariantCulture, $"&#{rune.Value};");
        }

        return code.Append("</code>").ToString();
    }

    /// <summary>
    /// A sentence. What Markdown would take for markup is escaped, and where GitHub would make a mention, a reference or a link of plain text, a zero-width space
    /// keeps it apart.
    /// </summary>
    public static string Sentence(string text)
    {
        string line = ReportText.Line(text);
        StringBuilder result = new(line.Length + 16);
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            bool inWord = i > 0 && i + 1 < line.Length && char.IsAsciiLetterOrDigit(line[i - 1]) && char.IsAsciiLetterOrDigit(line[i + 1]);
            switch (c)
            {
                case '&':
                    result.Append("&amp;");
                    break;
                case '<':
                    result.Append("&lt;");
                    break;
                case '>':
                    result.Append("&gt;");
                    break;
                case '@' or '#':
                    result.Append(CultureInfo.InvariantCulture, $"&#{(int)c};&#8203;");
                    break;
                case ':' when i + 1 < line.Length && line[i + 1] == '/':
                    result.Append(":&#8203;");
                    break;
                case '.' when i >= 3 && line.AsSpan(i - 3, 3).Equals("www", StringComparison.OrdinalIgnoreCase):
                    result.Append("&#8203;.");
                    break;
                case '_' when inWord:
                    result.Append(c);
                    break;
                case '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '~':
                    result.Append('\\').Append(c);
                    break;
                default:
                    result.Append(c);
                    break;
            }
        }

        return result.ToString();
    }
}
