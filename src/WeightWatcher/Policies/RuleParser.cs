using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Metrics;

namespace WeightWatcher.Policies;

/// <summary>Reads one rule.</summary>
internal sealed class RuleParser
{
    /// <summary>The longest id; ids appear in every message.</summary>
    private const int MaxIdLength = 100;

    private static readonly ImmutableArray<(string Text, RuleOperator Operator)> Operators =
    [
        (">=", RuleOperator.GreaterOrEqual), ("<=", RuleOperator.LessOrEqual), ("==", RuleOperator.Equal), ("!=", RuleOperator.NotEqual),
        (">", RuleOperator.Greater), ("<", RuleOperator.Less),
    ];

    private readonly FaultList _faults;
    private readonly string? _file;
    private readonly string _source;

    public RuleParser(string? file, string source, FaultList faults)
    {
        _file = file;
        _source = source;
        _faults = faults;
    }

    /// <summary>Reads a rule; null when it has no usable id. Whatever else is wrong is in the list of faults.</summary>
    public ParsedRule? Parse(PolicyNode node)
    {
        if (node is not MappingNode mapping)
        {
            _faults.Add(PolicyFileCodes.WrongType, node, $"a rule must be a mapping with 'id' and 'metric', not {node.Kind}");
            return null;
        }

        MappingReader reader = new(mapping, "a rule", PolicyKeys.Rule, _faults);
        string? id = reader.Text("id");
        if (!reader.Has("id"))
            _faults.Add(PolicyFileCodes.MissingKey, mapping, "the rule has no 'id'");
        if (id is { Length: > MaxIdLength } || id?.Any(char.IsControl) == true)
            _faults.Add(PolicyFileCodes.OutOfRange, reader.At("id"), "'id' must be one line of at most 100 characters");
        Severity severity = reader.Word("severity", PolicyKeys.SeverityWords) ?? Severity.Error;
        bool switchedOff = severity == Severity.Off && !reader.Has("metric");
        PolicyRule rule = new()
        {
            Id = id ?? "",
            Metric = Metric(reader, "metric", switchedOff) ?? "",
            Per = Scope(reader),
            Layers = [.. reader.Texts("layers", "[\"encoder.*\"]").Select(glob => new RulePattern(glob.Value, glob.Line, glob.Column))],
            When =
            [
                .. Conditions(reader, "when", ConditionSubject.Value), .. Conditions(reader, "when_baseline", ConditionSubject.Baseline),
                .. Conditions(reader, "when_relative", ConditionSubject.Relative),
            ],
            Min = reader.Number("min"),
            Max = reader.Number("max"),
            Aggregate = reader.Word("aggregate", PolicyKeys.AggregateWords) ?? RuleAggregate.Mean,
            Allow = RuleAmountReader.Allowance(reader, _faults) ?? default,
            Severity = severity,
            WhenNotApplicable = reader.Word("when_not_applicable", PolicyKeys.WhenNotApplicableWords) ?? WhenNotApplicable.Default,
            Description = reader.Text("description"),
            File = _file,
            Source = _source,
            SourceLine = mapping.Line,
            Line = mapping.Line,
            Column = mapping.Column,
        };
        rule = WithTolerances(rule, reader);
        Check(rule, reader, switchedOff);
        return id is null ? null : new ParsedRule(rule, switchedOff, reader.At("id"));
    }

    private PolicyRule WithTolerances(PolicyRule rule, MappingReader reader)
    {
        if (reader.Mapping("baseline", "the baseline of a rule", PolicyKeys.RuleBaseline) is not { } baseline)
            return rule;
        if (!baseline.Has("max_increase") && !baseline.Has("max_decrease"))
            _faults.Add(PolicyFileCodes.RuleWithoutLimit, baseline.Node, "'baseline' needs 'max_increase' or 'max_decrease'");
        return rule with
        {
            Inconclusive = baseline.Word("inconclusive", PolicyKeys.SeverityWords),
            StandardErrors = RuleAmountReader.StandardErrors(baseline, _faults),
            MaxIncrease = RuleAmountReader.Tolerance(baseline, "max_increase", _faults),
            MaxDecrease = RuleAmountReader.Tolerance(baseline, "max_decrease", _faults),
        };
    }

    private string? Metric(MappingReader reader, string key, bool optional)
    {
        if (!reader.Has(key))
        {
            if (!optional)
                _faults.Add(PolicyFileCodes.MissingKey, reader.Node, $"the rule has no '{key}'");
            return null;
        }

        // Metrics such as N are text in YAML 1.2; nothing needs quotes here.
        if (reader.Text(key) is not { } name)
            return null;
        if (MetricCatalog.Find(name) is not null)
            return name;
        RefuseMetric(reader.At(key), name);
        return null;
    }

    private void RefuseMetric(PolicyNode at, string name)
    {
        IEnumerable<string> known = MetricCatalog.Layer.Concat(MetricCatalog.Model).Select(metric => metric.Name);
        _faults.Add(PolicyFileCodes.UnknownMetric, at, $"'{Printable.Text(name)}' is no metric{DidYouMean.Suffix(name, known)}");
    }

