using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Baselines;
using WeightWatcher.Policies;

namespace WeightWatcher.Accepting;

/// <summary>
/// Makes the next baseline of the last one and a model. What became better by a rule's direction is taken; what became worse is held at the last value, within the tolerance too, so
/// that small steps do not add up; what became worse beyond its tolerance is taken only where a pattern names it. A metric that is limited on both sides has no better
/// direction: any change is held, where the rule's conditions on the change hold. Metrics that no rule compares follow the model; but a layer that breaks a rule whose conditions look at the baseline
/// stays in it as it was, since with the new row they would hold no longer.
/// </summary>
internal sealed class BaselineRatchet
{
    private readonly Baseline _last;
    private readonly ModelReport _model;
    private readonly Policy _policy;
    private readonly BaselineReport _compared;
    private readonly ImmutableArray<PolicyRule> _rules;
    private readonly ImmutableArray<Violation> _conditional;
    private readonly ImmutableArray<AcceptancePattern> _patterns;
    private readonly string _reason;
    private readonly DateOnly? _until;
    private readonly DateOnly _today;
    private readonly List<HeldValue> _held = [];
    private readonly List<AcceptedChange> _accepted = [];
    private readonly HashSet<AcceptancePattern> _used = [];
    private readonly List<string> _changes = [];
    private readonly List<string> _refused = [];

    /// <summary>Prepares the step.</summary>
    /// <param name="last">The baseline so far, of the same options.</param>
    /// <param name="model">The model.</param>
    /// <param name="policy">The policy that judges it.</param>
    /// <param name="patterns">What may be loosened.</param>
    /// <param name="reason">Why.</param>
    /// <param name="until">The last day on which that holds, or null.</param>
    /// <param name="today">The day of the update.</param>
    public BaselineRatchet(Baseline last, ModelReport model, Policy policy, ImmutableArray<AcceptancePattern> patterns, string reason, DateOnly? until, DateOnly today)
    {
        _last = last;
        _model = model;
        _policy = policy;
        _patterns = patterns;
        _reason = reason;
        _until = until;
        _today = today;
        _compared = new BaselineReport(last, model, today);
        _rules = [.. policy.Rules.Where(rule => rule.Severity != Severity.Off && rule.NeedsBaseline)];
        _conditional = [.. policy.WithoutRuntime().Judge(model, last, today).Violations.Where(violation => violation.Severity == Severity.Error && DependsOnBaseline(violation, policy))];
    }

    /// <summary>The patterns that accepted something.</summary>
    public HashSet<AcceptancePattern> Used => _used;

    /// <summary>What changed, a sentence each.</summary>
    public ImmutableArray<string> Changes => [.. _changes];

    /// <summary>What became worse and was named by no pattern, as patterns that would name it.</summary>
    public ImmutableArray<string> Refused => [.. _refused.Distinct()];

    /// <summary>Whether a layer breaks a rule that looks at it because of what it was in the baseline.</summary>
    public static bool DependsOnBaseline(Violation violation, Policy policy) =>
        violation is { Layer: not null, Value: not null, Limit: not null } && policy.Rules.Any(rule => rule.Id == violation.Rule && rule.HasBaselineConditions);

    /// <summary>The name in the last baseline of a layer of the next one that was renamed, or null.</summary>
    public string? FormerName(string name) => _compared.Matching.Renamed.FirstOrDefault(pair => pair.Layer.Name == name)?.Baseline.Name;

