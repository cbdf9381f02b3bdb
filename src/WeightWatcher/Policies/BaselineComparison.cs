namespace WeightWatcher;

/// <summary>How a policy compares a model with a baseline: what weighs how much beside the metrics themselves. Immutable.</summary>
public sealed record BaselineComparison
{
    /// <summary>A layer that the baseline does not have.</summary>
    public Severity Added { get; init; } = Severity.Warning;

    /// <summary>A layer of the baseline that the model does not have.</summary>
    public Severity Removed { get; init; } = Severity.Error;

    /// <summary>A layer that has another name in the baseline.</summary>
    public Severity Renamed { get; init; } = Severity.Info;

    /// <summary>A layer that has another shape in the baseline.</summary>
    public Severity Reshaped { get; init; } = Severity.Error;

    /// <summary>A change beyond its tolerance that the metric's own error may explain.</summary>
    public Severity Inconclusive { get; init; } = Severity.Info;

    /// <summary>By how many standard errors of the difference a change must differ from zero to be more than the metric's own error; 0 to judge by tolerances alone.</summary>
    public double StandardErrors { get; init; } = 2;

    /// <summary>Where the policy's <c>baseline</c> stands in its file, or null when it has none.</summary>
    internal RulePattern? At { get; init; }
}
