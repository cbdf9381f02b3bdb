using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Layers;

namespace WeightWatcher.Policies;

/// <summary>Finds accepted changes that matter no longer, so that a file of them does not fill with what nobody needs.</summary>
internal static class StaleAcceptances
{
    /// <summary>Adds a warning for each accepted change without which the verdict would be the same.</summary>
    public static void Report(Baseline baseline, BaselineReport compared, ModelReport model, ImmutableArray<PolicyRule> rules, DateOnly today, VerdictBuilder verdict)
    {
        foreach (AcceptedChange change in baseline.Accepted)
        {
            if (Reason(change, baseline, compared, model, rules, today) is not { } reason)
                continue;
            string subject = change.Layer is { } layer ? $"layer '{Printable.Text(layer)}'" : $"rule '{Printable.Text(change.Rule!)}'";
            verdict.Add(new Violation
            {
                Code = BaselineCodes.StaleAcceptance.Id,
                Severity = Severity.Warning,
                Message = $"{subject}: the accepted change of {Printable.Text(change.Metric)} matters no longer: {reason}. Remove the entry; updating the baseline does.",
                Layer = change.Layer,
                Metric = change.Metric,
                PolicyFile = baseline.FilePath,
                PolicyLine = baseline.FilePath is null || change.Line == 0 ? null : change.Line,
                PolicyColumn = baseline.FilePath is null || change.Line == 0 ? null : 1,
            });
        }
    }

    /// <summary>Why an accepted change matters no longer, as a clause; null when it does.</summary>
    public static string? Reason(AcceptedChange change, Baseline baseline, BaselineReport compared, ModelReport model, ImmutableArray<PolicyRule> rules, DateOnly today)
    {
        if (change.IsStructural)
            return StructuralReason(change, baseline.Report);
        double? value = change.Layer is null ? ModelValue(change, model, rules) : LayerValue(change, compared, model);
        // That a layer of the baseline is gone is an error of its own, and its entry is there for when it comes back.
        if (value is null && change.Layer is { } gone && compared.Matching.Removed.Any(layer => layer.Name == gone))
            return null;
        if (value is not { } now)
            return change.Layer is null ? "no rule of this id compares this value" : "the layer is gone, or has no such value any more";
        PolicyRule[] comparing = [.. rules.Where(rule => Compares(rule, change, compared))];
        if (comparing.Length == 0)
            return "no rule compares it with the baseline";
        if (change.From is { } before && comparing.All(rule => BaselineBreach.Of(rule, now, before) is null && !(rule.HasBaselineConditions && (now < rule.Min || now > rule.Max))))
            return change.HoldsOn(today) ? "the model keeps its rules without it" : "it has expired, and the model keeps its rules without it";
        return null;
    }

    /// <summary>Whether a rule compares what a change is about.</summary>
    private static bool Compares(PolicyRule rule, AcceptedChange change, BaselineReport compared)
    {
        if (rule.Metric != change.Metric)
            return false;
        if (change.Layer is null)
            return rule.Per == RuleScope.Model && rule.Id == change.Rule && BaselineReport.AggregateName(rule) == change.Aggregate;
        string name = compared.Matching.Renamed.FirstOrDefault(pair => pair.Baseline.Name == change.Layer)?.Layer.Name ?? change.Layer;
        return rule.Per == RuleScope.Layer && (rule.Layers.IsEmpty || Glob.IsMatchAny(rule.Layers.Select(pattern => pattern.Glob), name));
    }

    private static string? StructuralReason(AcceptedChange change, ModelReport baseline)
    {
        bool there = baseline.Layers.Any(layer => layer.Name == change.Layer);
        return change.Metric == AcceptedChange.Removed ? there ? "the layer is in the baseline" : null : there ? null : "the layer is not in the baseline";
    }

    private static double? LayerValue(AcceptedChange change, BaselineReport compared, ModelReport model)
    {
        LayerReport? layer = model.Layers.FirstOrDefault(row => compared.Matching.FormerName(row.Name) == change.Layer && row.SliceId == change.SliceId);
        return layer?[change.Metric] is { IsMeasured: true } value ? value.Value : null;
    }

    private static double? ModelValue(AcceptedChange change, ModelReport model, ImmutableArray<PolicyRule> rules) =>
        rules.FirstOrDefault(rule => rule.Id == change.Rule && rule.Per == RuleScope.Model && rule.Metric == change.Metric) is { } rule ? ModelRuleJudge.Value(rule, model)?.Value : null;
}
