namespace WeightWatcher.Fitting;

/// <summary>Bounds on the start of a power-law tail, both inclusive, in units of an eigenvalue.</summary>
/// <param name="Low">The smallest xmin that may be chosen.</param>
/// <param name="High">The largest xmin that may be chosen.</param>
internal readonly record struct XMinWindow(double Low, double High)
{
    private const int Bins = 100;

    /// <summary>
    /// The window around the peak of the density of log10 lambda (the tool's <c>xmin_peak</c>): with p the left edge of the fullest of 100 bins, 0.95 p to 1.5 p.
    /// </summary>
    /// <param name="data">At least one eigenvalue above the floor, ascending, positive.</param>
    /// <param name="compatible">Whether the lower bound is log10(0.95 p), as the Python tool has it by mistake.</param>
    public static XMinWindow AroundPeak(ReadOnlySpan<double> data, bool compatible)
    {
        double first = Math.Log10(data[0]), last = Math.Log10(data[^1]);
        if (!(last > first))
            return new XMinWindow(data[0], data[^1]);

        int[] counts = new int[Bins];
        double step = (last - first) / Bins;
        foreach (double value in data)
        {
            double log = Math.Log10(value);
            int bin = Math.Clamp((int)((log - first) / step), 0, Bins - 1);
            if (log < first + (bin * step))
                bin--;
            else if (bin < Bins - 1 && log >= first + ((bin + 1) * step))
                bin++;
            counts[bin]++;
        }

        int fullest = Array.IndexOf(counts, counts.Max());
        double peak = Math.Pow(10, first + (fullest * step));
        return new XMinWindow(compatible ? Math.Log10(0.95 * peak) : 0.95 * peak, 1.5 * peak);
    }

    /// <summary>Whether an eigenvalue lies within.</summary>
    public bool Contains(double value) => value >= Low && value <= High;
}
