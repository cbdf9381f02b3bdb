using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using WeightWatcher.Metrics;

namespace WeightWatcher.Reports;

/// <summary>
/// The report as JSON, schema version 1: what docs/report.md describes. The same report gives the same bytes on every machine: keys in a fixed
/// order, numbers that read back exactly, line ends <c>\n</c>, UTF-8 without a mark. What was not measured is null.
/// </summary>
public static class JsonReport
{
    /// <summary>The version of the layout, raised when a reader would have to change.</summary>
    public const int SchemaVersion = 1;

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a report and, when there is one, its verdict.</summary>
    /// <param name="stream">Receives the bytes; stays open.</param>
    /// <param name="report">The report.</param>
    /// <param name="verdict">The verdict, or null when nothing was judged; then the key is null.</param>
    /// <param name="baseDirectory">Paths of policies are written relative to this folder when they are below it; null for file names alone.</param>
    public static void Write(Stream stream, ModelReport report, Verdict? verdict, string? baseDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(report);
        using Utf8JsonWriter json = new(stream, Options);
        json.WriteStartObject();
        json.WriteNumber("schema_version", SchemaVersion);
        json.WriteStartObject("tool");
        json.WriteString("name", "WeightWatcher");
        json.WriteString("version", Tool.Version);
        json.WriteEndObject();
        WriteArtifact(json, report.Artifact);
        WriteOptions(json, report.Options);
        json.WriteStartArray("layers");
        foreach (LayerReport layer in report.Layers)
            WriteLayer(json, layer);
        json.WriteEndArray();
        json.WriteStartArray("skipped");
        foreach (SkippedTensor tensor in report.Skipped)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            WriteShape(json, tensor.Shape);
            json.WriteString("reason", tensor.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("summary");
        foreach ((string name, Measurement value) in report.Summary)
            WriteMeasurement(json, name, value);
        json.WriteEndObject();
        WriteStrings(json, "notes", report.Notes);
        WriteVerdict(json, verdict, baseDirectory);
        json.WriteEndObject();
        json.Flush();
        stream.Write("\n"u8);
    }

    private static void WriteArtifact(Utf8JsonWriter json, ArtifactInfo artifact)
    {
        json.WriteStartObject("artifact");
        json.WriteString("path", artifact.Path);
        json.WriteString("format", artifact.Format);
        json.WriteString("sha256", artifact.Sha256);
        json.WriteNumber("size_bytes", artifact.SizeBytes);
        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, AnalysisOptions options)
    {
        json.WriteStartObject("options");
        json.WriteString("semantics", OptionNames.Of(options.Semantics));
        json.WriteString("randomize", OptionNames.Of(options.Randomize));
        json.WriteNumber("seed", options.Seed);
        json.WriteString("fit", options.Fit.ToString());
        json.WriteNumber("min_evals", options.MinEvals);
        if (options.MaxEvals is { } most)
            json.WriteNumber("max_evals", most);
        else
            json.WriteNull("max_evals");
        json.WriteBoolean("pool", options.Pool);
        json.WriteBoolean("mp_fit", options.MpFit);
        json.WriteBoolean("detX", options.DetX);
        json.WriteString("fix_fingers", OptionNames.Of(options.FixFingers));
        json.WriteNumber("max_fingers", options.MaxFingers);
        json.WriteNumber("finger_thresh", options.FingerThresh);
        json.WriteNumber("xmax", options.XMax);
        json.WriteBoolean("inverse", options.Inverse);
        json.WriteBoolean("conv2d_norm", options.Conv2DNorm);
        json.WriteBoolean("fold_batchnorm", options.FoldBatchNorm);
        json.WriteBoolean("vectors", options.Vectors);
        json.WriteBoolean("clauset_p", options.ClausetP);
        json.WriteBoolean("quantization", options.Quantization);
        json.WriteString("combine", OptionNames.Of(options.Combine));
        if (options.BaseModelName is { } baseModel)
            json.WriteString("base_model", baseModel);
        WriteStrings(json, "include", options.Include);
        WriteStrings(json, "exclude", options.Exclude);
        json.WriteEndObject();
    }

    private static void WriteLayer(Utf8JsonWriter json, LayerReport layer)
    {
        json.WriteStartObject();
        json.WriteNumber("layer_id", layer.LayerId);
        json.WriteString("name", layer.Name);
        json.WriteString("longname", layer.Name);
        json.WriteString("layer_type", layer.LayerType);
        if (layer.SliceId is { } slice)
            json.WriteNumber("slice_id", slice);
        WriteShape(json, layer.Shape);
        json.WriteString("weight_hash", layer.WeightHash);
        foreach ((string name, Measurement value) in layer.Metrics)
            WriteMeasurement(json, name, value);
        json.WriteBoolean("has_esd", layer["lambda_max"].IsMeasured);
        json.WriteString("status", layer.Status);
        json.WriteString("warning", layer.Warning);
        if (layer.InitKind is { } initialisation)
            json.WriteString("init_kind", initialisation);
        if (layer.ChangeKind is { } change)
            json.WriteString("change_kind", change);
        if (layer.FaultDetail is { } fault)
            json.WriteString("fault", fault);
        if (!layer.Traps.IsEmpty)
        {
            json.WriteStartArray("traps");
            foreach (TrapReport trap in layer.Traps)
                WriteTrap(json, trap);
            json.WriteEndArray();
        }

        ImmutableArray<KeyValuePair<string, Measurement>> without = [.. layer.Metrics.Where(m => !m.Value.IsMeasured)];
        if (without.Length > 0)
        {
            json.WriteStartObject("not_measured");
            foreach ((string name, Measurement value) in without)
                json.WriteString(name, value.Status == MeasurementStatus.NotApplicable ? $"not applicable: {value.Reason}" : $"failed: {value.Reason}");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTrap(Utf8JsonWriter json, TrapReport trap)
    {
        json.WriteStartObject();
        json.WriteNumber("lambda", trap.Lambda);
        json.WriteNumber("edge", trap.Edge);
        json.WriteString("cause", trap.Cause);
        if (trap.Row is { } row && trap.Column is { } column)
        {
            json.WriteNumber("row", row);
            json.WriteNumber("column", column);
        }

        json.WriteNumber("slice", trap.Slice);
        json.WriteNumber("size", trap.Size);
        json.WriteEndObject();
    }

    private static void WriteVerdict(Utf8JsonWriter json, Verdict? verdict, string? baseDirectory)
    {
        if (verdict is null)
        {
            json.WriteNull("verdict");
            return;
        }

        json.WriteStartObject("verdict");
        json.WriteBoolean("passed", verdict.Passed);
        json.WriteStartArray("violations");
        foreach (Violation violation in verdict.Violations)
        {
            json.WriteStartObject();
            json.WriteString("code", violation.Code);
            WriteOptional(json, "rule", violation.Rule);
            json.WriteString("severity", OptionNames.Of(violation.Severity));
            WriteOptional(json, "layer", violation.Layer);
            WriteOptional(json, "metric", violation.Metric);
            WriteOptional(json, "value", violation.Value);
            WriteOptional(json, "limit", violation.Limit);
            WriteOptional(json, "baseline", violation.Baseline);
            json.WriteString("message", violation.Message);
            WriteOptional(json, "policy", violation.PolicyFile is { } file ? ShownPath.Of(file, baseDirectory) : null);
            if (violation.PolicyLine is { } line)
                json.WriteNumber("policy_line", line);
            else
                json.WriteNull("policy_line");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMeasurement(Utf8JsonWriter json, string name, Measurement value)
    {
        json.WritePropertyName(name);
        if (value.IsMeasured)
            json.WriteRawValue(ReportNumbers.Text(value.Value, MetricCatalog.Find(name)?.IsCount ?? false));
        else
            json.WriteNullValue();
    }

    private static void WriteShape(Utf8JsonWriter json, ImmutableArray<long> shape)
    {
        json.WritePropertyName("shape");
        json.WriteRawValue($"[{string.Join(", ", shape.Select(d => ReportNumbers.Text(d, true)))}]");
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, ImmutableArray<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
            json.WriteNull(name);
        else
            json.WriteString(name, value);
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        json.WritePropertyName(name);
        if (value is { } number && double.IsFinite(number))
            json.WriteRawValue(ReportNumbers.Text(number, false));
        else
            json.WriteNullValue();
    }
}
