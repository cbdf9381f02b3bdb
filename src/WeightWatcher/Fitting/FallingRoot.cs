namespace WeightWatcher.Fitting;

/// <summary>
/// The root of a falling function of one variable, by false position (the Illinois rule) with a bisection in every third step. It always ends: where
/// rounding has taken the change of sign away, with the end of the interval at which the function is nearer to changing sign.
/// </summary>
internal static class FallingRoot
{
    private const int MostSteps = 200;

    /// <summary>The root in [low, high], to <paramref name="accuracy"/>.</summary>
    /// <param name="function">Falls from low to high.</param>
    /// <param name="low">The lower end; returned when the function is not above zero there.</param>
    /// <param name="high">The upper end; returned when the function is not below zero there.</param>
    /// <param name="accuracy">The width at which the search stops.</param>
    public static double Find(Func<double, double> function, double low, double high, double accuracy)
    {
        double atLow = function(low);
        if (!(atLow > 0))
            return low;
        double atHigh = function(high);
        if (!(atHigh < 0))
            return high;
        for (int step = 1; step <= MostSteps && high - low > accuracy; step++)
        {
            double middle = step % 3 == 0 || !double.IsFinite(atLow) ? (low + high) / 2 : low + ((high - low) * (atLow / (atLow - atHigh)));
            if (!(middle > low && middle < high))
                middle = (low + high) / 2;
            double value = function(middle);
            if (value == 0 || middle <= low || middle >= high)
                return middle;
            if (value > 0)
            {
                low = middle;
                atLow = value;
                atHigh /= 2;
            }
            else
            {
                high = middle;
                atHigh = value;
                atLow /= 2;
            }
        }

        return (low + high) / 2;
    }
}