    /// <summary>The next baseline.</summary>
    public Baseline Next()
    {
        HashSet<string> kept = [.. KeptFromLast()];
        HashSet<string> left = new(StringComparer.Ordinal);
        List<LayerReport> layers = [];
        foreach (LayerReport layer in _model.Layers)
        {
            bool isNew = _compared.Matching.Added.Any(added => added.Name == layer.Name);
            if (isNew && !Takes(AcceptedChange.Added, _policy.Comparison.Added, layer.Name, left))
                continue;
            string former = FormerName(layer.Name) ?? layer.Name;
            if (kept.Contains(former))
                continue;
            layers.Add(layer);
            if (_compared.Find(layer) is { } last)
            {
                HoldLayer(layer, last);
                HoldConditions(layer, last);
            }
        }

        foreach (LayerReport layer in _last.Report.Layers.Where(layer => kept.Contains(layer.Name)))
        {
            // After the layer that it followed, so that the order of the artifacts goes on to tell layers apart.
            int before = _last.Report.Layers.IndexOf(layer) - 1;
            int at = before < 0 ? 0 : layers.FindIndex(other => other.Name == _last.Report.Layers[before].Name) + 1;
            layers.Insert(at == 0 && before >= 0 ? layers.Count : at, layer);
            _held.AddRange(_last.Held.Where(held => held.Layer == layer.Name));
            _accepted.AddRange(_last.Accepted.Where(change => change.Layer == layer.Name && !change.IsStructural && !_accepted.Exists(own => Same(own, change))));
        }

        Baseline next = new() { Report = _model with { Layers = [.. layers] }, FilePath = _last.FilePath };
        foreach (PolicyRule rule in _rules.Where(rule => rule.Per == RuleScope.Model))
            HoldModel(rule, next.Report);
        _accepted.InsertRange(0, _last.Accepted.Where(change => change.IsStructural && StillTrue(change, next.Report) && !_accepted.Exists(own => Same(own, change))));
        return next with { Held = [.. _held], Accepted = [.. InOrder(_accepted)] };
    }

    // Layers of the last baseline that stay in it although the model does not have them so: removed, reshaped and renamed ones that nobody accepted.
    private IEnumerable<string> KeptFromLast()
    {
        HashSet<string> done = new(StringComparer.Ordinal);
        foreach (LayerReport layer in _compared.Matching.Removed)
        {
            if (!Takes(AcceptedChange.Removed, _policy.Comparison.Removed, layer.Name, done))
                yield return layer.Name;
        }

        foreach (LayerPair pair in _compared.Matching.Reshaped)
        {
            if (!Takes(AcceptedChange.Reshaped, _policy.Comparison.Reshaped, pair.Layer.Name, done))
                yield return pair.Layer.Name;
        }

        foreach (LayerPair pair in _compared.Matching.Renamed)
        {
            if (!Takes(AcceptedChange.Renamed, _policy.Comparison.Renamed, pair.Layer.Name, done))
                yield return pair.Baseline.Name;
        }

        foreach (Violation violation in _conditional)
        {
            if (!TakesConditional(violation))
                yield return FormerName(violation.Layer!) ?? violation.Layer!;
        }
    }

    /// <summary>Whether the new row of a layer is taken although it breaks a rule that looks at the layer because of what it was: where a pattern names it, and for good.</summary>
    private bool TakesConditional(Violation violation)
    {
        string layer = violation.Layer!, metric = violation.Metric!, name = $"{layer}:{metric}";
        if (_patterns.FirstOrDefault(pattern => pattern.Fits(layer, metric)) is not { } named)
        {
            _refused.Add(name);
            return false;
        }

        // Rules that compare the metric itself accept it in their own way.
        if (violation.Baseline is not null)
            return true;
        _used.Add(named);
        string former = FormerName(layer) ?? layer;
        double before = _last.Report.Layers.FirstOrDefault(row => row.Name == former && row.SliceId == violation.Slice)?[metric] is { IsMeasured: true } known ? known.Value : violation.Limit!.Value;
        _changes.Add($"layer '{Printable.Text(layer)}': {metric} is accepted at {Numbers.Text(violation.Value!.Value)} instead of {Numbers.Text(before)}{Until()}");
        _accepted.Add(new AcceptedChange { Layer = _until is null ? layer : former, SliceId = violation.Slice, Metric = metric, From = before, To = violation.Value, Reason = _reason, Until = _until });
        return _until is null;
    }

    private string Until() => _until is { } day ? $" until {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "";

    /// <summary>Whether a change of a layer itself is taken: where it fails nothing, and where a pattern names it.</summary>
    private bool Takes(string change, Severity severity, string layer, HashSet<string> done)
    {
        AcceptancePattern? named = _patterns.FirstOrDefault(pattern => pattern.Fits(layer, change));
        bool taken = severity < Severity.Error || named is not null;
        if (!done.Add(layer))
            return taken;
        if (named is not null)
            _used.Add(named);
        if (!taken)
            _refused.Add($"{layer}:{change}");
        else
            _changes.Add($"layer '{Printable.Text(layer)}' is {change}");
        if (named is not null)
            _accepted.Add(new AcceptedChange { Layer = layer, Metric = change, Reason = _reason });
        return taken;
    }

