using System.Globalization;
using WeightWatcher.Metrics;

namespace WeightWatcher.Reports;

/// <summary>The sentences on a whole model that several formats share.</summary>
internal static class ReportSummary
{
    /// <summary>How much was analysed: <c>22 layers, 99.7 % of 270,896 parameters analysed</c>.</summary>
    public static string Analysed(ModelReport report)
    {
        string rows = Rows(report);
        return Value(report, "coverage") is { } coverage && Value(report, "parameters") is { } parameters
            ? string.Create(CultureInfo.InvariantCulture, $"{rows}, {Percent(coverage)} of {parameters:N0} parameters analysed")
            : $"{rows} analysed";
    }

    /// <summary>The title of the table of all layers.</summary>
    public static string TableTitle(ModelReport report) => report.Layers.Length == 1 ? "The layer" : $"All {Rows(report)}, the worst first";

    /// <summary>A value of the summary, or null.</summary>
    public static double? Value(ModelReport report, string name)
    {
        foreach ((string key, Measurement value) in report.Summary)
        {
            if (key == name && value.IsMeasured)
                return value.Value;
        }

        return null;
    }

    /// <summary>A share as a percentage that never says 100 of what is less.</summary>
    public static string Percent(double share) =>
        share >= 1 ? "100 %" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 1000) / 10} %");

    private static string Rows(ModelReport report) => ReportText.Count(report.Layers.Length, report.Layers.Any(l => l.SliceId is not null) ? "slice" : "layer");
}
