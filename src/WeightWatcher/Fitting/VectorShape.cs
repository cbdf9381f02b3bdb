namespace WeightWatcher.Fitting;

/// <summary>How far one unit vector is spread over its entries, by the Python tool's three scores.</summary>
/// <param name="Entropy">
/// <c>vec_entropy</c>: -sum p ln p over a histogram of |v| - mean |v| with 100 equal bins between the smallest and the largest, in nats; 0 to ln 100.
/// </param>
/// <param name="Localization"><c>loc_ratio</c>: sum |v| over max |v|, 1 to the length.</param>
/// <param name="Participation"><c>part_ratio</c>: the L2 norm over the L4 norm, 1 to the fourth root of the length.</param>
internal readonly record struct VectorShape(double Entropy, double Localization, double Participation)
{
    private const int Bins = 100;

    /// <summary>Measures a vector.</summary>
    /// <param name="vector">At least one entry, not all zero.</param>
    public static VectorShape Of(ReadOnlySpan<double> vector)
    {
        double sum = 0, largest = 0, smallest = double.PositiveInfinity, squares = 0, fourths = 0;
        foreach (double entry in vector)
        {
            double size = Math.Abs(entry);
            sum += size;
            largest = Math.Max(largest, size);
            smallest = Math.Min(smallest, size);
            squares += size * size;
            fourths += size * size * size * size;
        }

        return new VectorShape(Histogram(vector, smallest, largest), sum / largest, Math.Sqrt(squares) / Math.Sqrt(Math.Sqrt(fourths)));
    }

    private static double Histogram(ReadOnlySpan<double> vector, double smallest, double largest)
    {
        if (!(largest > smallest))
            return 0;
        int[] counts = new int[Bins];
        foreach (double entry in vector)
            counts[Math.Min(Bins - 1, (int)((Math.Abs(entry) - smallest) / (largest - smallest) * Bins))]++;
        double entropy = 0;
        foreach (int count in counts)
        {
            double p = (double)count / vector.Length;
            entropy -= p > 0 ? p * Math.Log(p) : 0;
        }

        return entropy;
    }
}
