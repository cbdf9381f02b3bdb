namespace WeightWatcher.Codes;

/// <summary>The <c>WWG1xxx</c> codes: how a model can break a policy that is itself in order.</summary>
public static class PolicyViolationCodes
{
    /// <summary>A value is below the rule's <c>min</c>.</summary>
    public static readonly DiagnosticCode BelowMinimum = new("WWG1001", "Metric is below its minimum");

    /// <summary>A value is above the rule's <c>max</c>.</summary>
    public static readonly DiagnosticCode AboveMaximum = new("WWG1002", "Metric is above its maximum");

    /// <summary>A value rose above the baseline's by more than the rule's <c>max_increase</c>.</summary>
    public static readonly DiagnosticCode RoseAboveBaseline = new("WWG1003", "Metric rose too far above its baseline");

    /// <summary>A value fell below the baseline's by more than the rule's <c>max_decrease</c>.</summary>
    public static readonly DiagnosticCode FellBelowBaseline = new("WWG1004", "Metric fell too far below its baseline");

    /// <summary>A metric under a rule has a meaning for the layer and could not be measured.</summary>
    public static readonly DiagnosticCode NotMeasured = new("WWG1005", "Metric could not be measured");

    /// <summary>A metric under a rule has no meaning for a layer, and the rule's <c>when_not_applicable</c> reports that.</summary>
    public static readonly DiagnosticCode NotApplicable = new("WWG1006", "Metric does not apply to the layer");

    /// <summary>No layer of the model was judged by the rule.</summary>
    public static readonly DiagnosticCode RuleAppliedNowhere = new("WWG1007", "Rule applied to no layer");

    /// <summary>The share of the parameters that was analysed is below the policy's <c>coverage.min</c>.</summary>
    public static readonly DiagnosticCode CoverageTooLow = new("WWG1008", "Too small a share of the parameters was analysed");

    /// <summary>The policy says on purpose that it has no rules.</summary>
    public static readonly DiagnosticCode NoRules = new("WWG1009", "Policy has no rules");

    /// <summary>A change against the baseline exceeds the tolerance and not the metric's own error.</summary>
    public static readonly DiagnosticCode WithinOwnError = new("WWG1010", "Change lies within the metric's own error");

    /// <summary>A rule could not have seen a change of the size that it guards against, because the metric's own error is larger.</summary>
    public static readonly DiagnosticCode CannotSee = new("WWG1011", "Metric's own error exceeds the tolerance");
}
