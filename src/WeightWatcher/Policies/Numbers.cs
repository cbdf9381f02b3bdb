using System.Globalization;

namespace WeightWatcher.Policies;

/// <summary>How numbers look in messages.</summary>
internal static class Numbers
{
    /// <summary>Six significant digits, invariant: enough to compare with a limit, short enough to read.</summary>
    public static string Text(double value) => Digits(value, 6);

    /// <summary>
    /// Two numbers with as many digits, from six up, as it takes to tell them apart, so that a message never says that 2 is below 2.
    /// </summary>
    public static (string Value, string Limit) Pair(double value, double limit)
    {
        for (int digits = 6; digits < 17; digits++)
        {
            string first = Digits(value, digits);
            string second = Digits(limit, digits);
            if (first != second || value == limit)
                return (first, second);
        }

        return (value.ToString("R", CultureInfo.InvariantCulture), limit.ToString("R", CultureInfo.InvariantCulture));
    }

    // Adding zero turns a negative zero into zero.
    private static string Digits(double value, int digits) =>
        (value + 0.0).ToString(string.Create(CultureInfo.InvariantCulture, $"G{digits}"), CultureInfo.InvariantCulture);
}
