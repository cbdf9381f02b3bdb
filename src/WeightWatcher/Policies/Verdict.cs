using System.Collections.Immutable;
using System.Diagnostics;

namespace WeightWatcher;

/// <summary>How much a violation weighs.</summary>
public enum Severity
{
    /// <summary>The rule is not applied.</summary>
    Off,

    /// <summary>Reported, never shown as a problem.</summary>
    Info,

    /// <summary>Shown as a warning; does not fail the gate by itself.</summary>
    Warning,

    /// <summary>Fails the gate.</summary>
    Error,
}

/// <summary>One broken rule, or one reason why a model cannot be judged.</summary>
public sealed record Violation
{
    /// <summary>The code, for example <c>WWG1002</c>.</summary>
    public required string Code { get; init; }

    /// <summary>How much it weighs.</summary>
    public required Severity Severity { get; init; }

    /// <summary>One line: layer, metric, value, limit, baseline, what it usually means, what to do next. Without code and path.</summary>
    public required string Message { get; init; }

    /// <summary>The id of the rule, or null when no rule is involved.</summary>
    public string? Rule { get; init; }

    /// <summary>The layer, or null for the whole model.</summary>
    public string? Layer { get; init; }

    /// <summary>The slice of <see cref="Layer"/>, from 0, when slices are judged one by one; else null.</summary>
    public int? Slice { get; init; }

    /// <summary>The metric, or null.</summary>
    public string? Metric { get; init; }

    /// <summary>The measured value, or null when there is none.</summary>
    public double? Value { get; init; }

    /// <summary>The limit that was broken, or null.</summary>
    public double? Limit { get; init; }

    /// <summary>The baseline's value, or null.</summary>
    public double? Baseline { get; init; }

    /// <summary>The file of the rule: the full path of the policy, or null for a built-in one.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>The line of the rule in <see cref="PolicyFile"/> or, where that is null, in the built-in policy; from 1, or null.</summary>
    public int? PolicyLine { get; init; }

    /// <summary>The column of the rule, from 1, or null.</summary>
    public int? PolicyColumn { get; init; }

    /// <summary>By how much the limit is exceeded, relative to it; larger is worse. Orders violations of one severity.</summary>
    public double Excess { get; init; }
}

/// <summary>What a policy says of a report.</summary>
public sealed record Verdict
{
    /// <summary>True when no violation has severity <see cref="Severity.Error"/>.</summary>
    public bool Passed => !Violations.Any(v => v.Severity == Severity.Error);

    /// <summary>All violations: errors first, then warnings and notes, the worst first within each.</summary>
    public required ImmutableArray<Violation> Violations { get; init; }

    /// <summary>The path of the judged artifact as it is shown.</summary>
    public required string Artifact { get; init; }

    /// <summary>What was judged, in the order of the rules and then of the layers: every application of every rule that is on, kept or broken.</summary>
    public ImmutableArray<RuleCheck> Checks { get; init; } = [];

    /// <summary>The name of the policy that was applied, or the empty string when none was.</summary>
    public string PolicyName { get; init; } = "";

    /// <summary>What to do about the verdict as a whole, in one line, or null. Part of the failure's message, not of reports.</summary>
    public string? Advice { get; init; }

    /// <summary>Does nothing when the verdict passed.</summary>
    /// <exception cref="ModelQualityException">The verdict has an error; the message shows the worst violations.</exception>
    [StackTraceHidden]
    public void ThrowIfFailed()
    {
        if (!Passed)
            throw ModelQualityException.ForVerdict(this);
    }
}
