using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Codes;
using WeightWatcher.Metrics;

namespace WeightWatcher.Policies;

/// <summary>Judges a rule that limits one value of the whole model.</summary>
internal sealed class ModelRuleJudge(PolicyRule rule, ModelReport report, BaselineReport? baseline, BaselineComparison comparison, VerdictBuilder verdict)
    : RuleJudge(rule, report, baseline, comparison, verdict)
{
    public override void Judge()
    {
        Verdict.Check(Rule);
        if (MetricNeeds.IsOfModel(Rule.Metric))
            JudgeModelMetric();
        else
            JudgeAggregate();
    }

    /// <summary>A value of the whole model by name; <see cref="MeasurementStatus.Failed"/> when the report does not have it.</summary>
    public static Measurement ModelValue(ModelReport report, string metric)
    {
        foreach ((string name, Measurement value) in report.Summary)
        {
            if (name == metric)
                return value;
        }

        return metric == "num_layers" ? Measurement.Of(report.Layers.Length) : Measurement.Failed("the report does not have it");
    }

    /// <summary>The value of a model that a rule limits, with its standard error where that is known; null when there is none.</summary>
    public static (double Value, double? Error)? Value(PolicyRule rule, ModelReport report)
    {
        if (MetricNeeds.IsOfModel(rule.Metric))
            return ModelValue(report, rule.Metric) is { IsMeasured: true } known ? (known.Value, null) : null;
        RuleSelection selection = RuleSelection.Of(rule, report);
        return selection.Measured.IsEmpty
            ? null
            : (Aggregates.Of(rule.Aggregate, [.. selection.Measured.Select(layer => layer.Value)]), StandardErrors.Of(rule.Aggregate, selection.Measured, rule.Metric));
    }

    private void JudgeModelMetric()
    {
        Measurement value = ModelValue(Candidate, Rule.Metric);
        if (!value.IsMeasured)
        {
            Verdict.Add(
                Rule,
                PolicyViolationCodes.NotMeasured,
                Severity.Error,
                $"{Rule.Metric} of the model could not be measured ({value.Reason}), and {ViolationText.Rule(Rule)} needs it.",
                excess: VerdictBuilder.Beyond);
            return;
        }

        Measurement? before = Baseline is null || !Rule.NeedsBaseline ? null : ModelValue(Baseline.Report, Rule.Metric);
        if (before is { IsMeasured: false } missing)
            ReportBaselineFailed($"{Rule.Metric} of the model", missing.Reason ?? "no reason given", null);
        Conclude($"{Rule.Metric} of the model", value.Value, before is { IsMeasured: true } known ? (known.Value, null) : null, null, "");
    }

    private void JudgeAggregate()
    {
        RuleSelection selection = RuleSelection.Of(Rule, Candidate);
        foreach (LayerReason failed in selection.Failed)
            ReportFailed(failed);
        foreach (LayerReason reason in selection.NotApplicable)
            ReportNotApplicable(reason);
        if (selection.Measured.IsEmpty)
        {
            ReportAppliedNowhere(selection);
            return;
        }

        string subject = string.Create(CultureInfo.InvariantCulture, $"{Aggregates.Name(Rule.Aggregate)} of {Rule.Metric} over {Layers(selection.Measured.Length)}");
        double value = Aggregates.Of(Rule.Aggregate, [.. selection.Measured.Select(layer => layer.Value)]);
        if (double.IsFinite(value))
            Conclude(subject, value, BaselineAggregate(subject), StandardErrors.Of(Rule.Aggregate, selection.Measured, Rule.Metric), Farthest(selection.Measured, value));
        else
            Verdict.Add(Rule, PolicyViolationCodes.NotMeasured, Severity.Error, $"{subject} is not finite, and {ViolationText.Rule(Rule)} needs it.", excess: VerdictBuilder.Beyond);
    }

    private (double Value, double? Error)? BaselineAggregate(string subject)
    {
        if (Baseline is null || !Rule.NeedsBaseline)
            return null;
        RuleSelection selection = RuleSelection.Of(Rule, Baseline.Report);
        LayerReason? failed = selection.Failed.IsEmpty ? Lacking() : selection.Failed[0];
        if (failed is not null || selection.Measured.IsEmpty)
        {
            string reason = failed is { } layer ? $"{ViolationText.Layer(layer.Layer)}: {layer.Reason}" : "no layer of it is under the rule";
            ReportBaselineFailed(subject, reason, null);
            return null;
        }

        return Value(Rule, Baseline.Report);
    }

    /// <summary>The first layer under the rule that in the baseline lacks a metric which the rule or a condition needs.</summary>
    private LayerReason? Lacking()
    {
        foreach (LayerReport layer in Candidate.Layers.Where(layer => RuleSelection.Matches(Rule, layer)))
        {
            string? lacking = Baseline!.Find(layer) is { } known
                ? Rule.When.Select(condition => condition.Metric).Append(Rule.Metric).FirstOrDefault(metric => BaselineReport.Lacks(known, metric, layer))
                : null;
            if (lacking is not null)
                return new LayerReason(layer, lacking, $"it does not have {lacking}");
        }

        return null;
    }

    private void Conclude(string subject, double value, (double Value, double? Error)? baseline, double? error, string farthest)
    {
        foreach (Broken broken in Compare(subject, value, null))
            Report(broken, subject, farthest, null);
        if (baseline is not { } before)
            return;
        foreach (Broken broken in Compare(subject, value, Baseline!.Reference(Rule, before.Value), StandardErrors.OfDifference(error, before.Error), null))
            Report(broken, subject, farthest, null);
        ReportBlindSpots();
    }

    // Which layer to look at first: the one that is farthest on the side of the limit that was broken.
    private string Farthest(ImmutableArray<LayerValue> layers, double value)
    {
        bool low = value < Rule.Min || Rule.MaxDecrease is not null;
        LayerValue farthest = low ? layers.MinBy(layer => layer.Value) : layers.MaxBy(layer => layer.Value);
        return layers.Length == 1 ? "" : $"; {(low ? "lowest" : "highest")} in {ViolationText.Layer(farthest.Layer)}: {Numbers.Text(farthest.Value)}";
    }

    private static string Layers(int count) => count == 1 ? "1 layer" : string.Create(CultureInfo.InvariantCulture, $"{count} layers");
}
