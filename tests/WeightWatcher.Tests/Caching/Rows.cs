using System.Collections;
using System.Globalization;
using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Caching;

/// <summary>Rows that use everything a row can hold.</summary>
internal static class Rows
{
    /// <summary>A row before anything is measured.</summary>
    public static LayerReport Identity { get; } =
        new() { LayerId = 3, Name = "fc", LayerType = "dense", SliceId = 2, Shape = [4, 5], WeightHash = "ab", Status = "failed", Metrics = [] };

    /// <summary>The same row, measured.</summary>
    public static LayerReport Full { get; } = Identity with
    {
        Status = "success",
        Warning = "over-trained",
        Fault = LayerFault.NonFinite,
        FaultDetail = "weight [0, 1] is NaN",
        Metrics =
        [
            new("alpha", Measurement.Of(0.1 + 0.2)),
            new("denormal", Measurement.Of(double.Epsilon)),
            new("minus_zero", Measurement.Of(-0.0)),
            new("sigma_mp", Measurement.NotApplicable("too few \u20ac")),
            new("lambda_max", Measurement.Failed("infinite")),
        ],
        Traps = [new TrapReport(Math.PI, Math.E, "element", 7, 1L << 40, 1, -3.5), new TrapReport(2, 1, "mean-shift", null, null, 0, 1)],
    };

    /// <summary>Expects the same in every property, numbers bit for bit; a property that was added to rows is compared as well.</summary>
    public static void AssertSame(LayerReport expected, LayerReport actual) => Assert.Equal(Text(expected), Text(actual));

    private static string Text(LayerReport row) => string.Join('\n', typeof(LayerReport).GetProperties().Where(p => p.GetIndexParameters().Length == 0)
        .OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}={Text(p.GetValue(row))}"));

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        double number => BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(';', list.Cast<object>().Select(Text))}]",
        KeyValuePair<string, Measurement> column => $"{column.Key}:{column.Value.Status}:{Text(column.Value.Value)}:{column.Value.Reason}",
        TrapReport trap => $"{Text(trap.Lambda)},{Text(trap.Edge)},{Text(trap.Size)},{trap}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
