using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Metrics;

namespace WeightWatcher.Policies;

/// <summary>The sentences of violations: one line each, the place first, then value and limit, the rule's place, what it means and what to do.</summary>
internal static class ViolationText
{
    /// <summary>A layer as messages call it.</summary>
    public static string Layer(LayerReport layer) =>
        layer.SliceId is { } slice
            ? string.Create(CultureInfo.InvariantCulture, $"layer '{Printable.Text(layer.Name)}' slice {slice}")
            : $"layer '{Printable.Text(layer.Name)}'";

    /// <summary>A rule with its place: <c>rule 'alpha-range' (weightwatcher.yml line 12)</c>.</summary>
    public static string Rule(PolicyRule rule) =>
        string.Create(CultureInfo.InvariantCulture, $"rule '{Printable.Text(rule.Id)}' ({rule.Source} line {rule.SourceLine})");

    /// <summary>A limit that was broken.</summary>
    /// <param name="subject">What has the value: <c>layer 'fc1': alpha</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="isMinimum">Whether the limit is a minimum.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="context">A clause on the other layers, or the empty string.</param>
    public static string OutsideLimit(string subject, double value, double limit, bool isMinimum, PolicyRule rule, string context)
    {
        (string shown, string bound) = Numbers.Pair(value, limit);
        string side = isMinimum ? "below the minimum" : "above the maximum";
        return $"{subject} is {shown}, {side} {bound} of {Rule(rule)}{context}.{Meaning(rule)}";
    }

    /// <summary>A change against the baseline that was too large.</summary>
    public static string Regressed(string subject, double value, double baseline, double? standardError, RuleTolerance tolerance, bool rose, PolicyRule rule, string context)
    {
        (string shown, string before) = Numbers.Pair(value, baseline);
        return $"{subject} {(rose ? "rose" : "fell")} from {before} in the baseline to {shown}, by {Change(value, baseline)}{Errors(value - baseline, standardError)}; {Rule(rule)} allows {Tolerance(tolerance, baseline)}{context}.{Meaning(rule)}";
    }

    /// <summary>A change that exceeds the tolerance and not the metric's own error.</summary>
    public static string Inconclusive(string subject, double value, double baseline, double standardError, double factor, bool rose, PolicyRule rule)
    {
        (string shown, string before) = Numbers.Pair(value, baseline);
        return $"{subject} {(rose ? "rose" : "fell")} from {before} in the baseline to {shown}, more than {Rule(rule)} allows and less than {Numbers.Text(factor)} standard errors of the difference ({Numbers.Text(standardError)} each): inconclusive.";
    }

    /// <summary>A change that passes because it was accepted.</summary>
    public static string Accepted(string subject, double value, double baseline, AcceptedChange accepted, PolicyRule rule)
    {
        (string shown, string before) = Numbers.Pair(value, baseline);
        string until = accepted.UntilText is { } day ? $", until {day}" : "";
        return $"{subject} {(value > baseline ? "rose" : "fell")} from {before} to {shown}, more than {Rule(rule)} allows; that was accepted{until}: {Sentence(accepted.Reason)}";
    }

    /// <summary>What the author of the rule says, and what a value of this kind usually means.</summary>
    public static string Meaning(PolicyRule rule)
    {
        string said = rule.Description is { } description ? " " + Sentence(description) : "";
        string advice = MetricCatalog.Find(rule.Metric) is { Advice: { Length: > 0 } known } ? " " + known : "";
        return said + advice;
    }

    /// <summary>Text of a policy as one line that ends like a sentence.</summary>
    public static string Sentence(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        string shown = Printable.Text(line);
        return shown.EndsWith('.') || shown.EndsWith('!') || shown.EndsWith('?') || shown.EndsWith('…') ? shown : shown + ".";
    }

    private static string Change(double value, double baseline)
    {
        string absolute = Numbers.Text(Math.Abs(value - baseline));
        return baseline == 0 ? absolute : string.Create(CultureInfo.InvariantCulture, $"{absolute} ({Math.Abs((value - baseline) / baseline) * 100:G3} %)");
    }

    /// <summary>Whether a change is more than the scatter of its metric: its size in standard errors, where there is one.</summary>
    private static string Errors(double change, double? standardError) => standardError is { } error && error > 0
        ? string.Create(CultureInfo.InvariantCulture, $", {Math.Min(Math.Abs(change) / error, 9999):G2} standard errors of the difference")
        : "";

    private static string Tolerance(RuleTolerance tolerance, double baseline)
    {
        string percent = tolerance.Percent is { } share ? $"{Numbers.Text(share)} % ({Numbers.Text(share / 100 * Math.Abs(baseline))})" : "";
        return tolerance switch
        {
            { Absolute: { } amount, Percent: not null } => $"{Numbers.Text(amount)} or {percent}, whichever is more",
            { Absolute: { } amount } => Numbers.Text(amount),
            _ => percent,
        };
    }
}
