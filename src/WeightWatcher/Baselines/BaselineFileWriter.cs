using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WeightWatcher.Metrics;

namespace WeightWatcher.Baselines;

/// <summary>Makes the text of a baseline file: one line per number, and one per accepted change, so that a review sees what changed.</summary>
internal static class BaselineFileWriter
{
    /// <summary>The content of the file.</summary>
    /// <param name="baseline">What to write.</param>
    /// <param name="formerName">The name in the file that is replaced of a layer that was renamed, or null.</param>
    public static JsonMapping ToJson(Baseline baseline, Func<string, string?> formerName)
    {
        ModelReport report = baseline.Report;
        JsonList layers = new();
        foreach (LayerReport layer in report.Layers)
            layers.Items.Add(Layer(layer, baseline.Held, formerName(layer.Name), layer.ContentKey.Length == 0 ? null : Digest(layer)));
        return new JsonMapping()
            .With("schema_version", Number(BaselineKeys.SchemaVersion))
            .With("tool", new JsonMapping { IsInline = true }.With("name", Text("WeightWatcher")).With("version", Text(Tool.Version)).With("rule_set", Number(RuleSet.Version)))
            .With("artifact", Artifact(report.Artifact))
            .With("options", Options(report.Options))
            .With("layers", layers)
            .With("summary", Measurements(report.Summary))
            .With("held", List(baseline.Held.Where(held => held.Layer is null).Select(ModelHeld)))
            .With("accepted", List(baseline.Accepted.Select(Accepted)));
    }

    /// <summary>What identifies an item of one of the lists of a baseline file.</summary>
    public static string? Identity(JsonValue item)
    {
        if (item is not JsonMapping mapping)
            return null;
        string[] keys = mapping.Find("name") is not null ? ["name", "slice_id"] : ["layer", "slice_id", "rule", "aggregate", "metric"];
        return string.Join('\n', keys.Select(key => (mapping.Find(key) as JsonScalar)?.Text ?? ""));
    }

    private static JsonMapping Artifact(ArtifactInfo artifact) => new JsonMapping()
        .With("path", Text(artifact.Path))
        .With("format", Text(artifact.Format))
        .With("sha256", Text(artifact.Sha256))
        .With("size_bytes", Number(artifact.SizeBytes));

    // What is seldom changed is written only where it was, so that most files stay short.
    private static JsonMapping Options(AnalysisOptions options) => new JsonMapping()
        .With("semantics", Text(OptionNames.Of(options.Semantics)))
        .With("randomize", Text(OptionNames.Of(options.Randomize)))
        .With("seed", new JsonScalar(JsonScalarType.Number, options.Seed.ToString(CultureInfo.InvariantCulture)))
        .With("fit", Text(options.Fit.ToString()))
        .With("min_evals", Number(options.MinEvals))
        .With("max_evals", options.MaxEvals is { } most ? Number(most) : new JsonScalar(JsonScalarType.Null, "null"))
        .With("pool", Truth(options.Pool))
        .With("mp_fit", Truth(options.MpFit))
        .With("detX", Truth(options.DetX))
        .With("fix_fingers", Changed(options, o => o.FixFingers, value => Text(OptionNames.Of(value))))
        .With("max_fingers", Changed(options, o => o.MaxFingers, value => Number(value)))
        .With("finger_thresh", Changed(options, o => o.FingerThresh, Number))
        .With("xmax", Changed(options, o => o.XMax, value => Number(value)))
        .With("inverse", Changed(options, o => o.Inverse, Truth))
        .With("conv2d_norm", Changed(options, o => o.Conv2DNorm, Truth))
        .With("fold_batchnorm", Changed(options, o => o.FoldBatchNorm, Truth))
        .With("vectors", Changed(options, o => o.Vectors, Truth))
        .With("clauset_p", Changed(options, o => o.ClausetP, Truth))
        .With("quantization", Changed(options, o => o.Quantization, Truth))
        .With("combine", Changed(options, o => o.Combine, value => Text(OptionNames.Of(value))))
        .With("base_model", OptionalText(options.BaseModelName))
        .With("include", Inline(options.Include.Select(Text)))
        .With("exclude", Inline(options.Exclude.Select(Text)));

    private static JsonScalar? Changed<T>(AnalysisOptions options, Func<AnalysisOptions, T> option, Func<T, JsonScalar> write) =>
        EqualityComparer<T>.Default.Equals(option(options), option(AnalysisOptions.Default)) ? null : write(option(options));

