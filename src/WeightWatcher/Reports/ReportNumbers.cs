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

    /// <summary>The number of a measurement, or null when it was not measured.</summary>
    public static double? Number(Measurement measurement) => measurement.IsMeasured ? measurement.Value : null;
}
