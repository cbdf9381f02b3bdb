using System.Collections.Concurrent;

namespace WeightWatcher.Codes;

/// <summary>The page that explains a code, as the library carries it: reports quote it, so that they need no network and fit the version.</summary>
internal sealed record DiagnosticPage
{
    private static readonly ConcurrentDictionary<string, DiagnosticPage?> Known = new(StringComparer.Ordinal);

    private DiagnosticPage(string markdown, string meaning, string whatToDo)
    {
        Markdown = markdown;
        Meaning = meaning;
        WhatToDo = whatToDo;
    }

    /// <summary>The whole page without its last line, which leads to the other pages.</summary>
    public string Markdown { get; }

    /// <summary>The first paragraph: what the code means.</summary>
    public string Meaning { get; }

    /// <summary>The section on what to do, without its heading.</summary>
    public string WhatToDo { get; }

    /// <summary>The page of a code, or null when there is no such code.</summary>
    public static DiagnosticPage? Find(string code) => Known.GetOrAdd(code, Read);

    private static DiagnosticPage? Read(string code)
    {
        using Stream? stream = typeof(DiagnosticPage).Assembly.GetManifestResourceStream($"WeightWatcher.Codes.Pages.{code}.md");
        if (stream is null)
            return null;
        using StreamReader reader = new(stream);
        string text = reader.ReadToEnd().ReplaceLineEndings("\n");
        int end = text.LastIndexOf("\n---\n", StringComparison.Ordinal);
        string page = (end < 0 ? text : text[..end]).Trim('\n');
        int title = page.IndexOf('\n', StringComparison.Ordinal);
        string body = page[(title + 1)..].TrimStart('\n');
        const string heading = "## What to do\n";
        int way = body.IndexOf(heading, StringComparison.Ordinal);
        return new DiagnosticPage(page, body.Split("\n\n")[0], way < 0 ? "" : body[(way + heading.Length)..].Trim('\n'));
    }
}
