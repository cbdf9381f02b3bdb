using System.Globalization;
using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>A baseline with its layers by name, and what differs in structure from the candidate.</summary>
internal sealed class BaselineReport
{
    private readonly Dictionary<(string Name, int? Slice), LayerReport> _layers = [];

    public BaselineReport(ModelReport report)
    {
        Report = report;
        foreach (LayerReport layer in report.Layers)
            _layers.TryAdd((layer.Name, layer.SliceId), layer);
    }

    public ModelReport Report { get; }

    /// <summary>The layer of the same name, slice and matrix shape, or null.</summary>
    public LayerReport? Find(LayerReport candidate) =>
        _layers.GetValueOrDefault((candidate.Name, candidate.SliceId)) is { } known && SameShape(known, candidate) ? known : null;

    /// <summary>Reports layers that were added, removed or reshaped, each once.</summary>
    public void CompareStructure(ModelReport candidate, PolicyRule firstRule, VerdictBuilder verdict)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < candidate.Layers.Length; i++)
        {
            LayerReport layer = candidate.Layers[i];
            if (!names.Add(layer.Name))
                continue;
            if (!_layers.TryGetValue((layer.Name, layer.SliceId), out LayerReport? known))
                Add(BaselineCodes.LayerAdded, Severity.Warning, layer, i, $"{Name(layer)} is not in the baseline, so no rule compares it. When it is new on purpose, accept a new baseline; when it was renamed, give both the same name.");
            else if (!SameShape(known, layer))
                Add(BaselineCodes.LayerReshaped, Severity.Error, layer, i, $"{Name(layer)} has the shape {Shape(layer)} and had {Shape(known)} in the baseline, so no rule can compare it. When that is meant, accept a new baseline.");
        }

        foreach (LayerReport gone in Report.Layers.DistinctBy(layer => layer.Name).Where(layer => !names.Contains(layer.Name)))
            Add(BaselineCodes.LayerRemoved, Severity.Error, gone, int.MaxValue, $"{Name(gone)} of the baseline is not among the analysed layers of the model. When it was removed on purpose, accept a new baseline; else look for it among the skipped tensors.");

        void Add(DiagnosticCode code, Severity severity, LayerReport layer, int order, string message) =>
            verdict.Add(new Violation
            {
                Code = code.Id,
                Severity = severity,
                Message = message,
                Layer = layer.Name,
                PolicyFile = firstRule.File,
                PolicyLine = firstRule.Line,
                PolicyColumn = firstRule.Column,
            }, order);
    }

    private static string Name(LayerReport layer) => ViolationText.Layer(layer with { SliceId = null });

    private static string Shape(LayerReport layer) =>
        layer.Shape.IsDefaultOrEmpty ? "unknown" : string.Join(" x ", layer.Shape.Select(size => size.ToString(CultureInfo.InvariantCulture)));

    // A format may store the transpose or another order of the kernel axes; the matrices are what is compared.
    private static bool SameShape(LayerReport first, LayerReport second) =>
        first["N"].Equals(second["N"]) && first["M"].Equals(second["M"]) && first["rf"].Equals(second["rf"]);
}
