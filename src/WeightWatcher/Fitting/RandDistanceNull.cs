namespace WeightWatcher.Fitting;

/// <summary>
/// What <c>rand_distance</c> comes to between two independent Gaussian matrices, in closed form: <c>0.96 sqrt((0.45 ln M - 0.25) / (N M))</c>.
/// The constants were fitted to simulated spectra from 10 x 10 to 25088 x 4096 and hold within 7 %.
/// </summary>
internal static class RandDistanceNull
{
    /// <summary>The expected distance, or not applicable below M = 10, where the formula was not fitted.</summary>
    /// <param name="n">N, the larger dimension.</param>
    /// <param name="m">M, the smaller dimension.</param>
    public static Outcome<double> ClosedForm(int n, int m)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, m);
        return m < 10
            ? Outcome.NotApplicable<double>("the closed form holds from M = 10 up")
            : Outcome.Success(0.96 * Math.Sqrt(((0.45 * Math.Log(m)) - 0.25) / ((double)n * m)));
    }

    /// <summary>How far a distance lies above the null: <c>sqrt(max(0, distance^2 - null^2))</c>.</summary>
    public static double Effect(double distance, double expected) => Math.Sqrt(Math.Max(0, (distance * distance) - (expected * expected)));
}
