namespace WeightWatcher.Fitting;

/// <summary>The largest and the smallest singular value of a layer that may consist of several slices.</summary>
/// <param name="SvMax">The largest singular value of all slices.</param>
/// <param name="SvMin">The smallest singular value of all slices.</param>
/// <param name="CompatibleSvMin">
/// The Python tool's <c>sv_min</c>: the largest over slices of the slice's smallest, which is the smallest only where there is one slice.
/// </param>
internal readonly record struct SliceExtremes(double SvMax, double SvMin, double CompatibleSvMin)
{
    /// <summary>Combines slices.</summary>
    /// <param name="slices">At least one slice: its smallest and its largest singular value.</param>
    public static SliceExtremes Of(IEnumerable<(double Smallest, double Largest)> slices)
    {
        double largest = 0, smallest = double.PositiveInfinity, compatible = 0;
        foreach ((double low, double high) in slices)
        {
            largest = Math.Max(largest, high);
            smallest = Math.Min(smallest, low);
            compatible = Math.Max(compatible, low);
        }

        return new SliceExtremes(largest, smallest, compatible);
    }
}
