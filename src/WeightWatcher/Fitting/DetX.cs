namespace WeightWatcher.Fitting;

/// <summary>How many eigenvalues belong to the tail whose product is one.</summary>
internal enum DetXCount
{
    /// <summary>The eigenvalue that took the product below one counts, as in the Python tool.</summary>
    WithCrossing,

    /// <summary>Only eigenvalues whose product from the top is at least one count.</summary>
    WithoutCrossing,
}

/// <summary>
/// The trace-log (ERG) condition: the eigenvalues scaled to mean one are multiplied from the largest down until the product falls
/// below one (SETOL, arXiv 2507.17912). Evaluated by sums of logarithms in O(n), which cannot overflow.
/// </summary>
/// <param name="Num">The number of eigenvalues in the tail.</param>
/// <param name="Index">The index of the smallest eigenvalue of the tail; 0 when no eigenvalue is cut off or the spectrum has no spread.</param>
/// <param name="Value">That eigenvalue in its own scale. The Python tool calls it <c>detX_val</c>.</param>
/// <param name="RescaledValue">
/// That eigenvalue after scaling to mean one. The Python tool calls it <c>detX_val_unrescaled</c>, the opposite of what it is.
/// </param>
internal readonly record struct DetX(int Num, int Index, double Value, double RescaledValue)
{
    /// <summary>The Python tool's answer: includes the crossing; the smallest eigenvalue is never looked at, so that without a crossing above it all count and the index is 1; zeros without spread.</summary>
    /// <param name="eigenvalues">Ascending, not negative.</param>
    /// <param name="rescale">Whether the eigenvalues are scaled to mean one first.</param>
    public static DetX Compatible(ReadOnlySpan<double> eigenvalues, bool rescale = true)
    {
        int n = eigenvalues.Length;
        double factor = rescale ? n / Spectrum.Sum(eigenvalues) : 1;
        if (n < 2 || !(eigenvalues[0] < eigenvalues[n - 1]))
            return n == 0 ? default : new DetX(0, 0, eigenvalues[0], eigenvalues[0] * factor);
        int crossing = Crossing(eigenvalues, factor);
        return crossing < 1
            ? new DetX(n, 1, eigenvalues[1], eigenvalues[1] * factor)
            : new DetX(n - crossing, crossing, eigenvalues[crossing], eigenvalues[crossing] * factor);
    }

    /// <summary>The mended answer.</summary>
    /// <param name="eigenvalues">Ascending, not negative.</param>
    /// <param name="count">Whether the crossing eigenvalue counts.</param>
    /// <returns>The tail; not applicable when there are fewer than two eigenvalues or all are equal.</returns>
    public static Outcome<DetX> Strict(ReadOnlySpan<double> eigenvalues, DetXCount count = DetXCount.WithCrossing)
    {
        if (Spectrum.Fault(eigenvalues) is { } fault)
            return Outcome.Failed<DetX>(fault);
        int n = eigenvalues.Length;
        if (n < 2 || !(eigenvalues[0] < eigenvalues[n - 1]))
            return Outcome.NotApplicable<DetX>(n < 2 ? "fewer than two eigenvalues" : "all eigenvalues are equal");
        double factor = n / Spectrum.Sum(eigenvalues);
        int crossing = Crossing(eigenvalues, factor);
        int first = crossing < 0 ? 0 : count == DetXCount.WithCrossing ? crossing : crossing + 1;
        return Outcome.Success(new DetX(n - first, first, eigenvalues[first], eigenvalues[first] * factor));
    }

    /// <summary>The index of the eigenvalue that takes the product from the top below one, or -1.</summary>
    private static int Crossing(ReadOnlySpan<double> eigenvalues, double factor)
    {
        double logProduct = 0, compensation = 0;
        for (int i = eigenvalues.Length - 1; i >= 0; i--)
        {
            double term = Math.Log(eigenvalues[i] * factor);
            double total = logProduct + term;
            if (double.IsNegativeInfinity(total))
                return i;
            compensation += Math.Abs(logProduct) >= Math.Abs(term) ? logProduct - total + term : term - total + logProduct;
            logProduct = total;
            if (logProduct + compensation < 0)
                return i;
        }

        return -1;
    }
}
