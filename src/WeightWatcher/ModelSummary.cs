using System.Collections.Immutable;
using WeightWatcher.Diagnosis;
using WeightWatcher.Layers;
using WeightWatcher.Metrics;

namespace WeightWatcher;

/// <summary>The values of a whole model: unweighted means over its rows, and how much of it was analysed.</summary>
internal static class ModelSummary
{
    /// <summary>The means that the Python tool's summary holds.</summary>
    private static readonly ImmutableArray<string> Averaged =
        ["log_norm", "alpha", "alpha_weighted", "log_alpha_norm", "log_spectral_norm", "stable_rank", "mp_softrank", "rand_distance"];

    /// <summary>What the Python tool puts in the place of these metrics when a fit failed, and averages.</summary>
    private static readonly ImmutableArray<string> Sentinels = ["alpha", "mp_softrank"];

    /// <summary>Summarises a report's rows.</summary>
    public static ImmutableArray<KeyValuePair<string, Measurement>> Of(ImmutableArray<LayerReport> rows, LayerMap map, Semantics semantics)
    {
        ImmutableArray<KeyValuePair<string, Measurement>>.Builder summary = ImmutableArray.CreateBuilder<KeyValuePair<string, Measurement>>();
        foreach (string metric in Averaged)
        {
            if (rows.Any(r => r.Metrics.Any(m => m.Key == metric)))
                summary.Add(KeyValuePair.Create(metric, Mean(rows, metric, semantics)));
        }

        (string, int)[] tensors = [.. map.Layers.Select(l => (l.Tensor.Name, l.Tensor.Shape.Length)), .. map.Skipped.Select(t => (t.Name, t.Shape.Length))];
        summary.Add(KeyValuePair.Create("missing_weights", Measurement.Of(MissingWeights.Find(tensors).Length)));
        long analysed = map.Layers.Sum(l => l.Parameters);
        summary.Add(KeyValuePair.Create("num_layers", Measurement.Of(rows.Select(r => r.Name).Distinct(StringComparer.Ordinal).Count())));
        summary.Add(KeyValuePair.Create("parameters", Measurement.Of(map.Parameters)));
        summary.Add(KeyValuePair.Create("parameters_analysed", Measurement.Of(analysed)));
        summary.Add(KeyValuePair.Create("coverage", map.Parameters == 0 ? Measurement.NotApplicable("no parameters") : Measurement.Of((double)analysed / map.Parameters)));
        return summary.ToImmutable();
    }

    private static Measurement Mean(ImmutableArray<LayerReport> rows, string metric, Semantics semantics)
    {
        double sum = 0;
        int count = 0;
        foreach (LayerReport row in rows)
        {
            Measurement value = row[metric];
            bool sentinel = semantics == Semantics.Compatible && row.Fault == LayerFault.None && value.Status == MeasurementStatus.Failed && Sentinels.Contains(metric);
            if (!value.IsMeasured && !sentinel)
                continue;
            sum += sentinel ? -1 : value.Value;
            count++;
        }

        return count == 0 ? Measurement.NotApplicable("measured in no layer") : Measurement.Of(sum / count);
    }
}
