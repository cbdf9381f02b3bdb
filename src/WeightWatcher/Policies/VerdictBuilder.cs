using System.Collections.Immutable;
using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>Collects violations and puts them in order.</summary>
internal sealed class VerdictBuilder
{
    /// <summary>The excess of what no number could make worse: it comes first among violations of its severity.</summary>
    public const double Beyond = double.MaxValue;

    private readonly List<(Violation Violation, int LayerOrder)> _found = [];

    private readonly List<RuleCheck> _checks = [];

    public int Count => _found.Count;

    /// <summary>What was judged so far.</summary>
    public ImmutableArray<RuleCheck> Checks => [.. _checks];

    /// <summary>Notes that a rule was applied.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="layer">The layer, or null for the whole model.</param>
    /// <param name="notApplicable">Why it says nothing of the layer, or null.</param>
    public void Check(PolicyRule rule, LayerReport? layer = null, string? notApplicable = null) =>
        _checks.Add(new RuleCheck(rule.Id, rule.Metric, layer?.Name, layer?.SliceId, notApplicable) { PolicyFile = rule.File, PolicyLine = rule.Line });

    /// <summary>Notes that a check was made that belongs to no rule.</summary>
    public void Check(RuleCheck check) => _checks.Add(check);

    /// <summary>Adds a violation of a rule, with the rule's place.</summary>
    public void Add(PolicyRule rule, DiagnosticCode code, Severity severity, string message, LayerReport? layer = null, string? metric = null, double? value = null, double? limit = null, double? baseline = null, double excess = 0, int layerOrder = -1) =>
        Add(new Violation
        {
            Code = code.Id,
            Severity = severity,
            Message = message,
            Rule = rule.Id,
            Layer = layer?.Name,
            Slice = layer?.SliceId,
            Metric = metric ?? rule.Metric,
            Value = value,
            Limit = limit,
            Baseline = baseline,
            PolicyFile = rule.File,
            PolicyLine = rule.Line,
            PolicyColumn = rule.Column,
            Excess = excess,
        }, layerOrder);

    /// <summary>Adds a violation.</summary>
    /// <param name="violation">The violation.</param>
    /// <param name="layerOrder">The place of its layer in the report, from 0; negative for the whole model.</param>
    public void Add(Violation violation, int layerOrder = -1)
    {
        if (violation.Severity != Severity.Off)
            _found.Add((violation, layerOrder));
    }

    /// <summary>Errors, then warnings, then notes; in each the largest excess first, then the order of the layers, then that of the rules.</summary>
    public ImmutableArray<Violation> InOrder() =>
    [
        .. _found
            .OrderByDescending(found => found.Violation.Severity)
            .ThenByDescending(found => found.Violation.Excess)
            .ThenBy(found => found.LayerOrder)
            .Select(found => found.Violation),
    ];

    /// <summary>By how much a value lies beyond a limit, relative to the limit; absolute when the limit is zero.</summary>
    public static double ExcessOver(double value, double limit)
    {
        double distance = Math.Abs(value - limit);
        double relative = limit == 0 ? distance : distance / Math.Abs(limit);
        return double.IsFinite(relative) ? relative : Beyond;
    }
}
