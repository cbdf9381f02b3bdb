using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>What rules per layer and per model have in common: what could not be measured, what does not apply, and what is missing.</summary>
internal abstract class RuleJudge
{
    private readonly Dictionary<LayerReport, int> _order = new(ReferenceEqualityComparer.Instance);
    private readonly List<BlindSpot> _blind = [];

    protected RuleJudge(PolicyRule rule, ModelReport report, BaselineReport? baseline, BaselineComparison comparison, VerdictBuilder verdict)
    {
        Rule = rule;
        Candidate = report;
        Baseline = baseline;
        Comparison = comparison;
        Verdict = verdict;
        for (int i = 0; i < report.Layers.Length; i++)
            _order.TryAdd(report.Layers[i], i);
    }

    protected PolicyRule Rule { get; }

    protected ModelReport Candidate { get; }

    /// <summary>The baseline, or null when there is none to compare with (which was reported where a rule needs one).</summary>
    protected BaselineReport? Baseline { get; }

    /// <summary>How the policy compares with it.</summary>
    protected BaselineComparison Comparison { get; }

    protected VerdictBuilder Verdict { get; }

    /// <summary>How many values the rule compares with the baseline: the more, the more standard errors a change must differ from zero.</summary>
    protected int Comparisons { get; set; } = 1;


    public abstract void Judge();

    protected int OrderOf(LayerReport layer) => _order.GetValueOrDefault(layer, -1);

    /// <summary>What could not be measured is an error whatever the rule's severity: the gate fails closed.</summary>
    protected void ReportFailed(LayerReason failed) =>
        Verdict.Add(
            Rule,
            PolicyViolationCodes.NotMeasured,
            Severity.Error,
            $"{ViolationText.Layer(failed.Layer)}: {failed.Metric} could not be measured ({Printable.Text(failed.Reason)}), and {ViolationText.Rule(Rule)} needs it. Look at the layer's weights; when the metric means nothing here, exclude the layer from the rule.",
            failed.Layer,
            failed.Metric,
            excess: VerdictBuilder.Beyond,
            layerOrder: OrderOf(failed.Layer));

    protected void ReportNotApplicable(LayerReason reason)
    {
        Severity severity = PerLayerSeverity();
        if (severity == Severity.Off)
            return;
        Verdict.Add(
            Rule,
            PolicyViolationCodes.NotApplicable,
            severity,
            $"{ViolationText.Layer(reason.Layer)}: {reason.Metric} does not apply ({Printable.Text(reason.Reason)}), and {ViolationText.Rule(Rule)} reports that ('when_not_applicable').",
            reason.Layer,
            reason.Metric,
            layerOrder: OrderOf(reason.Layer));
    }

    /// <summary>Says so when a rule judged nothing: no silent pass.</summary>
    protected void ReportAppliedNowhere(RuleSelection selection)
    {
        // No matching layer is a dead pattern, which was reported; faulty and failed layers were reported too.
        if (selection.Matched == 0 || selection.Faulty + selection.Failed.Length > 0)
            return;

        // That no layer changed in the way a rule is about is what the rule is there to see; without a baseline it was reported that there is none.
        if (Rule.HasBaselineConditions && (Baseline is null || Rule.WhenNotApplicable == WhenNotApplicable.Ignore))
            return;
        string why = selection.NotApplicable.IsEmpty
            ? "no layer meets its conditions ('when')"
            : string.Create(CultureInfo.InvariantCulture, $"{selection.NotApplicable[0].Metric} does not apply to {ViolationText.Layer(selection.NotApplicable[0].Layer)} ({Printable.Text(selection.NotApplicable[0].Reason)}){Others(selection.NotApplicable.Length - 1)}");
        Severity severity = Rule.WhenNotApplicable switch
        {
            WhenNotApplicable.Error => Severity.Error,
            WhenNotApplicable.Ignore => Severity.Info,
            _ => Rule.Severity,
        };
        Verdict.Add(
            Rule,
            PolicyViolationCodes.RuleAppliedNowhere,
            severity,
            $"{ViolationText.Rule(Rule)} judged no layer: {why}. Widen the rule, or write 'when_not_applicable: ignore' or 'severity: off' when nothing is to be judged.",
            excess: VerdictBuilder.Beyond);
    }

