using System.Security.Cryptography;
using System.Text;

namespace WeightWatcher.Reports.Html;

/// <summary>
/// The frame of a page that stands alone: its style and its script are in it, and its policy allows these two by their hash and nothing else, so that no name
/// in a model could ever load or run anything.
/// </summary>
internal static class HtmlPage
{
    private static readonly string Style = Read("page.css");
    private static readonly string Script = Read("page.js");
    private static readonly string Policy = $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; base-uri 'none'; form-action 'none'";

    /// <summary>A page.</summary>
    /// <param name="title">The title, as text.</param>
    /// <param name="body">The content of the body, as HTML.</param>
    public static string Of(string title, string body) =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{Policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <title>{HtmlText.Escape(title)}</title>
        <style>{Style}</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the findings</a>
        {body}
        <script>{Script}</script>
        </body>
        </html>

        """.ReplaceLineEndings("\n");

    private static string Read(string name)
    {
        using StreamReader reader = new(typeof(HtmlPage).Assembly.GetManifestResourceStream($"WeightWatcher.Reports.Html.{name}")!);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Trim('\n');
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
