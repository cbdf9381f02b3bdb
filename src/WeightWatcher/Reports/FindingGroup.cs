using System.Collections.Immutable;
using WeightWatcher.Codes;

namespace WeightWatcher.Reports;

/// <summary>The violations of one rule and code: what a person reads as one finding in several places.</summary>
/// <param name="Severity">How much each of them weighs.</param>
/// <param name="Code">The code.</param>
/// <param name="Rule">The rule, or null.</param>
/// <param name="Metric">The metric, or null.</param>
/// <param name="Violations">The violations, the worst first; at least one.</param>
internal sealed record FindingGroup(Severity Severity, string Code, string? Rule, string? Metric, ImmutableArray<Violation> Violations)
{
    /// <summary>What the code says went wrong, in a few words.</summary>
    public string Title => DiagnosticCatalog.Find(Code)?.Title ?? Code;

    /// <summary>What to do, from the page of the code, as Markdown; or the empty string.</summary>
    public string WhatToDo => DiagnosticPage.Find(Code)?.WhatToDo ?? "";

    /// <summary>The sentence on the worst of them.</summary>
    public string Lead => Violations[0].Message;

    /// <summary>True when every one of them has a layer, a value and a limit or a baseline, so that a table says it all.</summary>
    public bool IsTable => Violations.Length > 1 && Violations.All(v => v.Layer is not null && v.Value is not null);

    /// <summary>Groups the violations of a verdict. A group comes where its worst violation comes.</summary>
    public static ImmutableArray<FindingGroup> Of(Verdict verdict) =>
    [
        .. verdict.Violations.GroupBy(v => (v.Severity, v.Code, v.Rule, v.Metric))
            .Select(g => new FindingGroup(g.Key.Severity, g.Key.Code, g.Key.Rule, g.Key.Metric, [.. g])),
    ];
}