    /// <summary>A metric that has a value on one side of the comparison only.</summary>
    protected void ReportOneSided(LayerReason reason, bool inBaseline)
    {
        Severity severity = inBaseline || Rule.WhenNotApplicable is WhenNotApplicable.Warn or WhenNotApplicable.Error
            ? PerLayerSeverity()
            : Rule.WhenNotApplicable == WhenNotApplicable.Ignore ? Severity.Info : Lighter(Severity.Warning, Rule.Severity);
        string side = inBaseline ? "does not apply in the baseline" : "was measured in the baseline and does not apply now";
        Verdict.Add(
            Rule,
            PolicyViolationCodes.NotApplicable,
            severity,
            $"{ViolationText.Layer(reason.Layer)}: {reason.Metric} {side} ({Printable.Text(reason.Reason)}), so {ViolationText.Rule(Rule)} cannot compare it.",
            reason.Layer,
            reason.Metric,
            layerOrder: OrderOf(reason.Layer));
    }

    protected void ReportBaselineFailed(string subject, string reason, LayerReport? layer) =>
        Verdict.Add(
            Rule,
            BaselineCodes.NotMeasured,
            Severity.Error,
            $"{subject} was not measured in the baseline ({Printable.Text(reason)}), and {ViolationText.Rule(Rule)} compares with it. {Baseline!.Remedy}",
            layer,
            excess: VerdictBuilder.Beyond,
            layerOrder: layer is null ? -1 : OrderOf(layer));

    /// <summary>The limits that a change against the baseline breaks, beyond the tolerance and, where it is known, the metric's own error.</summary>
    /// <param name="subject">What has the value, for messages.</param>
    /// <param name="value">The candidate's value.</param>
    /// <param name="reference">What it is compared with.</param>
    /// <param name="standardError">The standard error of their difference, or null.</param>
    /// <param name="layer">The layer, or null for the model.</param>
    /// <param name="rounding">How far rounding the weights moves the value, here or in the baseline, or null.</param>
    protected IEnumerable<Broken> Compare(string subject, double value, ReferenceValue reference, double? standardError, LayerReport? layer, double? rounding = null)
    {
        if (BaselineBreach.Of(Rule, value, reference.Value) is { } breach)
        {
            if ((Rule.StandardErrors ?? Comparison.StandardErrors) != 0 && rounding >= breach.Tolerance.Of(reference.Value) / 2)
                ReportInconclusive(ViolationText.Unsteady(subject, value, reference.Value, value > reference.Value, rounding.Value, Rule), value, reference.Value, layer);
            else if (IsBeyondError(subject, value, reference.Value, standardError, layer))
                yield return new Broken(breach.Code, value, breach.Limit, reference.Value, breach.Tolerance) { Context = reference.Context, StandardError = standardError };
        }
        else
        {
            NoteDetectable(subject, reference.Value, standardError);
            if (reference.Accepted is { From: { } before } accepted && BaselineBreach.Of(Rule, value, before) is not null)
                ReportAccepted(subject, value, before, accepted, layer);
        }
    }

    /// <summary>The absolute limits that a value breaks by more than rounding the weights could move it.</summary>
    /// <param name="subject">What has the value, for messages.</param>
    /// <param name="value">The value.</param>
    /// <param name="layer">The layer, or null for the model.</param>
    /// <param name="rounding">How far rounding the weights moves the value, or null.</param>
    protected IEnumerable<Broken> Compare(string subject, double value, LayerReport? layer, double? rounding = null)
    {
        double? limit = value < Rule.Min ? Rule.Min : value > Rule.Max ? Rule.Max : null;
        if (limit is not { } broken)
            yield break;
        bool isMinimum = value < Rule.Min;
        if (rounding >= Math.Abs(value - broken))
            ReportInconclusive(ViolationText.Unsteady(subject, value, broken, isMinimum, rounding.Value, Rule, ofLimit: true), value, null, layer);
        else
            yield return new Broken(isMinimum ? PolicyViolationCodes.BelowMinimum : PolicyViolationCodes.AboveMaximum, value, broken, null, default);
    }

