using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher;

/// <summary>Runs the analysis of all layers: the largest first, one thread per tensor, the rows in the order of the artifact whatever finishes first.</summary>
internal static class AnalysisScheduler
{
    /// <summary>Analyses layers.</summary>
    public static ImmutableArray<LayerReport> Run(
        ImmutableArray<Layer> layers, AnalysisOptions options, IProgress<AnalysisProgress>? progress, CancellationToken cancellationToken)
    {
        LayerReport[] rows = new LayerReport[layers.Length];

        // Slices of one tensor share its reading.
        int[][] tensors =
        [
            .. Enumerable.Range(0, layers.Length).GroupBy(i => layers[i].Tensor).Select(g => g.ToArray())
                .OrderByDescending(g => g.Sum(i => layers[i].Work)).ThenBy(g => g[0]),
        ];
        double total = layers.Sum(l => l.Work);
        double done = 0;
        int finished = 0;
        Lock gate = new();
        int threads = Math.Max(1, Math.Min(options.MaxThreads ?? Environment.ProcessorCount, tensors.Length));
        try
        {
            Parallel.ForEach(
                System.Collections.Concurrent.Partitioner.Create(tensors, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
                indices =>
                {
                    (WeightMatrix weights, string hash) = LayerAnalysis.Read(layers[indices[0]], options, cancellationToken);
                    foreach (int index in indices)
                    {
                        Layer layer = layers[index];
                        rows[index] = LayerAnalysis.Run(layer, weights, hash, options, cancellationToken);
                        AnalysisProgress now;
                        lock (gate)
                        {
                            done += layer.Work;
                            now = new AnalysisProgress(++finished, layers.Length, total > 0 ? done / total : 1, layer.Name);
                        }

                        progress?.Report(now);
                    }
                });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Capture(e.Flatten().InnerExceptions.FirstOrDefault(i => i is not OperationCanceledException) ?? e.InnerExceptions[0]).Throw();
        }

        return [.. rows];
    }
}
