namespace WeightWatcher.Fitting;

/// <summary>
/// The standard error of a statistic from its values without each of g groups of the observations: the delete-a-group jackknife (Shao and Wu, Annals of Statistics 17, 1989;
/// Kott, Journal of Official Statistics 17, 2001), <c>sqrt((g - 1) / g * sum over k of (t_k - mean t)^2)</c>. It asks for no distribution; deviations are taken
/// about the mean of the t_k, so that what every deletion does alike, such as making the matrix less tall, does not count as error.
/// </summary>
internal static class Jackknife
{
    /// <summary>The standard error.</summary>
    /// <param name="values">The statistic without each group, finite; at least two.</param>
    public static Outcome<double> StandardError(ReadOnlySpan<double> values)
    {
        if (values.Length < 2)
            return Outcome.NotApplicable<double>("a jackknife needs at least two groups");
        double mean = 0, squares = 0;
        foreach (double value in values)
            mean += value / values.Length;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        return Outcome.Finite(Math.Sqrt(squares * (values.Length - 1) / values.Length), "the standard error");
    }

    /// <summary>The standard error of what an estimator says of each group's absence; without a value where it has none for one of them.</summary>
    /// <param name="groups">What is left without each group.</param>
    /// <param name="estimate">The statistic.</param>
    public static Outcome<double> StandardError<T>(IReadOnlyList<T> groups, Func<T, Outcome<double>> estimate)
    {
        double[] values = new double[groups.Count];
        for (int k = 0; k < values.Length; k++)
        {
            Outcome<double> value = estimate(groups[k]);
            if (!value.IsSuccess)
                return value;
            values[k] = value.Value;
        }

        return StandardError(values);
    }
}
