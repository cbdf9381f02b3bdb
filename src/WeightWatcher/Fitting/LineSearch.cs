namespace WeightWatcher.Fitting;

/// <summary>
/// Minimisation over one variable as the Python tool's fits are made: the best point of a grid, then the Nelder-Mead simplex (Nelder and Mead,
/// Computer Journal 7, 1965) in one dimension. Step rules and stopping rule are those that SciPy documents for <c>fmin</c>, because results agree with
/// the tool only to the width at which the search stops.
/// </summary>
internal static class LineSearch
{
    private const double Tolerance = 1e-4;
    private const int MostSteps = 200;

    /// <summary>The first best point of the grid from <paramref name="start"/> in steps of <paramref name="step"/>, below <paramref name="stop"/>.</summary>
    public static double Grid(Func<double, double> function, double start, double stop, double step)
    {
        int count = (int)Math.Ceiling((stop - start) / step);
        double delta = start + step - start, best = start, lowest = double.PositiveInfinity;
        for (int i = 0; i < count; i++)
        {
            double x = start + (i * delta), value = function(x);
            if (value < lowest)
            {
                lowest = value;
                best = x;
            }
        }

        return best;
    }

    /// <summary>
    /// Polishes <paramref name="start"/>: first simplex {x, 1.05 x}; stops when both its points and both its values are within 1e-4, or after
    /// 200 steps or evaluations.
    /// </summary>
    /// <returns>The better point of the last simplex, its value, and whether the stopping rule was met.</returns>
    public static (double X, double Value, bool Converged) NelderMead(Func<double, double> function, double start)
    {
        double best = start, other = start == 0 ? 0.00025 : 1.05 * start;
        double bestValue = function(best), otherValue = function(other);
        int evaluations = 2;
        Order(ref best, ref bestValue, ref other, ref otherValue);
        for (int step = 1; step < MostSteps && evaluations < MostSteps; step++)
        {
            if (Math.Abs(other - best) <= Tolerance && Math.Abs(bestValue - otherValue) <= Tolerance)
                return (best, bestValue, true);

            double reflected = (2 * best) - other, reflectedValue = function(reflected);
            evaluations += 2;
            if (reflectedValue < bestValue)
            {
                double expanded = (3 * best) - (2 * other), expandedValue = function(expanded);
                (other, otherValue) = expandedValue < reflectedValue ? (expanded, expandedValue) : (reflected, reflectedValue);
            }
            else
            {
                bool outside = reflectedValue < otherValue;
                double contracted = outside ? (1.5 * best) - (0.5 * other) : (0.5 * best) + (0.5 * other);
                double contractedValue = function(contracted);
                if (outside ? contractedValue <= reflectedValue : contractedValue < otherValue)
                {
                    (other, otherValue) = (contracted, contractedValue);
                }
                else
                {
                    other = best + (0.5 * (other - best));
                    otherValue = function(other);
                    evaluations++;
                }
            }

            Order(ref best, ref bestValue, ref other, ref otherValue);
        }

        return (best, bestValue, false);
    }

    private static void Order(ref double best, ref double bestValue, ref double other, ref double otherValue)
    {
        if (otherValue < bestValue)
            (best, bestValue, other, otherValue) = (other, otherValue, best, bestValue);
    }
}
