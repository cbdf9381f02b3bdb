using System.Globalization;
using System.Text;
using WeightWatcher.Artifacts;

namespace WeightWatcher;

/// <summary>Marks an exception that test frameworks report as a failed assertion; xunit v3 recognises it by its name.</summary>
internal interface IAssertionException;

/// <summary>A model broke its policy. Usable from any test framework.</summary>
#pragma warning disable CA1032 // The message is made by the factories, so that every failure reads alike.
public sealed class ModelQualityException : Exception, IAssertionException
#pragma warning restore CA1032
{
    /// <summary>The most violations that the message shows; the rest is counted.</summary>
    public const int ShownViolations = 10;

    private ModelQualityException(string message, Verdict verdict)
        : base(message) => Verdict = verdict;

    /// <summary>The verdict that failed.</summary>
    public Verdict Verdict { get; }

    /// <summary>The failure of a verdict: what was expected, what was found, and the worst violations with their codes and policy lines.</summary>
    internal static ModelQualityException ForVerdict(Verdict verdict) => ForVerdict(verdict, Describe(verdict));

    /// <summary>The failure of a verdict with a message of its own.</summary>
    internal static ModelQualityException ForVerdict(Verdict verdict, string message) => new(message, verdict);

    private static string Describe(Verdict verdict)
    {
        string policy = verdict.PolicyName.Length == 0 ? "its policy" : $"policy '{Printable.Text(verdict.PolicyName)}'";
        StringBuilder text = new();
        _ = text.Append(CultureInfo.InvariantCulture, $"Model does not meet {policy}\n");
        _ = text.Append(CultureInfo.InvariantCulture, $"Model:    {Printable.Text(verdict.Artifact)}\n");
        _ = text.Append(CultureInfo.InvariantCulture, $"Expected: no errors\n");
        _ = text.Append(CultureInfo.InvariantCulture, $"Actual:   {Counts(verdict)}");
        foreach (Violation violation in verdict.Violations.Take(ShownViolations))
        {
            string code = violation.Severity == Severity.Error ? violation.Code : $"{violation.Code} ({Name(violation.Severity)})";
            _ = text.Append(CultureInfo.InvariantCulture, $"\n  {code}: {violation.Message}{Place(violation)}");
        }

        int more = verdict.Violations.Length - ShownViolations;
        if (more > 0)
            _ = text.Append(CultureInfo.InvariantCulture, $"\n  and {more} more");
        if (verdict.Advice is { } advice)
            _ = text.Append('\n').Append(advice);
        return text.ToString();
    }

    private static string Counts(Verdict verdict)
    {
        IEnumerable<string> counts = new[] { Severity.Error, Severity.Warning, Severity.Info }
            .Select(severity => (Severity: severity, Count: verdict.Violations.Count(violation => violation.Severity == severity)))
            .Where(counted => counted.Count > 0)
            .Select(counted => string.Create(CultureInfo.InvariantCulture, $"{counted.Count} {Name(counted.Severity)}{(counted.Count == 1 ? "" : "s")}"));
        return string.Join(", ", counts);
    }

    /// <summary>Where the rule stands in the policy's file; nothing for a built-in policy.</summary>
    private static string Place(Violation violation) => violation is { PolicyFile: { } file, PolicyLine: { } line }
        ? string.Create(CultureInfo.InvariantCulture, $" [{Printable.Text(Path.GetFileName(file))}:{line}{(violation.PolicyColumn is { } column ? string.Create(CultureInfo.InvariantCulture, $":{column}") : "")}]")
        : "";

    private static string Name(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };
}
