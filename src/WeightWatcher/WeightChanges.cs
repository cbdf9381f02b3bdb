using System.Collections.Immutable;
using WeightWatcher.Checkpoints;
using WeightWatcher.Checkpoints.Composition;
using WeightWatcher.Diagnosis;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Metrics;
using WeightWatcher.Spectra;

namespace WeightWatcher;

/// <summary>Adds the columns of change to a report that is compared with a baseline checkpoint, layer by layer, matched by name, slice and shape.</summary>
internal static class WeightChanges
{
    /// <summary>Measures how a model differs from a baseline checkpoint.</summary>
    /// <param name="report">The model's report.</param>
    /// <param name="path">The model.</param>
    /// <param name="baseline">The baseline's report.</param>
    /// <param name="baselinePath">The baseline, a checkpoint; or null for a baseline of which there is a report alone: then only layers with equal weights have values.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The report with the columns.</returns>
    public static ModelReport Add(ModelReport report, string path, ModelReport baseline, string? baselinePath, CancellationToken cancellationToken)
    {
        Dictionary<(string, int?), LayerReport> known = [];
        foreach (LayerReport row in baseline.Layers)
            known.TryAdd((row.Name, row.SliceId), row);
        bool unchanged = report.Layers.All(row => known.TryGetValue((row.Name, row.SliceId), out LayerReport? before) && SameWeights(row, before));
        bool reads = baselinePath is not null && !unchanged;
        using Checkpoint? candidate = reads ? CheckpointReader.Open(path, report.Options.ExternalRoots, cancellationToken) : null;
        using Checkpoint? other = reads ? CheckpointReader.Open(baselinePath!, report.Options.ExternalRoots, cancellationToken) : null;
        using Checkpoint? origin = reads && report.Options.BaseModelPath is { } baseModel ? CheckpointReader.Open(baseModel, report.Options.ExternalRoots, cancellationToken) : null;

        // What was added to the weights of a base model is compared with what was added to them before.
        Dictionary<(string, int?), Layer> layers = Layers(candidate, origin, report.Options), others = Layers(other, origin, report.Options);
        LayerReport[] rows = [.. report.Layers];
        void Add(int index)
        {
            LayerReport row = rows[index];
            MetricRow columns = new(row.Metrics);
            LayerReport? before = known.GetValueOrDefault((row.Name, row.SliceId));
            string? kind = null;
            if (before is null)
                WeightChange.MeasureNothing(columns, Measurement.NotApplicable("the baseline has no such layer"));
            else if (row.Fault == LayerFault.NonFinite || before.Fault == LayerFault.NonFinite)
                WeightChange.MeasureNothing(columns, Measurement.Failed(row.FaultDetail ?? before.FaultDetail ?? "weights are not finite"));
            else if (SameWeights(row, before))
                (kind, _) = ("none", None(columns));
            else if (!layers.TryGetValue((row.Name, row.SliceId), out Layer? layer) || !others.TryGetValue((row.Name, row.SliceId), out Layer? twin))
                WeightChange.MeasureNothing(columns, baselinePath is null
                    ? Measurement.Failed("the baseline is a file of numbers, without the weights; compare with a checkpoint")
                    : Measurement.NotApplicable("the baseline's weights are not at hand"));
            else if (!SameShape(layer, twin))
                WeightChange.MeasureNothing(columns, Measurement.NotApplicable("the layer has another shape in the baseline"));
            else
                kind = Measure(layer, twin, before, columns, cancellationToken);
            rows[index] = row with { Metrics = columns.ToColumns(), ChangeKind = kind };
        }

        try
        {
            // These threads are not ours: each gives back the memory that it keeps for a next matrix.
            ParallelOptions parallel = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Threads(layers.Values, report.Options) };
            Parallel.For(0, rows.Length, parallel, () => 0, (index, _, none) => { Add(index); return none; }, _ => HugePages.Trim());
        }
        catch (AggregateException e) when (e.InnerException is { } first)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }

        return report with { Layers = [.. rows] };
    }

    private static bool None(MetricRow columns)
    {
        WeightChange.MeasureNone(columns);
        return true;
    }

    private static int? Spikes(LayerReport before) => before["num_spikes"] is { IsMeasured: true } spikes ? (int)spikes.Value : null;

    private static bool SameWeights(LayerReport row, LayerReport before) => row.WeightHash.Length > 0 && row.WeightHash == before.WeightHash && row.Shape.SequenceEqual(before.Shape);

    private static bool SameShape(Layer layer, Layer twin) =>
        layer.Slices.Length == twin.Slices.Length && layer.Slices[0].Rows == twin.Slices[0].Rows && layer.Slices[0].Columns == twin.Slices[0].Columns;

    private static Dictionary<(string, int?), Layer> Layers(Checkpoint? checkpoint, Checkpoint? origin, AnalysisOptions options)
    {
        Dictionary<(string, int?), Layer> layers = [];
        if (checkpoint is null)
            return layers;
        foreach (Layer layer in LayerMapper.Map(origin is null ? checkpoint : BaseModel.Compare(checkpoint, origin), options).Layers)
            layers.TryAdd((layer.Name, layer.SliceId), layer);
        return layers;
    }

    private static string Measure(Layer layer, Layer twin, LayerReport before, MetricRow columns, CancellationToken cancellationToken)
    {
        using WeightMatrix weights = LayerAnalysis.ReadUnscaled(layer, cancellationToken), others = LayerAnalysis.ReadUnscaled(twin, cancellationToken);
        return WeightChange.Measure(layer, weights, twin, others, Spikes(before), before["value_bits"] is { IsMeasured: true } bits ? bits.Value : 0, columns, cancellationToken);
    }

    /// <summary>As many threads as fit the memory: two tensors, three matrices of doubles and three Gram matrices each.</summary>
    private static int Threads(IEnumerable<Layer> layers, AnalysisOptions options)
    {
        long largest = layers.Select(l => (2 * sizeof(double) * l.Tensor.Count) + (sizeof(double) * 3 * ((long)l.M * Math.Max(l.N, l.M)))).DefaultIfEmpty(1).Max();
        return (int)Math.Clamp(LayerMemory.Budget(options.MemoryBudget) / largest, 1, options.MaxThreads ?? Environment.ProcessorCount);
    }
}
