using System.Globalization;
using System.Text.Json;
using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Compares rows of a report with what the Python tool gave, column by column.</summary>
internal static class PythonTool
{
    /// <summary>The columns of a Marchenko-Pastur fit, which ends in an iterative search.</summary>
    private static readonly HashSet<string> Fitted = ["W_scale", "sigma_mp", "bulk_max", "bulk_min", "mp_softrank", "num_spikes"];

    /// <summary>Every deviation of a row, as sentences; empty when all columns agree.</summary>
    public static List<string> Deviations(JsonElement expected, LayerReport actual)
    {
        List<string> deviations = [];
        foreach (JsonProperty column in expected.EnumerateObject())
        {
            if (Text(column.Name, actual) is { } text)
            {
                if (column.Value.ToString() != text)
                    deviations.Add($"{actual.Name}.{column.Name}: expected '{column.Value}', got '{text}'");
                continue;
            }

            if (MetricCatalog.Find(column.Name) is null || !TryNumber(column.Value, out double number))
                continue;
            Measurement value = actual[column.Name];
            if (!value.IsMeasured)
                deviations.Add($"{actual.Name}.{column.Name}: expected {number}, got none: {value.Reason}");
            else if (Math.Abs(value.Value - number) > Tolerance(column.Name, number))
                deviations.Add(FormattableString.Invariant($"{actual.Name}.{column.Name}: expected {number:R}, got {value.Value:R}"));
        }

        return deviations;
    }

    public static double Tolerance(string column, double expected)
    {
        double relative = Fitted.Contains(column) ? 1e-4 : 1e-6;
        return Math.Max(1e-9, relative * Math.Abs(expected));
    }

    public static bool TryNumber(JsonElement element, out double number)
    {
        number = double.NaN;
        return element.ValueKind switch
        {
            JsonValueKind.Number => element.TryGetDouble(out number),
            JsonValueKind.String => double.TryParse(element.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
    }

    private static string? Text(string column, LayerReport row) => column switch
    {
        "name" => row.Name,
        "layer_type" => row.LayerType,
        "status" => row.Status,
        "warning" => row.Warning,
        _ => null,
    };
}
