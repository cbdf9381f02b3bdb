using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using WeightWatcher.Caching;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher;

/// <summary>
/// Runs the analysis of all layers: the largest first, one thread per tensor, within the memory budget; the rows in the order of the artifact
/// whatever finishes first.
/// </summary>
internal sealed class AnalysisScheduler
{
    private readonly ImmutableArray<Layer> _layers;
    private readonly AnalysisOptions _options;
    private readonly LayerCache? _cache;
    private readonly IProgress<AnalysisProgress>? _progress;
    private readonly StageTimes? _times;
    private readonly CancellationToken _cancellationToken;
    private readonly TensorQueue _queue;
    private readonly LayerReport[] _rows;
    private readonly double _totalWork;
    private readonly Lock _progressGate = new();
    private double _workDone;
    private int _layersDone;

    private AnalysisScheduler(
        ImmutableArray<Layer> layers,
        TensorQueue queue,
        AnalysisOptions options,
        LayerCache? cache,
        IProgress<AnalysisProgress>? progress,
        StageTimes? times,
        CancellationToken cancellationToken)
    {
        _layers = layers;
        _queue = queue;
        _options = options;
        _cache = cache;
        _progress = progress;
        _times = times;
        _cancellationToken = cancellationToken;
        _rows = new LayerReport[layers.Length];
        _totalWork = layers.Sum(l => l.Work);
    }

    /// <summary>Analyses layers.</summary>
    /// <param name="layers">The layers in the order of the artifact.</param>
    /// <param name="options">What to measure, with how many threads, in how much memory.</param>
    /// <param name="cache">Where rows are kept, or null.</param>
    /// <param name="progress">Hears of each finished layer, one at a time, from any of the threads.</param>
    /// <param name="times">Sums where the time goes, or null.</param>
    /// <param name="cancellationToken">Stops all threads; they have ended when this returns.</param>
    /// <returns>A row for each layer, in the same order.</returns>
    public static ImmutableArray<LayerReport> Run(
        ImmutableArray<Layer> layers, AnalysisOptions options, LayerCache? cache, IProgress<AnalysisProgress>? progress, StageTimes? times, CancellationToken cancellationToken)
    {
        // Slices of one tensor share its reading.
        TensorWork[] tensors =
        [
            .. Enumerable.Range(0, layers.Length).GroupBy(i => layers[i].Tensor).Select(g => new TensorWork(
                [.. g],
                g.Sum(i => layers[i].Work),
                LayerMemory.Bytes(g.Key, g.Select(i => layers[i]), options))),
        ];
        TensorQueue queue = new(tensors, LayerMemory.Budget(options));
        AnalysisScheduler scheduler = new(layers, queue, options, cache, progress, times, cancellationToken);
        int threads = Math.Clamp(options.MaxThreads ?? Environment.ProcessorCount, 1, Math.Max(1, tensors.Length));
        using (cancellationToken.UnsafeRegister(_ => queue.Wake(), null))
        {
            // Threads of their own: an analysis of minutes must not hold the pool that a build or a test runner works on.
            Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(_ => new Thread(scheduler.Work) { IsBackground = true, Name = "WeightWatcher analysis" })];
            foreach (Thread thread in others)
                thread.Start();
            scheduler.Work();
            foreach (Thread thread in others)
                thread.Join();
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (queue.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        return [.. scheduler._rows];
    }

    private void Work()
    {
        try
        {
            while (_queue.Take(_cancellationToken) is { } tensor)
            {
                try
                {
                    Analyse(tensor);
                }
#pragma warning disable CA1031 // Nothing may escape from a thread; it is thrown where the analysis was asked for.
                catch (Exception e) when (!_cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    _queue.Fail(tensor, e);
                }
                finally
                {
                    _queue.Release(tensor);
                }
            }
        }
        catch (Exception) when (_cancellationToken.IsCancellationRequested)
        {
            // Whoever waits for the threads looks at the token.
        }
    }

    private void Analyse(TensorWork tensor)
    {
        (WeightMatrix weights, string hash) = LayerAnalysis.Read(_layers[tensor.Layers[0]], _options, _times, _cancellationToken);
        foreach (int index in tensor.Layers)
        {
            Layer layer = _layers[index];
            _rows[index] = LayerAnalysis.Run(layer, weights, hash, _options, _cache, _times, _cancellationToken);
            lock (_progressGate)
            {
                _workDone += layer.Work;
                _layersDone++;
                _progress?.Report(new AnalysisProgress(_layersDone, _layers.Length, _totalWork > 0 ? _workDone / _totalWork : 1, layer.Name));
            }
        }
    }
}
