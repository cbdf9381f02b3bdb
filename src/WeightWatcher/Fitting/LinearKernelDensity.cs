namespace WeightWatcher.Fitting;

/// <summary>
/// A kernel density estimate with the triangular ("linear") kernel on an equidistant grid: the mean over the data of (1 - |x - x_i| / h) / h
/// within the bandwidth h. Each datum reaches only the few grid points near it.
/// </summary>
internal static class LinearKernelDensity
{
    /// <summary>The density on <paramref name="points"/> grid points from 0 to <paramref name="end"/>, both included.</summary>
    /// <param name="data">At least one value, from 0 to <paramref name="end"/>.</param>
    /// <param name="bandwidth">h, positive.</param>
    /// <param name="end">The last grid point.</param>
    /// <param name="points">The number of grid points, at least 2.</param>
    public static double[] OnGrid(ReadOnlySpan<double> data, double bandwidth, double end, int points)
    {
        double[] density = new double[points];
        double step = end / (points - 1), weight = 1 / (data.Length * bandwidth);
        foreach (double value in data)
        {
            int from = Math.Max(0, (int)Math.Ceiling((value - bandwidth) / step));
            int to = Math.Min(points - 1, (int)Math.Floor((value + bandwidth) / step));
            for (int j = from; j <= to; j++)
                density[j] += weight * Math.Max(0, 1 - (Math.Abs((j * step) - value) / bandwidth));
        }

        return density;
    }
}