    /// <summary>
    /// Says what the rule could not have seen: where the metric's own error exceeds the tolerance, changes between the two pass whether they are there or not.
    /// </summary>
    protected void ReportBlindSpots()
    {
        if (_blind.Count == 0)
            return;
        BlindSpot worst = _blind.MaxBy(spot => spot.Detectable / Math.Max(spot.Tolerance, double.Epsilon));
        Verdict.Add(Rule, PolicyViolationCodes.CannotSee, Severity.Info, ViolationText.CannotSee(worst, _blind.Count, Comparisons, Rule), limit: worst.Detectable, baseline: worst.Baseline);
    }

    private void NoteDetectable(string subject, double baseline, double? standardError)
    {
        double factor = StandardErrors.FactorFor(Comparisons, Rule.StandardErrors ?? Comparison.StandardErrors);
        if (standardError is not { } error || factor == 0)
            return;
        double tolerance = Math.Max(Rule.MaxIncrease?.Of(baseline) ?? 0, Rule.MaxDecrease?.Of(baseline) ?? 0);
        if (factor * error > tolerance)
            _blind.Add(new BlindSpot(subject, baseline, tolerance, factor * error));
    }

    protected void Report(in Broken broken, string subject, string context, LayerReport? layer)
    {
        bool rose = broken.Code == PolicyViolationCodes.RoseAboveBaseline;
        string message = broken.Baseline is { } baseline
            ? ViolationText.Regressed(subject, broken.Value, baseline, broken.StandardError, broken.Tolerance, rose, Rule, broken.Context + context)
            : ViolationText.OutsideLimit(subject, broken.Value, broken.Limit, broken.Code == PolicyViolationCodes.BelowMinimum, Rule, context);
        double excess = broken.Baseline is { } before && before != 0
            ? VerdictBuilder.ExcessOver(broken.Value, before)
            : VerdictBuilder.ExcessOver(broken.Value, broken.Limit);
        Verdict.Add(Rule, broken.Code, Rule.Severity, message, layer, null, broken.Value, broken.Limit, broken.Baseline, excess, layer is null ? -1 : OrderOf(layer));
    }

    private bool IsBeyondError(string subject, double value, double baseline, double? standardError, LayerReport? layer)
    {
        if (standardError is not { } error || StandardErrors.IsBeyond(value - baseline, error, Rule, Comparison, Comparisons))
            return true;
        double factor = StandardErrors.FactorFor(Comparisons, Rule.StandardErrors ?? Comparison.StandardErrors);
        ReportInconclusive(ViolationText.Inconclusive(subject, value, baseline, error, factor, value > baseline, Rule), value, baseline, layer);
        return false;
    }

    private void ReportInconclusive(string message, double value, double? baseline, LayerReport? layer) =>
        Verdict.Add(
            Rule,
            PolicyViolationCodes.WithinOwnError,
            Rule.Inconclusive ?? Comparison.Inconclusive,
            message,
            layer,
            null,
            value,
            null,
            baseline,
            0,
            layer is null ? -1 : OrderOf(layer));

    protected void ReportAccepted(string subject, double value, double before, AcceptedChange accepted, LayerReport? layer) =>
        Verdict.Add(
            Rule,
            BaselineCodes.ChangeAccepted,
            Severity.Info,
            ViolationText.Accepted(subject, value, before, accepted, Rule),
            layer,
            null,
            value,
            null,
            before,
            0,
            layer is null ? -1 : OrderOf(layer));

    private Severity PerLayerSeverity() => Rule.WhenNotApplicable switch
    {
        WhenNotApplicable.Warn => Severity.Warning,
        WhenNotApplicable.Error => Severity.Error,
        _ => Severity.Off,
    };

    private static string Others(int others) => others == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {others} more");

    private static Severity Lighter(Severity first, Severity second) => first < second ? first : second;

    /// <summary>A limit that a value breaks.</summary>
    protected readonly record struct Broken(DiagnosticCode Code, double Value, double Limit, double? Baseline, RuleTolerance Tolerance)
    {
        /// <summary>What a message should say of the baseline's value, a clause or the empty string.</summary>
        public string Context { get; init; } = "";

        /// <summary>The standard error of the difference to the baseline, or null when it is not known.</summary>
        public double? StandardError { get; init; }
    }
}
