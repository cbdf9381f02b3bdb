namespace WeightWatcher.Fitting;

/// <summary>Small questions about ascending eigenvalues that several kernels ask.</summary>
internal static class Spectrum
{
    /// <summary>What makes the eigenvalues unusable, or null: NaN, infinity, a negative value, or a wrong order.</summary>
    public static string? Fault(ReadOnlySpan<double> eigenvalues)
    {
        double previous = 0;
        foreach (double value in eigenvalues)
        {
            if (!double.IsFinite(value))
                return "an eigenvalue is NaN or infinite";
            if (value < previous)
                return value < 0 ? "an eigenvalue is negative" : "the eigenvalues are not ascending";
            previous = value;
        }

        return null;
    }

    /// <summary>The eigenvalues above <paramref name="floor"/> (exclusive).</summary>
    public static ReadOnlySpan<double> Above(ReadOnlySpan<double> eigenvalues, double floor)
    {
        int low = 0, high = eigenvalues.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (eigenvalues[middle] > floor)
                high = middle;
            else
                low = middle + 1;
        }

        return eigenvalues[low..];
    }

    /// <summary>The number of eigenvalues at or above <paramref name="limit"/>.</summary>
    public static int CountAtLeast(ReadOnlySpan<double> eigenvalues, double limit)
    {
        int count = 0;
        while (count < eigenvalues.Length && eigenvalues[^(count + 1)] >= limit)
            count++;
        return count;
    }

    /// <summary>The number of eigenvalues above <paramref name="limit"/>.</summary>
    public static int CountAbove(ReadOnlySpan<double> eigenvalues, double limit) => Above(eigenvalues, limit).Length;

    /// <summary>The sum of the eigenvalues, compensated, from the smallest up.</summary>
    public static double Sum(ReadOnlySpan<double> eigenvalues)
    {
        double sum = 0, compensation = 0;
        foreach (double value in eigenvalues)
        {
            double total = sum + value;
            if (double.IsInfinity(total))
                return total;
            compensation += Math.Abs(sum) >= Math.Abs(value) ? sum - total + value : value - total + sum;
            sum = total;
        }

        return sum + compensation;
    }
}
