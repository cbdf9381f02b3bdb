using System.Text.RegularExpressions;
using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.PullRequests;

/// <summary>docs/pull-requests.md, section by section.</summary>
internal sealed partial class Page
{
    private readonly string _text = File.ReadAllText(Path.Combine(PackageFixture.Repository, "docs", "pull-requests.md"));
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The blocks of a language in a section, without their last line end.</summary>
    public string[] Blocks(string section, string language)
    {
        int start = _text.IndexOf($"\n## {section}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, section);
        int end = _text.IndexOf("\n## ", start + 4, StringComparison.Ordinal);
        string part = end < 0 ? _text[start..] : _text[start..end];
        return [.. Block().Matches(part).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value.TrimEnd('\n'))];
    }

    /// <summary>The commands of a section.</summary>
    public string[] Commands(string section)
    {
        _used.Add(section);
        return [.. Blocks(section, "sh").SelectMany(block => block.Split('\n'))];
    }

    /// <summary>Sections with commands that nobody asked for.</summary>
    public IEnumerable<string> Left => Heading().Matches(_text).Select(m => m.Groups[1].Value).Where(section => !_used.Contains(section) && Blocks(section, "sh").Length > 0);

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