    private RuleScope Scope(MappingReader reader)
    {
        bool ofModel = reader.Value("metric") is ScalarNode metric && MetricNeeds.IsOfModel(metric.Value);
        RuleScope? scope = reader.Word("per", PolicyKeys.PerWords);
        if (ofModel && scope == RuleScope.Layer)
            _faults.Add(PolicyFileCodes.ContradictingKeys, reader.At("per"), "the metric is one of the whole model; write 'per: model'");
        return ofModel ? RuleScope.Model : scope ?? RuleScope.Layer;
    }

    private ImmutableArray<RuleCondition> Conditions(MappingReader reader, string list, ConditionSubject subject)
    {
        if (reader.Value(list) is not { } node)
            return [];
        if (node is not MappingNode mapping)
        {
            _faults.Add(PolicyFileCodes.WrongType, node, $"'{list}' must be a mapping of metrics to conditions, such as {{ num_evals: \">= 50\" }}, not {node.Kind}");
            return [];
        }

        ImmutableArray<RuleCondition>.Builder conditions = ImmutableArray.CreateBuilder<RuleCondition>();
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach ((ScalarNode key, PolicyNode value) in mapping.Entries)
        {
            if (!seen.Add(key.Value))
                _faults.Add(PolicyFileCodes.DuplicateKey, key, $"'{Printable.Text(key.Value)}' is written twice in '{list}'");
            if (MetricCatalog.Find(key.Value) is null)
                RefuseMetric(key, key.Value);
            else if (MetricNeeds.IsOfModel(key.Value))
                _faults.Add(PolicyFileCodes.ContradictingKeys, key, $"'{key.Value}' is a metric of the whole model; conditions are about layers");
            else if (Condition(key.Value, value) is { } condition)
                conditions.Add(condition with { Subject = subject });
        }

        if (mapping.Entries.Length == 0)
            _faults.Add(PolicyFileCodes.OutOfRange, mapping, $"'{list}' is empty; leave it out");
        return conditions.ToImmutable();
    }

    private RuleCondition? Condition(string metric, PolicyNode value)
    {
        if (value is ScalarNode { IsNull: false } scalar)
        {
            string text = scalar.Value.Trim();
            foreach ((string symbol, RuleOperator comparison) in Operators)
            {
                if (text.StartsWith(symbol, StringComparison.Ordinal) && YamlScalar.TryNumber(text[symbol.Length..].Trim(), out double number))
                {
                    if (double.IsFinite(number))
                        return new RuleCondition(metric, comparison, number);
                    _faults.Add(PolicyFileCodes.NotFinite, value, $"the condition on '{metric}' must compare with a finite number");
                    return null;
                }
            }
        }

        _faults.Add(PolicyFileCodes.InvalidCondition, value, $"the condition on '{metric}' must be an operator (>=, <=, >, <, ==, !=) and a number in quotes, such as \">= 50\", not {MappingReader.Found(value)}");
        return null;
    }

    private void Check(PolicyRule rule, MappingReader reader, bool switchedOff)
    {
        if (rule.Min > rule.Max)
            _faults.Add(PolicyFileCodes.EmptyRange, reader.At("min"), $"min {Numbers.Text(rule.Min.Value)} is above max {Numbers.Text(rule.Max.Value)}: no value could keep the rule");
        if (!switchedOff && !reader.Has("min") && !reader.Has("max") && !reader.Has("baseline"))
            _faults.Add(PolicyFileCodes.RuleWithoutLimit, reader.Node, "the rule has no 'min', 'max' or 'baseline', so nothing could break it");
        if (reader.Value("layers") is SequenceNode { Items.Length: 0 } none)
            _faults.Add(PolicyFileCodes.OutOfRange, none, "'layers' is empty; leave it out for all layers");
        bool ofModel = MetricNeeds.IsOfModel(rule.Metric);
        Exclude(reader, "allow", rule.Per == RuleScope.Model, "'allow' counts layers; it has no meaning with 'per: model'");
        Exclude(reader, "aggregate", rule.Per == RuleScope.Layer && !ofModel, "'aggregate' makes one value of all layers; it needs 'per: model'");
        Exclude(reader, "aggregate", ofModel, "the metric is one of the whole model already; it takes no 'aggregate'");
        Exclude(reader, "layers", ofModel, "the metric is one of the whole model; it takes no 'layers'");
        Exclude(reader, "when", ofModel, "the metric is one of the whole model; it takes no 'when'");
        foreach (string list in (string[])["when_baseline", "when_relative"])
            Exclude(reader, list, ofModel || rule.Per == RuleScope.Model, $"'{list}' compares a layer with the baseline's; it needs 'per: layer'");
    }

    private void Exclude(MappingReader reader, string key, bool excluded, string message)
    {
        if (excluded && reader.Value(key) is { } node)
            _faults.Add(PolicyFileCodes.ContradictingKeys, node, message);
    }
}

/// <summary>A rule as it stands in one file.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="SwitchedOff">True when it only says that an inherited rule is off.</param>
/// <param name="IdAt">Where its id stands.</param>
internal sealed record ParsedRule(PolicyRule Rule, bool SwitchedOff, PolicyNode IdAt);
