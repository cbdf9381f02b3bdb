namespace WeightWatcher;

/// <summary>Which definitions of the metrics this release has.</summary>
internal static class RuleSet
{
    /// <summary>
    /// Raised whenever a metric's value changes by more than rounding for the same weights and options. Values of two versions are not comparable, so a baseline file of
    /// another version is refused.
    /// </summary>
    public const int Version = 1;
}
