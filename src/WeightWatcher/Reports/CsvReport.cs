using System.Globalization;
using System.Text;
using WeightWatcher.Metrics;

namespace WeightWatcher.Reports;

/// <summary>
/// The layers as comma-separated values (RFC 4180 with <c>\n</c>): a header, then one row per layer, in the order of the report. Column names are the Python
/// tool's. Fields that were not measured are empty; a point separates decimals in every culture.
/// </summary>
public static class CsvReport
{
    /// <summary>Writes the layers of a report.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="report">The report.</param>
    public static void Write(TextWriter writer, ModelReport report)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(report);
        bool slices = report.Layers.Any(l => l.SliceId is not null);
        string[] present = [.. MetricCatalog.Layer.Select(m => m.Name).Where(name => report.Layers.Any(l => l.Metrics.Any(m => m.Key == name)))];
        string[] header = ["layer_id", "name", .. slices ? ["slice_id"] : (string[])[], "layer_type", "longname", .. present, "has_esd", "status", "warning"];
        writer.Write(string.Join(',', header) + "\n");
        foreach (LayerReport layer in report.Layers)
        {
            string[] row =
            [
                layer.LayerId.ToString(CultureInfo.InvariantCulture),
                layer.Name,
                .. slices ? [layer.SliceId?.ToString(CultureInfo.InvariantCulture) ?? ""] : (string[])[],
                layer.LayerType,
                layer.Name,
                .. present.Select(name => layer[name] is { IsMeasured: true } m ? ReportNumbers.Text(m.Value, MetricCatalog.Find(name)!.IsCount) : ""),
                layer["lambda_max"].IsMeasured ? "True" : "False",
                layer.Status,
                layer.Warning,
            ];
            writer.Write(string.Join(',', row.Select(Field)) + "\n");
        }
    }

    /// <summary>A field, quoted when it holds a separator; a text that a spreadsheet would run as a formula is disarmed by a leading apostrophe.</summary>
    private static string Field(string text)
    {
        bool number = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        if (!number && text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t')
            text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : new StringBuilder(text).Replace("\"", "\"\"").Insert(0, '"').Append('"').ToString();
    }
}
