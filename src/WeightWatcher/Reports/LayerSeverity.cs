using System.Collections.Immutable;

namespace WeightWatcher.Reports;

/// <summary>A layer with the gravest thing that was found in it.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Index">Its place in the report, from 0.</param>
/// <param name="Severity">The gravest severity of its violations; <see cref="WeightWatcher.Severity.Off"/> when there is none.</param>
/// <param name="Violations">What was found, the worst first.</param>
internal sealed record LayerSeverity(LayerReport Layer, int Index, Severity Severity, ImmutableArray<Violation> Violations)
{
    /// <summary>The layers in the order of the report.</summary>
    public static ImmutableArray<LayerSeverity> InOrder(GateResult result)
    {
        ILookup<string, Violation> byName = result.Verdict.Violations.Where(v => v.Layer is not null).ToLookup(v => v.Layer!, StringComparer.Ordinal);
        return
        [
            .. result.Report.Layers.Select((layer, index) =>
            {
                ImmutableArray<Violation> own = [.. byName[layer.Name].Where(v => v.Slice is null || v.Slice == layer.SliceId)];
                return new LayerSeverity(layer, index, own.IsEmpty ? Severity.Off : own.Max(v => v.Severity), own);
            }),
        ];
    }

    /// <summary>The layers with the gravest first, as the verdict orders them, and those without a finding in the order of the report.</summary>
    public static ImmutableArray<LayerSeverity> WorstFirst(GateResult result)
    {
        Dictionary<Violation, int> order = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < result.Verdict.Violations.Length; i++)
            order.TryAdd(result.Verdict.Violations[i], i);
        return [.. InOrder(result).OrderByDescending(l => l.Severity).ThenBy(l => l.Violations.IsEmpty ? int.MaxValue : order[l.Violations[0]]).ThenBy(l => l.Index)];
    }
}