    private void HoldLayer(LayerReport layer, LayerReport last)
    {
        foreach (IGrouping<string, PolicyRule> rules in _rules.Where(rule => rule.Per == RuleScope.Layer && RuleSelection.Matches(rule, layer) && Concerns(rule, layer)).GroupBy(rule => rule.Metric, StringComparer.Ordinal))
        {
            if (last[rules.Key] is not { IsMeasured: true } before || layer[rules.Key] is not { IsMeasured: true } now)
                continue;
            string former = FormerName(layer.Name) ?? layer.Name;
            Step step = new(
                [.. rules],
                _compared.Reference(layer, rules.Key, before.Value),
                now.Value,
                now.Value,
                _last.Accepted.FirstOrDefault(change => change.IsOf(former, layer.SliceId, null, rules.Key, null)),
                StandardErrors.OfDifference(StandardErrors.Of(layer, rules.Key), StandardErrors.Of(last, rules.Key)),
                _policy.Comparison);
            Take(step, $"layer '{Printable.Text(layer.Name)}': {rules.Key}", $"{layer.Name}:{rules.Key}", pattern => pattern.Fits(layer.Name, rules.Key),
                value => new HeldValue(rules.Key, value) { Layer = layer.Name, SliceId = layer.SliceId },
                new AcceptedChange { Layer = layer.Name, SliceId = layer.SliceId, Metric = rules.Key, Reason = _reason, Until = _until });
        }
    }

    /// <summary>Holds the values because of which rules look at a layer, where its new ones would let them look away.</summary>
    private void HoldConditions(LayerReport layer, LayerReport last)
    {
        IEnumerable<RuleCondition> conditions = _policy.Rules.Where(rule => rule.Severity != Severity.Off && rule.Per == RuleScope.Layer && RuleSelection.Matches(rule, layer))
            .SelectMany(rule => rule.When).Where(condition => condition.Subject == ConditionSubject.Baseline);
        foreach (RuleCondition condition in conditions)
        {
            string metric = condition.Metric;
            if (last[metric] is not { IsMeasured: true } before || _patterns.Any(pattern => pattern.Fits(layer.Name, metric)) || _held.Exists(held => held.Layer == layer.Name && held.SliceId == layer.SliceId && held.Metric == metric))
                continue;
            double reference = _compared.Reference(layer, metric, before.Value).Value;
            if (condition.Holds(reference) && !(layer[metric] is { IsMeasured: true } now && condition.Holds(now.Value)))
                _held.Add(new HeldValue(metric, reference) { Layer = layer.Name, SliceId = layer.SliceId });
        }
    }

    private void HoldModel(PolicyRule rule, ModelReport next)
    {
        if (ModelRuleJudge.Value(rule, _compared.Report) is not { } before || ModelRuleJudge.Value(rule, _model) is not { } now || ModelRuleJudge.Value(rule, next) is not { } written)
            return;
        AcceptedChange? known = _last.Accepted.FirstOrDefault(change => change.IsOf(null, null, rule.Id, rule.Metric, BaselineReport.AggregateName(rule)));
        string? aggregate = BaselineReport.AggregateName(rule);
        Step step = new([rule], _compared.Reference(rule, before.Value), now.Value, written.Value, known, StandardErrors.OfDifference(now.Error, before.Error), _policy.Comparison);
        string subject = aggregate is null ? rule.Metric : $"{aggregate} of {rule.Metric}";
        Take(step, $"{subject} (rule '{Printable.Text(rule.Id)}')", $"{AcceptancePattern.Model}:{rule.Metric}", pattern => pattern.FitsModel(rule),
            value => new HeldValue(rule.Metric, value) { Rule = rule.Id, Aggregate = aggregate },
            new AcceptedChange { Rule = rule.Id, Aggregate = aggregate, Metric = rule.Metric, Reason = _reason, Until = _until });
    }

