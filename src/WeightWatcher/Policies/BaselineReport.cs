using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Baselines;
using WeightWatcher.Codes;
using WeightWatcher.Metrics;

namespace WeightWatcher.Policies;

/// <summary>A baseline as rules see it: its layers under the names that the model has, and the values that they compare with.</summary>
internal sealed class BaselineReport
{
    private readonly Baseline _baseline;
    private readonly DateOnly _today;
    private readonly LayerMatching _matching;
    private readonly Dictionary<(string Name, int? Slice), LayerReport> _layers = [];

    public BaselineReport(Baseline baseline, ModelReport model, DateOnly today)
    {
        _baseline = baseline;
        _today = today;
        _matching = LayerMatching.Of(model, baseline.Report);
        Dictionary<string, string> names = _matching.Renamed.ToDictionary(pair => pair.Baseline.Name, pair => pair.Layer.Name, StringComparer.Ordinal);
        Report = baseline.Report with
        {
            Layers = [.. baseline.Report.Layers.Select(layer => names.TryGetValue(layer.Name, out string? name) ? layer with { Name = name } : layer)],
        };
        foreach (LayerReport layer in Report.Layers)
            _layers.TryAdd((layer.Name, layer.SliceId), layer);
    }

    /// <summary>The baseline's report, with renamed layers under their new names.</summary>
    public ModelReport Report { get; }

    /// <summary>What to do about a value that the baseline lacks.</summary>
    public string Remedy => _baseline.FilePath is null
        ? "Choose another baseline."
        : "If the file is older than the rule, make it again: dotnet build -t:WeightWatcherUpdateBaseline; otherwise choose another baseline.";

    /// <summary>Which layer is which.</summary>
    public LayerMatching Matching => _matching;

    /// <summary>The layer that a layer of the model is in the baseline, or null when it is new or had another shape.</summary>
    public LayerReport? Find(LayerReport candidate) =>
        _matching.FormerName(candidate.Name) is null ? null : _layers.GetValueOrDefault((candidate.Name, candidate.SliceId));

    /// <summary>Whether a layer of the baseline lacks a metric that the model has: the file is older than the metric, or was edited.</summary>
    /// <param name="known">The layer in the baseline.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="candidate">The layer of the model.</param>
    public static bool Lacks(LayerReport known, string metric, LayerReport candidate) => !known.Has(metric) && candidate[metric].IsMeasured && !MetricNeeds.IsOfChange(metric);

    /// <summary>A metric of a layer of the baseline; one that it <see cref="Lacks"/> could not be measured.</summary>
    /// <param name="known">The layer in the baseline.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="candidate">The layer of the model.</param>
    public static Measurement Before(LayerReport known, string metric, LayerReport candidate) =>
        Lacks(known, metric, candidate) ? Measurement.Failed("it does not have this metric") : known[metric];

    /// <summary>What a metric of a layer is compared with.</summary>
    /// <param name="candidate">The layer of the model.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="measured">The value in the baseline's report.</param>
    public ReferenceValue Reference(LayerReport candidate, string metric, double measured) =>
        Reference(_matching.FormerName(candidate.Name) ?? candidate.Name, candidate.SliceId, null, metric, null, measured);

    /// <summary>What a value of the whole model is compared with.</summary>
    public ReferenceValue Reference(PolicyRule rule, double measured) =>
        Reference(null, null, rule.Id, rule.Metric, AggregateName(rule), measured);

    /// <summary>How a rule makes one value of the layers', as baseline files write it; null for a metric of the whole model.</summary>
    public static string? AggregateName(PolicyRule rule) =>
        MetricNeeds.IsOfModel(rule.Metric) ? null : PolicyKeys.AggregateWords.First(word => word.Value == rule.Aggregate).Key;

    /// <summary>Reports layers that were added, removed, renamed or reshaped, each once.</summary>
    public void CompareStructure(ModelReport model, BaselineComparison comparison, PolicyRule firstRule, string? policyFile, VerdictBuilder verdict)
    {
        Dictionary<string, int> order = new(StringComparer.Ordinal);
        for (int i = 0; i < model.Layers.Length; i++)
            order.TryAdd(model.Layers[i].Name, i);
        foreach (LayerReport layer in _matching.Added)
            Add(BaselineCodes.LayerAdded, comparison.Added, AcceptedChange.Added, layer, $"{Name(layer)} is not in the baseline, so no rule compares it. When it is new on purpose, accept a new baseline.");
        foreach (LayerPair pair in _matching.Renamed)
            Add(BaselineCodes.LayerRenamed, comparison.Renamed, AcceptedChange.Renamed, pair.Layer, $"{Name(pair.Layer)} is '{Printable.Text(pair.Baseline.Name)}' in the baseline, by {(SameWeights(pair) ? "weights" : "order, shape and type")}, and is compared with it. When that is wrong, give each layer the name that it has in the baseline.");
        foreach (LayerPair pair in _matching.Reshaped)
            Add(BaselineCodes.LayerReshaped, comparison.Reshaped, AcceptedChange.Reshaped, pair.Layer, $"{Name(pair.Layer)} has the shape {Shape(pair.Layer)} and had {Shape(pair.Baseline)} in the baseline, so no rule can compare it. When that is meant, accept a new baseline.");
        foreach (LayerReport layer in _matching.Removed)
            Add(BaselineCodes.LayerRemoved, comparison.Removed, AcceptedChange.Removed, layer, $"{Name(layer)} of the baseline is not among the analysed layers of the model. When it was removed on purpose, accept a new baseline; else look for it among the skipped tensors.");

        void Add(DiagnosticCode code, Severity severity, string change, LayerReport layer, string message) =>
            verdict.Add(new Violation
            {
                Code = code.Id,
                Severity = severity,
                Message = message,
                Layer = layer.Name,
                Metric = change,
                PolicyFile = comparison.At is null ? firstRule.File : policyFile,
                PolicyLine = comparison.At?.Line ?? firstRule.Line,
                PolicyColumn = comparison.At?.Column ?? firstRule.Column,
            }, order.GetValueOrDefault(layer.Name, int.MaxValue));
    }

    private ReferenceValue Reference(string? layer, int? slice, string? rule, string metric, string? aggregate, double measured)
    {
        HeldValue? held = _baseline.Held.FirstOrDefault(value => value.IsOf(layer, slice, rule, metric, aggregate));
        AcceptedChange? accepted = _baseline.Accepted.FirstOrDefault(change => change.IsOf(layer, slice, rule, metric, aggregate));
        if (accepted is { To: { } to } && accepted.HoldsOn(_today))
            return new(to, false, accepted, null);
        // What a change replaced counts again when the acceptance is over, also where nothing else was held.
        double? before = held?.Value ?? accepted?.From;
        return new(before ?? measured, held is not null, null, accepted);
    }

    private static string Name(LayerReport layer) => ViolationText.Layer(layer with { SliceId = null });

    private static bool SameWeights(LayerPair pair) => pair.Layer.WeightHash.Length > 0 && pair.Layer.WeightHash == pair.Baseline.WeightHash;

    private static string Shape(LayerReport layer) =>
        layer.Shape.IsDefaultOrEmpty ? "unknown" : string.Join(" x ", layer.Shape.Select(size => size.ToString(CultureInfo.InvariantCulture)));
}
