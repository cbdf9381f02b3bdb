using System.Collections.Immutable;

namespace WeightWatcher.Baselines;

/// <summary>Every key of a baseline file, in the order in which they are written; the JSON Schema in <c>schema/</c> is tested against it.</summary>
internal static class BaselineKeys
{
    /// <summary>The version of the layout, raised when a reader would have to change.</summary>
    public const int SchemaVersion = 1;

    public static readonly ImmutableArray<string> Document =
        ["$schema", "schema_version", "tool", "artifact", "options", "layers", "summary", "held", "accepted"];

    public static readonly ImmutableArray<string> Tool = ["name", "version", "rule_set"];

    public static readonly ImmutableArray<string> Artifact = ["path", "format", "sha256", "size_bytes"];

    public static readonly ImmutableArray<string> Options =
    [
        "semantics", "randomize", "seed", "fit", "min_evals", "max_evals", "pool", "mp_fit", "detX", "fix_fingers", "max_fingers", "finger_thresh", "xmax", "inverse", "conv2d_norm", "fold_batchnorm",
        "vectors", "clauset_p", "quantization", "combine", "base_model", "include", "exclude",
    ];

    public static readonly ImmutableArray<string> Layer =
    [
        "name", "slice_id", "layer_type", "shape", "weight_hash", "content_key", "row_digest", "status", "warning", "fault", "fault_detail", "init_kind", "content_mark", "metrics", "not_measured", "traps", "held",
    ];

    public static readonly ImmutableArray<string> Trap = ["lambda", "edge", "cause", "row", "column", "slice", "size"];

    public static readonly ImmutableArray<string> Held = ["rule", "aggregate", "metric", "value"];

    public static readonly ImmutableArray<string> Accepted = ["layer", "slice_id", "rule", "aggregate", "metric", "from", "to", "reason", "until"];

    public static readonly ImmutableArray<KeyValuePair<string, LayerFault>> Faults = [new("non_finite", LayerFault.NonFinite), new("all_zero", LayerFault.AllZero)];
}
