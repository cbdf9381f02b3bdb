using System.Text;

namespace WeightWatcher.Reports.Html;

/// <summary>Text from untrusted files in HTML and in SVG.</summary>
internal static class HtmlText
{
    /// <summary>Text as content of an element or of a quoted attribute.</summary>
    public static string Escape(string text)
    {
        string line = ReportText.Line(text);
        if (line.AsSpan().IndexOfAny("&<>\"'") < 0)
            return line;
        StringBuilder escaped = new(line.Length + 16);
        foreach (char c in line)
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A paragraph of a page of a code: escaped, with its code spans as such and its links as their text.</summary>
    public static string Paragraph(string markdown)
    {
        StringBuilder html = new();
        string[] parts = markdown.ReplaceLineEndings(" ").Split('`');
        for (int i = 0; i < parts.Length; i++)
            html.Append(i % 2 == 0 ? Escape(Unlinked(parts[i])) : $"<code>{Escape(parts[i])}</code>");
        return html.ToString();
    }

    private static string Unlinked(string markdown)
    {
        string text = markdown;
        for (int middle = text.IndexOf("](", StringComparison.Ordinal); middle >= 0; middle = text.IndexOf("](", StringComparison.Ordinal))
        {
            int start = text.LastIndexOf('[', middle), end = text.IndexOf(')', middle);
            if (start < 0 || end < 0)
                break;
            text = text[..start] + text[(start + 1)..middle] + text[(end + 1)..];
        }

        return text.Replace("**", "", StringComparison.Ordinal);
    }
}
