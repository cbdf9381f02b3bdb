using System.Collections.Immutable;

namespace WeightWatcher.Policies;

/// <summary>Every key and every word of the policy language, once; the JSON Schema in <c>schema/</c> is tested against it.</summary>
internal static class PolicyKeys
{
    public static readonly ImmutableArray<string> Document = ["version", "extends", "analysis", "layers", "rules", "baseline", "coverage"];

    public static readonly ImmutableArray<string> Analysis = ["semantics", "randomize", "seed", "fit", "min_evals", "max_evals", "pool", "mp_fit", "detX", "fix_fingers", "max_fingers", "finger_thresh", "xmax", "inverse", "conv2d_norm", "fold_batchnorm", "vectors", "clauset_p", "quantization", "combine", "base_model"];

    public static readonly ImmutableArray<string> Layers = ["include", "exclude"];

    public static readonly ImmutableArray<string> Rule =
    [
        "id", "metric", "per", "layers", "when", "min", "max", "aggregate", "allow", "severity", "when_not_applicable", "baseline", "description",
    ];

    public static readonly ImmutableArray<string> RuleBaseline = ["max_increase", "max_decrease", "inconclusive", "standard_errors"];

    public static readonly ImmutableArray<string> Baseline = ["path", "added", "removed", "renamed", "reshaped", "inconclusive", "standard_errors"];

    public static readonly ImmutableArray<string> Coverage = ["min"];

    public static readonly ImmutableArray<KeyValuePair<string, Semantics>> SemanticsWords = [new("strict", Semantics.Strict), new("compatible", Semantics.Compatible)];

    public static readonly ImmutableArray<KeyValuePair<string, Randomization>> RandomizeWords =
    [
        new("permute", Randomization.Permute), new("gaussian", Randomization.Gaussian), new("both", Randomization.Both), new("off", Randomization.Off),
    ];

    public static readonly ImmutableArray<KeyValuePair<string, FitKind>> FitWords = [new("PL", FitKind.PL), new("TPL", FitKind.TPL), new("E_TPL", FitKind.E_TPL)];

    public static readonly ImmutableArray<KeyValuePair<string, FingerFix>> FixFingersWords =
    [
        new("off", FingerFix.Off), new("xmin_peak", FingerFix.XMinPeak), new("clip_xmax", FingerFix.ClipXMax),
    ];

    public static readonly ImmutableArray<KeyValuePair<string, LayerCombination>> CombineWords =
    [
        new("none", LayerCombination.None), new("intra", LayerCombination.Intra), new("stacked", LayerCombination.Stacked),
    ];

    public static readonly ImmutableArray<KeyValuePair<string, RuleScope>> PerWords = [new("layer", RuleScope.Layer), new("model", RuleScope.Model)];

    public static readonly ImmutableArray<KeyValuePair<string, RuleAggregate>> AggregateWords =
    [
        new("mean", RuleAggregate.Mean), new("median", RuleAggregate.Median), new("min", RuleAggregate.Min), new("max", RuleAggregate.Max),
    ];

    public static readonly ImmutableArray<KeyValuePair<string, Severity>> SeverityWords =
    [
        new("error", Severity.Error), new("warning", Severity.Warning), new("info", Severity.Info), new("off", Severity.Off),
    ];

    public static readonly ImmutableArray<KeyValuePair<string, WhenNotApplicable>> WhenNotApplicableWords =
    [
        new("ignore", WhenNotApplicable.Ignore), new("warn", WhenNotApplicable.Warn), new("error", WhenNotApplicable.Error),
    ];

    /// <summary>The word for no built-in policy.</summary>
    public const string None = "none";
}
