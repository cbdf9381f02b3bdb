using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>A change against a baseline beyond its tolerance.</summary>
/// <param name="Rose">Whether the value rose.</param>
/// <param name="Limit">The value up to which the rule would have kept.</param>
/// <param name="Tolerance">The tolerance that was exceeded.</param>
internal readonly record struct BaselineBreach(bool Rose, double Limit, RuleTolerance Tolerance)
{
    /// <summary>The code of the violation.</summary>
    public DiagnosticCode Code => Rose ? PolicyViolationCodes.RoseAboveBaseline : PolicyViolationCodes.FellBelowBaseline;

    /// <summary>The breach of a rule by a change, or null.</summary>
    public static BaselineBreach? Of(PolicyRule rule, double value, double baseline)
    {
        if (rule.MaxIncrease is { } increase && value - baseline > increase.Of(baseline))
            return new(true, baseline + increase.Of(baseline), increase);
        if (rule.MaxDecrease is { } decrease && baseline - value > decrease.Of(baseline))
            return new(false, baseline - decrease.Of(baseline), decrease);
        return null;
    }
}
