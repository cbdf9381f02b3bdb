using System.Globalization;
using WeightWatcher.Metrics;

namespace WeightWatcher.Reports;

/// <summary>How numbers are written in reports: so that they read back exactly, the same in every culture.</summary>
internal static class ReportNumbers
{
    /// <summary>The shortest decimal that reads back as the same double; counts without a fraction.</summary>
    public static string Text(double value, bool isCount) =>
        isCount && value == Math.Floor(value) && Math.Abs(value) < 1L << 53
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Four significant digits, for people: <c>2.414</c>, <c>12,346</c>, <c>1.23e-5</c>.</summary>
    public static string Short(double value)
    {
        double size = Math.Abs(value);
        if (size == 0)
            return "0";
        return size switch
        {
            >= 1e7 or < 1e-3 => value.ToString("0.##e+0", CultureInfo.InvariantCulture),
            >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
            >= 100 => value.ToString("0.#", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.##", CultureInfo.InvariantCulture),
            >= 1 => value.ToString("0.###", CultureInfo.InvariantCulture),
            _ => value.ToString("0.####", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Two significant digits, for errors: <c>0.36</c>.</summary>
    public static string Rough(double value) => Math.Abs(value) is >= 1e-3 and < 1e7 ? double.Parse(value.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("0.####", CultureInfo.InvariantCulture) : Short(value);

    /// <summary>A measurement for people; a dash when there is no value.</summary>
    public static string Short(Measurement measurement) => measurement.IsMeasured ? Short(measurement.Value) : "–";

    /// <summary>A difference for people, with its sign.</summary>
    public static string Difference(double? difference) => difference switch
    {
        null => "–",
        > 0 => "+" + Short(difference.Value),
        < 0 => "−" + Short(-difference.Value),
        _ => "0",
    };

    /// <summary>The number of a measurement, or null when it was not measured.</summary>
    public static double? Number(Measurement measurement) => measurement.IsMeasured ? measurement.Value : null;
}
