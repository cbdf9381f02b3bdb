namespace WeightWatcher.Fitting;

/// <summary>
/// The Hill estimate of a power-law exponent over the k largest eigenvalues: <c>alpha = 1 + k / sum of ln(lambda_j / lambda_k')</c>, the sum over
/// the k largest, lambda_k' the largest of the others (Hill, Annals of Statistics 3, 1975). With k = n / 2 it is the PL_Alpha_Hill of
/// TempBalance (Zhou et al., NeurIPS 2023). No search for a start of the tail: smoother than the fit, and biased.
/// </summary>
internal static class HillEstimator
{
    /// <summary>The estimate over the upper half, k = n / 2 rounded down.</summary>
    /// <param name="eigenvalues">Ascending, not negative.</param>
    /// <param name="floor">Eigenvalues at or below this do not count.</param>
    public static Outcome<double> UpperHalf(ReadOnlySpan<double> eigenvalues, double floor)
    {
        ReadOnlySpan<double> data = Spectrum.Above(eigenvalues, floor);
        return Top(data, data.Length / 2);
    }

    /// <summary>The estimate over the <paramref name="count"/> largest of <paramref name="data"/>.</summary>
    /// <param name="data">Positive values, ascending.</param>
    /// <param name="count">k; at least 1 and fewer than there are values, else not applicable.</param>
    public static Outcome<double> Top(ReadOnlySpan<double> data, int count)
    {
        if (count < 1 || count >= data.Length)
            return Outcome.NotApplicable<double>($"{data.Length} eigenvalues are too few for a Hill estimate");
        double threshold = data[^(count + 1)], sum = 0;
        foreach (double value in data[^count..])
            sum += Math.Log(value / threshold);
        return sum > 0
            ? Outcome.Finite(1 + (count / sum), "the Hill estimate")
            : Outcome.NotApplicable<double>("the upper half of the eigenvalues is equal");
    }
}
