namespace WeightWatcher;

/// <summary>One application of a rule: to a layer, or to the whole model. What was judged, whether or not anything was wrong.</summary>
/// <param name="Rule">The id of the rule.</param>
/// <param name="Metric">The metric that it limits.</param>
/// <param name="Layer">The layer, or null for the whole model.</param>
/// <param name="Slice">The slice of the layer, from 0, or null.</param>
/// <param name="NotApplicable">Why the rule says nothing of the layer, in a few words; null when it was judged.</param>
public sealed record RuleCheck(string Rule, string Metric, string? Layer, int? Slice, string? NotApplicable)
{
    /// <summary>The full path of the policy that holds the rule, or null for a built-in one.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>The line of the rule in <see cref="PolicyFile"/>, from 1.</summary>
    public int PolicyLine { get; init; }
}
