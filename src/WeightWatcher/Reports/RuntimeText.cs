using System.Globalization;

namespace WeightWatcher.Reports;

/// <summary>How reports for people speak of a run in ONNX Runtime.</summary>
internal static class RuntimeText
{
    /// <summary>What was run: <c>Run in ONNX Runtime 1.31.0 on 2 sets of seeded inputs</c>.</summary>
    public static string Title(RuntimeReport runtime) =>
        string.Create(CultureInfo.InvariantCulture, $"Run in ONNX Runtime {runtime.Version} on {ReportText.Count(runtime.Runs, "set")} of seeded inputs");

    /// <summary>The type of an output with its shape: <c>float[1, 10]</c>.</summary>
    public static string Type(RuntimeOutput output) => $"{output.Type}[{string.Join(", ", output.Shape.Select(size => size.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>The drift of an output as a percentage; a dash where it was not compared.</summary>
    public static string Drift(RuntimeOutput output) =>
        output.Drift is not { } drift ? "–" : double.IsFinite(drift) ? $"{ReportNumbers.Short(drift * 100)} %" : "unbounded";
}
