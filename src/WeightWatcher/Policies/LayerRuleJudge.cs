using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Metrics;

namespace WeightWatcher.Policies;

/// <summary>Judges a rule that limits each layer.</summary>
internal sealed class LayerRuleJudge(PolicyRule rule, ModelReport report, BaselineReport? baseline, BaselineComparison comparison, VerdictBuilder verdict)
    : RuleJudge(rule, report, baseline, comparison, verdict)
{
    public override void Judge()
    {
        RuleSelection selection = RuleSelection.Of(Rule, Candidate, Baseline);
        Note(selection);
        foreach (LayerReason failed in selection.Failed)
            ReportFailed(failed);
        foreach (LayerReason reason in selection.NotApplicable)
            JudgeNotApplicable(reason);
        if (selection.Measured.IsEmpty)
        {
            ReportAppliedNowhere(selection);
            return;
        }

        Comparisons = Math.Max(1, selection.Measured.Count(layer => Baseline?.Find(layer.Layer) is not null));
        ImmutableArray<(LayerValue Layer, ImmutableArray<Broken> Limits)> broken =
            [.. selection.Measured.Select(layer => (Layer: layer, Limits: Limits(layer).ToImmutableArray())).Where(layer => !layer.Limits.IsEmpty)];
        ReportBlindSpots();
        int allowed = Allowed(selection.Measured.Length);
        if (broken.Length <= allowed)
            return;
        string context = allowed == 0 && Rule.Allow == default
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; {broken.Length} of {selection.Measured.Length} layers break it, {allowed} may");
        foreach ((LayerValue layer, ImmutableArray<Broken> limits) in broken)
        {
            foreach (Broken limit in limits)
                Report(limit, Subject(layer.Layer), context, layer.Layer);
        }
    }

    private void Note(RuleSelection selection)
    {
        IEnumerable<(LayerReport Layer, string? NotApplicable)> applied =
        [
            .. selection.Measured.Select(layer => (layer.Layer, (string?)null)),
            .. selection.Failed.Select(failed => (failed.Layer, (string?)null)),
            .. selection.NotApplicable.Select(reason => (reason.Layer, (string?)$"{reason.Metric} does not apply: {reason.Reason}")),
        ];
        foreach ((LayerReport layer, string? notApplicable) in applied.OrderBy(check => OrderOf(check.Layer)))
            Verdict.Check(Rule, layer, notApplicable);
    }

    private IEnumerable<Broken> Limits(LayerValue candidate)
    {
        foreach (Broken broken in Compare(Subject(candidate.Layer), candidate.Value, candidate.Layer, Rounding(candidate.Layer)))
        {
            if (!IsAccepted(broken, candidate.Layer))
                yield return broken;
        }

        if (!Rule.NeedsBaseline || Baseline?.Find(candidate.Layer) is not { } known)
            yield break;
        Measurement before = BaselineReport.Before(known, Rule.Metric, candidate.Layer);
        if (before.Status == MeasurementStatus.Failed)
        {
            ReportBaselineFailed(Subject(candidate.Layer), before.Reason ?? "no reason given", candidate.Layer);
        }
        else if (before.Status == MeasurementStatus.NotApplicable)
        {
            ReportOneSided(new LayerReason(candidate.Layer, Rule.Metric, before.Reason ?? "no reason given"), inBaseline: true);
        }
        else
        {
            double? error = StandardErrors.OfDifference(StandardErrors.Of(candidate.Layer, Rule.Metric), StandardErrors.Of(known, Rule.Metric));
            foreach (Broken broken in Compare(Subject(candidate.Layer), candidate.Value, Baseline.Reference(candidate.Layer, Rule.Metric, before.Value), error, candidate.Layer, Larger(Rounding(candidate.Layer), Rounding(known))))
                yield return broken;
        }
    }

    /// <summary>Whether somebody accepted that a layer breaks a limit which holds because of what the layer was in the baseline.</summary>
    private bool IsAccepted(in Broken broken, LayerReport layer)
    {
        if (!Rule.HasBaselineConditions || Baseline?.Find(layer) is not { } known || known[Rule.Metric] is not { IsMeasured: true } before
            || Baseline.Reference(layer, Rule.Metric, before.Value).Accepted is not { To: { } to } accepted || (broken.Value < broken.Limit ? broken.Value < to : broken.Value > to))
            return false;
        ReportAccepted(Subject(layer), broken.Value, before.Value, accepted, layer);
        return true;
    }

    private void JudgeNotApplicable(LayerReason reason)
    {
        bool hadValue = Rule.NeedsBaseline && reason.Metric == Rule.Metric && Baseline?.Find(reason.Layer)?[Rule.Metric].IsMeasured == true;
        if (hadValue)
            ReportOneSided(reason, inBaseline: false);
        else
            ReportNotApplicable(reason);
    }

    // The small addition keeps 29 % of 100 at 29 whatever the rounding of the product. A rule that every layer may break would judge nothing.
    private int Allowed(int layers) => Math.Min(layers - 1, Rule.Allow.IsPercent ? (int)Math.Floor((Rule.Allow.Value * layers / 100) + 1e-9) : (int)Rule.Allow.Value);

    /// <summary>How far rounding a layer's weights moves the rule's metric, where that is known.</summary>
    private double? Rounding(LayerReport layer) => Rule.Metric == "alpha" && layer["alpha_rounding"] is { IsMeasured: true } moved ? moved.Value : null;

    private static double? Larger(double? first, double? second) => first is { } one && second is { } other ? Math.Max(one, other) : first ?? second;

    private string Subject(LayerReport layer) => $"{ViolationText.Layer(layer)}: {Rule.Metric}";
}
