using System.Text.RegularExpressions;

namespace WeightWatcher.MSBuild.Tests.Infra;

/// <summary>What a build said.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Everything it wrote.</param>
internal sealed partial record BuildResult(int ExitCode, string Output)
{
    /// <summary>The lines that say what became of an artifact.</summary>
    public IReadOnlyList<string> Verdicts => [.. Lines.Where(l => l.Contains("WeightWatcher: ", StringComparison.Ordinal) && (l.Contains(" passes ", StringComparison.Ordinal) || l.Contains(" fails ", StringComparison.Ordinal)))];

    /// <summary>The errors, each once, in the order of the build.</summary>
    public IReadOnlyList<Diagnostic> Errors => Of("error");

    /// <summary>The warnings, each once, in the order of the build.</summary>
    public IReadOnlyList<Diagnostic> Warnings => Of("warning");

    private IEnumerable<string> Lines => Output.Split('\n').Select(l => l.TrimEnd('\r'));

    /// <summary>Expects success.</summary>
    public BuildResult Succeeds()
    {
        Assert.True(ExitCode == 0, Output);
        return this;
    }

    /// <summary>Expects failure in the way of builds: exit code 1, and nowhere a stack trace.</summary>
    public BuildResult Fails()
    {
        Assert.True(ExitCode == 1, Output);
        Assert.DoesNotContain("   at ", Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", Output, StringComparison.Ordinal);
        return this;
    }

    /// <summary>Expects failure by errors of these codes and no others.</summary>
    public BuildResult FailsWith(params string[] codes)
    {
        Fails();
        Assert.True(codes.ToHashSet().SetEquals(Errors.Select(e => e.Code)), Output);
        return this;
    }

    private IReadOnlyList<Diagnostic> Of(string category) =>
        [.. Lines.Select(l => DiagnosticLine().Match(l)).Where(m => m.Success && m.Groups["category"].Value == category).Select(Diagnostic.Of).Distinct()];

    // The form that GitHub's matcher needs: file, line, column, category, a code of letters and digits, one line.
    [GeneratedRegex(@"^\s*(?<file>[^(]+)\((?<line>\d+),(?<column>\d+)\): (?<category>error|warning) (?<code>[A-Z]+\d+): (?<message>.*?)( \[[^\]]+\])?$")]
    private static partial Regex DiagnosticLine();
}

/// <summary>One error or warning line.</summary>
internal sealed record Diagnostic(string File, int Line, int Column, string Code, string Message)
{
    /// <summary>The parts of a matched line.</summary>
    public static Diagnostic Of(Match match) =>
        new(match.Groups["file"].Value, Number(match, "line"), Number(match, "column"), match.Groups["code"].Value, match.Groups["message"].Value);

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, System.Globalization.CultureInfo.InvariantCulture);
}
