using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Detection;

/// <summary>Tells text apart: a Git LFS pointer, a web page, source code, data.</summary>
internal static partial class TextKinds
{
    /// <summary>A pointer file (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md), or null.</summary>
    public static ContentKind? IdentifyGitLfs(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("version https://git-lfs.github.com/spec/"u8) && !head.StartsWith("version https://hawser.github.com/spec/"u8))
            return null;
        string? oid = null;
        string? size = null;
        foreach (string line in Encoding.UTF8.GetString(head[..Math.Min(1024, head.Length)]).Split('\n'))
        {
            if (line.StartsWith("oid ", StringComparison.Ordinal))
                oid = line[4..].Trim();
            else if (line.StartsWith("size ", StringComparison.Ordinal))
                size = line[5..].Trim();
        }

        return new(
            ArtifactCodes.GitLfsPointer,
            $"the file is a Git LFS pointer to an object of {Printable.Text(size ?? "unknown")} bytes with id {Printable.Text(oid ?? "unknown")}, not the object itself: run 'git lfs pull'");
    }

    /// <summary>The kind of a file whose first bytes are text, or null.</summary>
    /// <param name="head">The first bytes.</param>
    /// <param name="length">The length of the whole file, in bytes.</param>
    public static ContentKind? Identify(ReadOnlySpan<byte> head, long length)
    {
        if (Decode(head, length) is not { } text)
            return null;
        string trimmed = text.TrimStart('\ufeff').TrimStart();
        if (trimmed.Length == 0)
            return Text("white space and nothing else");
        if (trimmed[0] == '<')
            return Markup(trimmed);
        if (trimmed[0] is '{' or '[' && JsonStart().IsMatch(trimmed))
            return Text(Json(trimmed));
        if (PythonLine().IsMatch(trimmed))
            return Text("Python source code");
        if (OnnxTextLine().IsMatch(trimmed))
            return Text("a model in protobuf's text format (save it in the binary format)");
        if (trimmed.StartsWith("---", StringComparison.Ordinal) || YamlLine().Count(trimmed) >= 2)
            return Text("YAML");
        return Text($"text that begins with '{Printable.Text(FirstLine(trimmed))}'");
    }

    /// <summary>What a JSON document is by the keys that the libraries of models use.</summary>
    private static string Json(string text)
    {
        return HasKey("weight_map") ? "the JSON index of a sharded checkpoint"
            : HasKey("added_tokens") || HasKey("added_tokens_decoder") || HasKey("tokenizer_class") ? "a tokenizer (JSON)"
            : HasKey("peft_type") ? "the settings of an adapter (JSON)"
            : HasKey("model_type") || HasKey("architectures") || HasKey("_class_name") ? "the configuration of a model (JSON)"
            : "JSON";

        bool HasKey(string key) => text.Contains($"\"{key}\"", StringComparison.Ordinal);
    }

    private static ContentKind Markup(string text)
    {
        bool page = IsPage(text);
        return page
            ? new(ArtifactCodes.HtmlPage, $"the file is an HTML page{Title(text)}, as a server sends it instead of a model: fetch the model again")
            : Text(text.StartsWith("<?xml", StringComparison.Ordinal) || XmlTag().IsMatch(text) ? "XML" : $"text that begins with '{Printable.Text(FirstLine(text))}'");
    }

    /// <summary>True when the first thing after comments and an XML declaration is a tag that web pages begin with.</summary>
    private static bool IsPage(string text)
    {
        ReadOnlySpan<char> rest = text;
        while (rest.StartsWith("<!--") || rest.StartsWith("<?xml"))
        {
            string close = rest[1] == '!' ? "-->" : ">";
            int end = rest.IndexOf(close, StringComparison.Ordinal);
            if (end < 0)
                return false;
            rest = rest[(end + close.Length)..].TrimStart();
        }

        foreach (string tag in (ReadOnlySpan<string>)["<!doctype html", "<html", "<head", "<body", "<title", "<script", "<meta"])
        {
            if (rest.StartsWith(tag, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string Title(string text)
    {
        Match title = HtmlTitle().Match(text);
        return title.Success ? $" titled '{Printable.Text(title.Groups[1].Value.Trim())}'" : "";
    }

    private static ContentKind Text(string what) => new(ArtifactCodes.TextFile, $"the file is {what}, not a model");

    private static string FirstLine(string text)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        string line = end < 0 ? text : text[..end];
        return line.Length <= 60 ? line : line[..60];
    }

    /// <summary>The text of the head when it is text: UTF-16 with a mark, or UTF-8 without control characters.</summary>
    private static string? Decode(ReadOnlySpan<byte> head, long length)
    {
        if (head.StartsWith<byte>([0xff, 0xfe]) || head.StartsWith<byte>([0xfe, 0xff]))
        {
            string wide = (head[0] == 0xff ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(head[2..(head.Length / 2 * 2)]);
            return HasControls(wide) || wide.Contains('\ufffd', StringComparison.Ordinal) ? null : wide;
        }

        ReadOnlySpan<byte> whole = length > head.Length ? WithoutCutCharacter(head) : head;
        if (!Utf8.IsValid(whole))
            return null;
        string text = Encoding.UTF8.GetString(whole);
        return HasControls(text) ? null : text;
    }

    /// <summary>Drops the start of a character at the very end, up to three bytes.</summary>
    private static ReadOnlySpan<byte> WithoutCutCharacter(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            byte b = bytes[^back];
            if (b >= 0xc0)
                return bytes[..^back];
            if (b < 0x80)
                break;
        }

        return bytes;
    }

    private static bool HasControls(string text)
    {
        foreach (char c in text)
        {
            if ((c < ' ' && c is not ('\t' or '\n' or '\r' or '\f' or '\u001b')) || c == '\u007f')
                return true;
        }

        return false;
    }

    [GeneratedRegex("""^[\{\[]\s*(["\{\[\]\}\d-]|true|false|null)""", RegexOptions.CultureInvariant)]
    private static partial Regex JsonStart();

    [GeneratedRegex("""^(#!.*python|# -\*- coding|import \w+|from [\w.]+ import |def \w+\(|class \w+[(:]|"{3})""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex PythonLine();

    [GeneratedRegex("""^(ir_version|producer_name|opset_import|node|graph|layer|input_dim)\s*[:\{]""", RegexOptions.CultureInvariant)]
    private static partial Regex OnnxTextLine();

    [GeneratedRegex("""^[ \t]*(- )?[\w.-]+:([ \t]|\r?$)""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex YamlLine();

    [GeneratedRegex("""<title[^>]*>([^<]{1,200})""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HtmlTitle();

    [GeneratedRegex("""^<[!\w?][^>]*>""", RegexOptions.CultureInvariant)]
    private static partial Regex XmlTag();
}
