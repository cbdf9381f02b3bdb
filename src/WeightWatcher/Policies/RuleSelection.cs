using System.Collections.Immutable;
using WeightWatcher.Layers;
using WeightWatcher.Metrics;

namespace WeightWatcher.Policies;

/// <summary>Which layers of a report a rule is about, and what is known of each.</summary>
internal sealed record RuleSelection
{
    /// <summary>Layers under the rule whose metric has a value, in the order of the report.</summary>
    public required ImmutableArray<LayerValue> Measured { get; init; }

    /// <summary>Layers to which the metric, or a condition's metric, does not apply.</summary>
    public required ImmutableArray<LayerReason> NotApplicable { get; init; }

    /// <summary>Layers whose metric, or a condition's metric, could not be measured.</summary>
    public required ImmutableArray<LayerReason> Failed { get; init; }

    /// <summary>Layers that match the patterns and have a fault of their own (NaN, all zero), which is an error whatever the rules.</summary>
    public required int Faulty { get; init; }

    /// <summary>The number of layers that match the patterns.</summary>
    public required int Matched { get; init; }

    /// <summary>Selects the layers of a report.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="report">The report.</param>
    /// <param name="baseline">What conditions on the baseline look at; without one, and for layers that it does not have, none of them holds.</param>
    public static RuleSelection Of(PolicyRule rule, ModelReport report, BaselineReport? baseline = null)
    {
        ImmutableArray<LayerValue>.Builder measured = ImmutableArray.CreateBuilder<LayerValue>();
        ImmutableArray<LayerReason>.Builder notApplicable = ImmutableArray.CreateBuilder<LayerReason>();
        ImmutableArray<LayerReason>.Builder failed = ImmutableArray.CreateBuilder<LayerReason>();
        int faulty = 0;
        int matched = 0;
        foreach (LayerReport layer in report.Layers)
        {
            if (!Matches(rule, layer))
                continue;
            matched++;
            if (layer.Fault != LayerFault.None)
            {
                faulty++;
                continue;
            }

            if (!MeetsConditions(rule, layer, rule.HasBaselineConditions ? baseline : null, notApplicable, failed))
                continue;
            Measurement value = layer[rule.Metric];
            if (value.IsMeasured)
                measured.Add(new LayerValue(layer, value.Value));
            else
                (value.Status == MeasurementStatus.Failed ? failed : notApplicable).Add(new LayerReason(layer, rule.Metric, value.Reason ?? "no reason given"));
        }

        return new RuleSelection
        {
            Measured = measured.ToImmutable(),
            NotApplicable = notApplicable.ToImmutable(),
            Failed = failed.ToImmutable(),
            Faulty = faulty,
            Matched = matched,
        };
    }

    /// <summary>Whether the patterns of a rule select a layer.</summary>
    public static bool Matches(PolicyRule rule, LayerReport layer) => rule.Layers.IsEmpty || Glob.IsMatchAny(rule.Layers.Select(pattern => pattern.Glob), layer.Name);

    /// <summary>Whether no condition of a rule on the change against the baseline is false for a layer.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="baseline">A baseline that has the layer.</param>
    public static bool MayConcern(PolicyRule rule, LayerReport layer, BaselineReport baseline) =>
        !rule.When.Any(condition => condition.Subject == ConditionSubject.Relative && Value(condition, layer, baseline) is { IsMeasured: true } value && !condition.Holds(value.Value));

    private static bool MeetsConditions(
        PolicyRule rule, LayerReport layer, BaselineReport? baseline, ImmutableArray<LayerReason>.Builder notApplicable, ImmutableArray<LayerReason>.Builder failed)
    {
        if (rule.HasBaselineConditions && baseline?.Find(layer) is not { Fault: LayerFault.None })
            return false;

        // A condition that is false decides, whatever could not be measured beside it.
        if (rule.When.Any(condition => Value(condition, layer, baseline) is { IsMeasured: true } value && !condition.Holds(value.Value)))
            return false;
        foreach (RuleCondition condition in rule.When)
        {
            Measurement value = Value(condition, layer, baseline);
            if (value.IsMeasured)
                continue;
            (value.Status == MeasurementStatus.Failed ? failed : notApplicable).Add(new LayerReason(layer, condition.Metric, value.Reason ?? "no reason given"));
            return false;
        }

        return true;
    }

    private static Measurement Value(RuleCondition condition, LayerReport layer, BaselineReport? baseline)
    {
        if (condition.Subject == ConditionSubject.Value)
            return layer[condition.Metric];
        Measurement before = BaselineReport.Before(baseline!.Find(layer)!, condition.Metric, layer), now = layer[condition.Metric];
        if (!before.IsMeasured)
            return before;

        // A value that was held or accepted counts as for rules that compare it: else an update could switch a rule off that no model may break.
        if (condition.Subject == ConditionSubject.Baseline)
            return Measurement.Of(baseline.Reference(layer, condition.Metric, before.Value).Value);
        if (!now.IsMeasured)
            return now;
        return before.Value == 0 ? Measurement.NotApplicable("it is zero in the baseline") : Measurement.Of(now.Value / before.Value);
    }
}

/// <summary>A layer with the value of a metric.</summary>
internal readonly record struct LayerValue(LayerReport Layer, double Value);

/// <summary>A layer with the reason why a metric has no value.</summary>
internal readonly record struct LayerReason(LayerReport Layer, string Metric, string Reason);
