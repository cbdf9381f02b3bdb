using System.Collections.Immutable;

namespace WeightWatcher;

/// <summary>One rule of a policy. Immutable.</summary>
public sealed record PolicyRule
{
    /// <summary>The name of the rule, unique in its policy.</summary>
    public required string Id { get; init; }

    /// <summary>The metric that it limits, a name of <see cref="Metrics.MetricCatalog"/>.</summary>
    public required string Metric { get; init; }

    /// <summary>Whether it limits each layer, or one value of the model.</summary>
    public RuleScope Per { get; init; }

    /// <summary>Globs on layer names; a layer is under the rule when one of them matches. Empty for all layers.</summary>
    public ImmutableArray<RulePattern> Layers { get; init; } = [];

    /// <summary>Conditions that a layer must meet, all of them, to be under the rule.</summary>
    public ImmutableArray<RuleCondition> When { get; init; } = [];

    /// <summary>The smallest value that keeps the rule, or null.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value that keeps the rule, or null.</summary>
    public double? Max { get; init; }

    /// <summary>How the values of the layers become one value of the model; used with <see cref="RuleScope.Model"/> and a metric of layers.</summary>
    public RuleAggregate Aggregate { get; init; }

    /// <summary>How many of the layers under the rule may break it; with a percentage, that share of them rounded down.</summary>
    public RuleAmount Allow { get; init; }

    /// <summary>How much a broken rule weighs.</summary>
    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>What it means that the metric does not apply to a layer.</summary>
    public WhenNotApplicable WhenNotApplicable { get; init; }

    /// <summary>By how much the value may exceed the baseline's, or null.</summary>
    public RuleTolerance? MaxIncrease { get; init; }

    /// <summary>By how much the value may fall short of the baseline's, or null.</summary>
    public RuleTolerance? MaxDecrease { get; init; }

    /// <summary>What a change weighs that the metric's own error may explain, or null for what the policy says.</summary>
    public Severity? Inconclusive { get; init; }

    /// <summary>By how many standard errors of the difference a change must differ from zero, or null for what the policy says.</summary>
    public double? StandardErrors { get; init; }

    /// <summary>What the policy's author says of the rule, or null.</summary>
    public string? Description { get; init; }

    /// <summary>The full path of the file that holds the rule or extends the policy that does, or null for a built-in policy.</summary>
    public string? File { get; init; }

    /// <summary>The file name of the policy that holds the rule, or <c>well-trained (built-in)</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>The line of the rule in its source, from 1.</summary>
    public int SourceLine { get; init; }

    /// <summary>The line in <see cref="File"/>, from 1: of the rule, or of the name under <c>extends</c> that brings it.</summary>
    public int Line { get; init; }

    /// <summary>The column that goes with <see cref="Line"/>, from 1.</summary>
    public int Column { get; init; }

    /// <summary>True when the rule compares with a baseline.</summary>
    public bool NeedsBaseline => MaxIncrease is not null || MaxDecrease is not null;

    /// <summary>True when a condition of the rule looks at the baseline.</summary>
    public bool HasBaselineConditions => When.Any(condition => condition.Subject != ConditionSubject.Value);

    /// <summary>True when the rule, or a condition of it, uses a column that compares the weights with those of a baseline checkpoint.</summary>
    public bool ComparesWeights => When.Select(condition => condition.Metric).Append(Metric).Any(Policies.MetricNeeds.IsOfChange);
}

/// <summary>What a rule limits.</summary>
public enum RuleScope
{
    /// <summary>The value of each layer.</summary>
    Layer,

    /// <summary>One value of the whole model.</summary>
    Model,
}

/// <summary>How the values of several layers become one.</summary>
public enum RuleAggregate
{
    /// <summary>The unweighted mean.</summary>
    Mean,

    /// <summary>The median; of an even number of values the mean of the two in the middle.</summary>
    Median,

    /// <summary>The smallest.</summary>
    Min,

    /// <summary>The largest.</summary>
    Max,
}

/// <summary>What it means that a rule's metric does not apply to a layer.</summary>
public enum WhenNotApplicable
{
    /// <summary>Nothing, as long as the rule applies to some layer. One that applies to none weighs as much as if it were broken.</summary>
    Default,

    /// <summary>Nothing. A rule that applies to no layer is a note.</summary>
    Ignore,

    /// <summary>A warning for each layer. A rule that applies to no layer weighs as much as if it were broken.</summary>
    Warn,

    /// <summary>An error for each layer, and for a rule that applies to none.</summary>
    Error,
}

/// <summary>A comparison of a condition.</summary>
public enum RuleOperator
{
    /// <summary>Equal to the number.</summary>
    Equal,

    /// <summary>Not equal to the number.</summary>
    NotEqual,

    /// <summary>Less than the number.</summary>
    Less,

    /// <summary>Less than or equal to the number.</summary>
    LessOrEqual,

    /// <summary>Greater than the number.</summary>
    Greater,

    /// <summary>Greater than or equal to the number.</summary>
    GreaterOrEqual,
}

/// <summary>Which value of a layer's metric a condition is about.</summary>
public enum ConditionSubject
{
    /// <summary>The model's own.</summary>
    Value,

    /// <summary>The baseline's.</summary>
    Baseline,

    /// <summary>The model's over the baseline's; where that is zero the condition does not hold.</summary>
    Relative,
}

/// <summary>A condition that a layer must meet to be under a rule.</summary>
/// <param name="Metric">A metric of layers.</param>
/// <param name="Operator">The comparison.</param>
/// <param name="Value">The number on its right-hand side; finite.</param>
public sealed record RuleCondition(string Metric, RuleOperator Operator, double Value)
{
    /// <summary>Which value of the metric the condition is about.</summary>
    public ConditionSubject Subject { get; init; }

    /// <summary>Whether a value meets the condition.</summary>
    public bool Holds(double value) => Operator switch
    {
        RuleOperator.Equal => value == Value,
        RuleOperator.NotEqual => value != Value,
        RuleOperator.Less => value < Value,
        RuleOperator.LessOrEqual => value <= Value,
        RuleOperator.Greater => value > Value,
        _ => value >= Value,
    };
}

/// <summary>A glob with its place in the policy.</summary>
/// <param name="Glob">The pattern: <c>*</c> for any characters, <c>?</c> for one.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">Its column, from 1.</param>
public sealed record RulePattern(string Glob, int Line, int Column);

/// <summary>How far a value may move from the baseline's: an absolute amount, a percentage, or the larger of the two.</summary>
/// <param name="Absolute">The amount in the metric's own unit, 0 or more, or null.</param>
/// <param name="Percent">The percentage of the baseline's magnitude, 0 or more, or null.</param>
public readonly record struct RuleTolerance(double? Absolute, double? Percent)
{
    /// <summary>The amount that a baseline's value allows.</summary>
    public double Of(double baseline) => Math.Max(Absolute ?? 0, (Percent ?? 0) / 100.0 * Math.Abs(baseline));
}

/// <summary>A number, or a percentage of something.</summary>
/// <param name="Value">The number; for a percentage the number before the sign: 5 for 5%.</param>
/// <param name="IsPercent">True for a percentage.</param>
public readonly record struct RuleAmount(double Value, bool IsPercent)
{
    /// <summary>The amount in units of what it is taken of: <see cref="Value"/> itself, or that percentage of <paramref name="whole"/>.</summary>
    public double Of(double whole) => IsPercent ? Value / 100.0 * Math.Abs(whole) : Value;
}
