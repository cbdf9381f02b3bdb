namespace WeightWatcher;

/// <summary>The names of options and severities as policies and reports write them.</summary>
internal static class OptionNames
{
    /// <summary><c>strict</c> or <c>compatible</c>.</summary>
    public static string Of(Semantics semantics) => semantics == Semantics.Strict ? "strict" : "compatible";

    /// <summary><c>off</c>, <c>permute</c>, <c>gaussian</c> or <c>both</c>.</summary>
    public static string Of(Randomization randomize) => randomize switch
    {
        Randomization.Permute => "permute",
        Randomization.Gaussian => "gaussian",
        Randomization.Both => "both",
        _ => "off",
    };

    /// <summary><c>off</c>, <c>xmin_peak</c> or <c>clip_xmax</c>.</summary>
    public static string Of(FingerFix fix) => fix switch
    {
        FingerFix.XMinPeak => "xmin_peak",
        FingerFix.ClipXMax => "clip_xmax",
        _ => "off",
    };

    /// <summary><c>none</c>, <c>intra</c> or <c>stacked</c>.</summary>
    public static string Of(LayerCombination combination) => combination switch
    {
        LayerCombination.Intra => "intra",
        LayerCombination.Stacked => "stacked",
        _ => "none",
    };

    /// <summary><c>error</c>, <c>warning</c>, <c>info</c> or <c>off</c>.</summary>
    public static string Of(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Info => "info",
        _ => "off",
    };
}