    /// <summary>SHA-256 over all that a row says was measured: one that was edited, or put together by a merge, does not have it.</summary>
    public static string Digest(LayerReport layer)
    {
        LayerReport ordered = layer with { Name = "", SliceId = null, LayerType = "", Metrics = [.. layer.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal)] };
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonTextWriter.Write(Layer(ordered, [], null, digest: null)))));
    }

    private static JsonMapping Layer(LayerReport layer, ImmutableArray<HeldValue> held, string? formerName, string? digest)
    {
        ImmutableArray<KeyValuePair<string, Measurement>> without = [.. layer.Metrics.Where(m => !m.Value.IsMeasured)];
        ImmutableArray<HeldValue> own = [.. held.Where(h => h.Layer == layer.Name && h.SliceId == layer.SliceId)];
        string slice = layer.SliceId is { } id ? id.ToString(CultureInfo.InvariantCulture) : "";
        JsonMapping json = new JsonMapping { FormerIdentity = formerName is null ? null : $"{formerName}\n{slice}" }
            .With("name", Text(layer.Name))
            .With("slice_id", layer.SliceId is { } number ? Number(number) : null)
            .With("layer_type", Text(layer.LayerType))
            .With("shape", Inline(layer.Shape.Select(size => (JsonValue)Number(size))))
            .With("weight_hash", Text(layer.WeightHash))
            .With("content_key", layer.ContentKey.Length == 0 ? null : Text(layer.ContentKey))
            .With("row_digest", OptionalText(digest))
            .With("status", Text(layer.Status))
            .With("warning", layer.Warning.Length == 0 ? null : Text(layer.Warning))
            .With("fault", layer.Fault == LayerFault.None ? null : Text(BaselineKeys.Faults.First(fault => fault.Value == layer.Fault).Key))
            .With("fault_detail", layer.FaultDetail is { } detail ? Text(detail) : null)
            .With("init_kind", OptionalText(layer.InitKind))
            .With("content_mark", layer.ContentMark is { } mark ? Text(mark.ToString("x16", CultureInfo.InvariantCulture)) : null)
            .With("metrics", Measurements(layer.Metrics.Where(m => m.Value.IsMeasured)));
        if (!without.IsEmpty)
        {
            JsonMapping reasons = new();
            foreach ((string name, Measurement value) in without)
                reasons.With(name, Text((value.Status == MeasurementStatus.NotApplicable ? BaselineFileReader.NotApplicable : BaselineFileReader.Failed) + value.Reason));
            json.With("not_measured", reasons);
        }

        json.With("traps", List(layer.Traps.Select(Trap)));
        if (!own.IsEmpty)
        {
            JsonMapping values = new();
            foreach (HeldValue value in own)
                values.With(value.Metric, Number(value.Value));
            json.With("held", values);
        }

        return json;
    }

    private static JsonMapping Trap(TrapReport trap) => new JsonMapping { IsInline = true }
        .With("lambda", Number(trap.Lambda))
        .With("edge", Number(trap.Edge))
        .With("cause", Text(trap.Cause))
        .With("row", trap.Row is { } row ? Number(row) : null)
        .With("column", trap.Column is { } column ? Number(column) : null)
        .With("slice", Number(trap.Slice))
        .With("size", Number(trap.Size));

    private static JsonMapping ModelHeld(HeldValue held) => new JsonMapping { IsInline = true }
        .With("rule", OptionalText(held.Rule))
        .With("aggregate", OptionalText(held.Aggregate))
        .With("metric", Text(held.Metric))
        .With("value", Number(held.Value));

    private static JsonMapping Accepted(AcceptedChange change) => new JsonMapping { IsInline = true }
        .With("layer", OptionalText(change.Layer))
        .With("slice_id", change.SliceId is { } slice ? Number(slice) : null)
        .With("rule", OptionalText(change.Rule))
        .With("aggregate", OptionalText(change.Aggregate))
        .With("metric", Text(change.Metric))
        .With("from", change.From is { } from ? Number(from) : null)
        .With("to", change.To is { } to ? Number(to) : null)
        .With("reason", Text(change.Reason))
        .With("until", OptionalText(change.UntilText));

    private static JsonMapping Measurements(IEnumerable<KeyValuePair<string, Measurement>> measurements)
    {
        JsonMapping json = new();
        foreach ((string name, Measurement value) in measurements)
            json.With(name, value.IsMeasured ? Number(value.Value) : new JsonScalar(JsonScalarType.Null, "null"));
        return json;
    }

    private static JsonList? List(IEnumerable<JsonValue> items)
    {
        JsonList list = new();
        list.Items.AddRange(items);
        return list.Items.Count == 0 ? null : list;
    }

    private static JsonList Inline(IEnumerable<JsonValue> items)
    {
        JsonList list = new() { IsInline = true };
        list.Items.AddRange(items);
        return list;
    }

    private static JsonScalar Text(string text) => new(JsonScalarType.String, text);

    private static JsonScalar? OptionalText(string? text) => text is null ? null : Text(text);

    private static JsonScalar Truth(bool value) => new(JsonScalarType.Boolean, value ? "true" : "false");

    /// <summary>The shortest decimal that reads back as the same double.</summary>
    private static JsonScalar Number(double value) => new(JsonScalarType.Number, value.ToString("R", CultureInfo.InvariantCulture));

    private static JsonScalar Number(long value) => new(JsonScalarType.Number, value.ToString(CultureInfo.InvariantCulture));
}
