using System.Globalization;

namespace WeightWatcher.Policies;

/// <summary>How numbers look in messages.</summary>
internal static class Numbers
{
    /// <summary>Six significant digits, invariant: enough to compare with a limit, short enough to read.</summary>
    public static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>
    /// Two numbers with as many digits, from six up, as it takes to tell them apart, so that a message never says that 2 is below 2.
    /// </summary>
    public static (string Value, string Limit) Pair(double value, double limit)
    {
        for (int digits = 6; digits < 17; digits++)
        {
            string format = string.Create(CultureInfo.InvariantCulture, $"G{digits}");
            string first = value.ToString(format, CultureInfo.InvariantCulture);
            string second = limit.ToString(format, CultureInfo.InvariantCulture);
            if (first != second || value == limit)
                return (first, second);
        }

        return (value.ToString("R", CultureInfo.InvariantCulture), limit.ToString("R", CultureInfo.InvariantCulture));
    }
}
