namespace WeightWatcher.Reports;

/// <summary>How the weights of a layer changed against its baseline, in words for a reviewer.</summary>
internal static class ChangeKindText
{
    private const string LowRank = "low rank (", RoundedTo = "rounded to ";

    /// <summary>A few words for a table: <c>unchanged</c>, <c>low rank (4)</c>, <c>rounded to bf16</c>; a dash when nobody compared.</summary>
    public static string Short(LayerChange change) => change switch
    {
        { Before: null } => "new",
        { IsUnchanged: true } or { Layer.ChangeKind: "none" } => "unchanged",
        { Layer.ChangeKind: { } kind } => kind,
        _ => "–",
    };

    /// <summary>A sentence; null when nobody compared the weights.</summary>
    public static string? Sentence(LayerChange change) => Short(change) switch
    {
        "new" or "–" or "unknown" => null,
        "unchanged" => "The weights are those of the baseline.",
        "rounded" => "The weights differ from the baseline's by no more than rounding.",
        "noise" => "The weights changed by noise without structure: nothing that training would do.",
        "replaced" => "Nothing of the baseline's weights is left: they come from another initialisation or another training.",
        "learned" => "The weights changed in directions that stand out of noise, as training changes them.",
        var kind when kind.StartsWith(RoundedTo, StringComparison.Ordinal) => $"The weights are those of the baseline, rounded to {kind[RoundedTo.Length..]}.",
        var kind when kind.StartsWith(LowRank, StringComparison.Ordinal) => $"The weights changed by a matrix of rank {kind[LowRank.Length..^1]}, as an adapter or an edit changes them.",
        var kind => $"The weights changed against the baseline: {kind}.",
    };

    /// <summary>How many layers changed in which way: <c>3 learned, 1 rounded to bf16</c>; empty when nobody compared. Layers of equal weights and new ones are not counted.</summary>
    public static string Tally(BaselineChanges changes) => string.Join(
        ", ",
        changes.Layers.Where(c => c is { Before: not null, IsUnchanged: false } && Short(c) is not ("–" or "unchanged"))
            .GroupBy(c => Short(c) is var kind && kind.StartsWith(LowRank, StringComparison.Ordinal) ? "low rank" : kind, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => FormattableString.Invariant($"{g.Count():N0} {g.Key}")));
}
