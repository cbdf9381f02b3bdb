namespace WeightWatcher.Fitting;

/// <summary>
/// The Jensen-Shannon distance of the densities of two spectra over log lambda: histograms of ln lambda over one common grid,
/// <c>sqrt((KL(p | m) + KL(q | m)) / 2)</c> in nats with m = (p + q) / 2. In [0, sqrt(ln 2)]; the same when both spectra are scaled by one number.
/// </summary>
/// <remarks>
/// Each eigenvalue is shared between the two nearest grid points in proportion to nearness (linear binning), so that the distance is a
/// continuous function of the eigenvalues. Zeros, and values at or below the floor, share one cell of their own.
/// </remarks>
internal static class SpectralDensityDistance
{
    /// <summary>The distance.</summary>
    /// <param name="first">Eigenvalues, ascending, not negative.</param>
    /// <param name="second">Eigenvalues, ascending, not negative; the number may differ.</param>
    /// <param name="relativeFloor">Values at or below this share of the largest of both spectra count as zero.</param>
    /// <param name="cells">The number of grid steps over the range of both spectra.</param>
    public static Outcome<double> Compute(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double relativeFloor, int cells = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cells, 2);
        if ((Spectrum.Fault(first) ?? Spectrum.Fault(second)) is { } fault)
            return Outcome.Failed<double>(fault);
        if (first.IsEmpty || second.IsEmpty)
            return Outcome.NotApplicable<double>("a spectrum is empty");
        double largest = Math.Max(first[^1], second[^1]);
        if (largest == 0)
            return Outcome.NotApplicable<double>("all eigenvalues are zero");

        double floor = largest * relativeFloor;
        ReadOnlySpan<double> firstAbove = Spectrum.Above(first, floor), secondAbove = Spectrum.Above(second, floor);
        double smallest = Math.Min(firstAbove.IsEmpty ? largest : firstAbove[0], secondAbove.IsEmpty ? largest : secondAbove[0]);
        double low = Math.Log(smallest / largest), step = -low / cells;
        double[] p = Histogram(first, largest, floor, low, step, cells), q = Histogram(second, largest, floor, low, step, cells);

        double divergence = 0;
        for (int i = 0; i < p.Length; i++)
        {
            double m = (p[i] + q[i]) / 2;
            divergence += (p[i] > 0 ? p[i] * Math.Log(p[i] / m) : 0) + (q[i] > 0 ? q[i] * Math.Log(q[i] / m) : 0);
        }

        return Outcome.Finite(Math.Sqrt(Math.Max(0, divergence) / 2), "the distance");
    }

    private static double[] Histogram(ReadOnlySpan<double> values, double largest, double floor, double low, double step, int cells)
    {
        double[] histogram = new double[cells + 2];
        double share = 1.0 / values.Length;
        foreach (double value in values)
        {
            if (!(value > floor))
            {
                histogram[cells + 1] += share;
                continue;
            }

            double position = step > 0 ? Math.Clamp((Math.Log(value / largest) - low) / step, 0, cells) : 0;
            int cell = Math.Min((int)position, cells - 1);
            histogram[cell] += share * (1 - (position - cell));
            histogram[cell + 1] += share * (position - cell);
        }

        return histogram;
    }
}
