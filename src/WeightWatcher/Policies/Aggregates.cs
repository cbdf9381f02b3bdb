namespace WeightWatcher.Policies;

/// <summary>Makes one value of the values of several layers.</summary>
internal static class Aggregates
{
    /// <summary>The aggregate of at least one finite value. The mean is summed in the given order.</summary>
    public static double Of(RuleAggregate aggregate, IReadOnlyList<double> values)
    {
        switch (aggregate)
        {
            case RuleAggregate.Min:
                return values.Min();
            case RuleAggregate.Max:
                return values.Max();
            case RuleAggregate.Median:
                double[] sorted = [.. values.Order()];
                int middle = sorted.Length / 2;
                return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] / 2) + (sorted[middle] / 2);
            default:
                return values.Sum() / values.Count;
        }
    }

    /// <summary>Its name in messages.</summary>
    public static string Name(RuleAggregate aggregate) => aggregate switch
    {
        RuleAggregate.Min => "minimum",
        RuleAggregate.Max => "maximum",
        RuleAggregate.Median => "median",
        _ => "mean",
    };
}