    private void Take(in Step step, string subject, string name, Predicate<AcceptancePattern> fits, Func<double, HeldValue> hold, AcceptedChange accept)
    {
        double reference = step.Reference.Value;
        // What rules compared with before anything was accepted: that is where an expiring acceptance goes back to.
        double strict = step.Known is { From: { } from } && step.Reference.Accepted is not null ? from : reference;
        bool broken = step.Breaks(reference);
        if (broken && _patterns.FirstOrDefault(fits.Invoke) is { } pattern)
        {
            _used.Add(pattern);
            _changes.Add($"{subject} is accepted at {Numbers.Text(step.Now)} instead of {Numbers.Text(reference)}{Until()}");
            _accepted.Add(accept with { From = strict, To = step.Now });
            if (_until is not null && strict != step.Written)
                _held.Add(hold(strict));
            return;
        }

        if (broken)
            _refused.Add(name);
        // Without the acceptance the model keeps its rules: it has done its work.
        bool needsAcceptance = step.Known is not null && step.Breaks(strict);
        if (needsAcceptance)
        {
            _accepted.Add(step.Known! with { Layer = accept.Layer, SliceId = accept.SliceId, To = step.IsBetter(reference) && step.Reference.Accepted is not null ? step.Now : step.Known.To });
            if (step.Known.Until is not null && strict != step.Written)
                _held.Add(hold(strict));
            return;
        }

        double target = step.Known is null ? reference : strict;
        if (step.IsBetter(target))
        {
            if (step.Now != target)
                _changes.Add($"{subject} is now {Numbers.Text(step.Now)}, was {Numbers.Text(target)}");
            if (step.Written != step.Now)
                _held.Add(hold(step.Now));
        }
        else if (step.Written != target)
        {
            _held.Add(hold(target));
        }
    }

    // A rule that limits a metric on both sides holds any change, which is meant for the changes only that it is about.
    private bool Concerns(PolicyRule rule, LayerReport layer) =>
        rule.MaxIncrease is null || rule.MaxDecrease is null || RuleSelection.MayConcern(rule, layer, _compared);

    private static bool StillTrue(AcceptedChange change, ModelReport next) =>
        next.Layers.Any(layer => layer.Name == change.Layer) == (change.Metric != AcceptedChange.Removed);

    private static bool Same(AcceptedChange first, AcceptedChange second) => first.IsOf(second.Layer, second.SliceId, second.Rule, second.Metric, second.Aggregate);

    // The entries of the last file in its order, then the new ones: a diff shows what was added.
    private IEnumerable<AcceptedChange> InOrder(IEnumerable<AcceptedChange> changes) =>
        changes.OrderBy(change => _last.Accepted.ToList().FindIndex(known => Same(known, change)) is var at and >= 0 ? at : int.MaxValue);

    /// <summary>One value on its way from one baseline to the next.</summary>
    /// <param name="Rules">The rules that compare it.</param>
    /// <param name="Reference">What they compare with so far.</param>
    /// <param name="Now">The model's value.</param>
    /// <param name="Written">The value that the next baseline's own numbers give.</param>
    /// <param name="Known">What was accepted of it so far, or null.</param>
    /// <param name="Error">The standard error of the difference, or null.</param>
    /// <param name="Comparison">How the policy compares.</param>
    private readonly record struct Step(ImmutableArray<PolicyRule> Rules, ReferenceValue Reference, double Now, double Written, AcceptedChange? Known, double? Error, BaselineComparison Comparison)
    {
        /// <summary>Whether the model breaks a rule when it is compared with a value.</summary>
        public bool Breaks(double value)
        {
            (double now, double? error, BaselineComparison comparison) = (Now, Error, Comparison);
            return Rules.Any(rule => BaselineBreach.Of(rule, now, value) is not null && StandardErrors.IsBeyond(now - value, error, rule, comparison));
        }

        /// <summary>Whether the model is as good as a value, or better, by the direction of every rule.</summary>
        public bool IsBetter(double value)
        {
            bool riseIsWorse = Rules.Any(rule => rule.MaxIncrease is not null), fallIsWorse = Rules.Any(rule => rule.MaxDecrease is not null);
            return (!riseIsWorse || Now <= value) && (!fallIsWorse || Now >= value);
        }
    }
}
