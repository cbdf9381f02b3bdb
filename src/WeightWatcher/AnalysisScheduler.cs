using System.Collections.Immutable;
using WeightWatcher.Caching;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher;

/// <summary>
/// Runs the analysis of all layers of an artifact in a pool, one thread per tensor; the rows come in the order of the artifact whatever finishes first.
/// </summary>
internal sealed class AnalysisScheduler
{
    /// <summary>The memory that hashing files takes: a block at a time.</summary>
    private const long HashingBytes = 1 << 20;

    private readonly ImmutableArray<Layer> _layers;
    private readonly AnalysisOptions _options;
    private readonly LayerCache? _cache;
    private readonly KnownRows? _known;
    private readonly ArtifactHashes? _hashes;
    private readonly IProgress<AnalysisProgress>? _progress;
    private readonly StageTimes? _times;
    private readonly CancellationToken _cancellationToken;
    private readonly AnalysisPool _pool;
    private readonly LayerReport[] _rows;
    private readonly Action? _hashFiles;
    private readonly double _totalWork;
    private readonly Lock _progressGate = new();
    private double _workBegun;
    private double _workDone;
    private int _layersDone;

    private AnalysisScheduler(
        ImmutableArray<Layer> layers,
        AnalysisOptions options,
        LayerCache? cache,
        ArtifactHashes? hashes,
        IProgress<AnalysisProgress>? progress,
        StageTimes? times,
        AnalysisPool pool,
        KnownRows? known,
        Action? hashFiles,
        CancellationToken cancellationToken)
    {
        _layers = layers;
        _hashFiles = hashFiles;
        _pool = pool;
        _options = options;
        _cache = cache;
        _known = known;
        _hashes = hashes;
        _progress = progress;
        _times = times;
        _cancellationToken = cancellationToken;
        _rows = new LayerReport[layers.Length];
        _totalWork = layers.Sum(l => l.Work);
    }

    /// <summary>Analyses layers.</summary>
    /// <param name="layers">The layers in the order of the artifact.</param>
    /// <param name="options">What to measure; with how many threads, in how much memory when there is no pool.</param>
    /// <param name="pool">The threads and the memory, or null for some of its own.</param>
    /// <param name="cache">Where rows are kept, or null.</param>
    /// <param name="hashes">The hashes of tensors that are known without reading them, or null.</param>
    /// <param name="progress">Hears of each finished layer, one at a time, from any of the threads.</param>
    /// <param name="times">Sums where the time goes, or null.</param>
    /// <param name="cancellationToken">Stops the work; no thread works on it any more when this returns.</param>
    /// <param name="known">Rows that are at hand, or null.</param>
    /// <param name="hashFiles">Hashes the artifact's files, in one of the threads and before the tensors, and may add to <paramref name="hashes"/>; or null.</param>
    /// <returns>A row for each layer, in the same order.</returns>
    public static ImmutableArray<LayerReport> Run(
        ImmutableArray<Layer> layers,
        AnalysisOptions options,
        AnalysisPool? pool,
        LayerCache? cache,
        ArtifactHashes? hashes,
        IProgress<AnalysisProgress>? progress,
        StageTimes? times,
        CancellationToken cancellationToken,
        KnownRows? known = null,
        Action? hashFiles = null)
    {
        using AnalysisPool? own = pool is null ? new AnalysisPool(options.MaxThreads, options.MemoryBudget) : null;
        AnalysisPool used = pool ?? own!;
        AnalysisScheduler scheduler = new(layers, options, cache, hashes, progress, times, used, known, hashFiles, cancellationToken);

        // Slices of one tensor share its reading.
        IEnumerable<TensorWork> tensors = Enumerable.Range(0, layers.Length).GroupBy(i => layers[i].Tensor).Select(g => new TensorWork(
            [.. g],
            g.Sum(i => layers[i].Work),
            LayerMemory.Bytes(g.Key, [.. g.Select(i => layers[i])], options)));
        if (hashFiles is not null)
            tensors = tensors.Append(TensorWork.Files(HashingBytes));
        used.Run(new TensorBatch(tensors, scheduler.Analyse, cancellationToken));
        return [.. scheduler._rows];
    }

    private void Analyse(TensorWork tensor)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (tensor.IsFiles)
        {
            _hashFiles!();
            return;
        }

        lock (_progressGate)
            _workBegun += tensor.Work;
        Layer first = _layers[tensor.Layers[0]];
        (WeightMatrix Weights, string Hash)? read = null;
        try
        {
            foreach (int index in tensor.Layers)
            {
                Layer layer = _layers[index];
                LayerReport? row = read is null && _cache is not null && _hashes?.Of(layer.Tensor) is { } known ? LayerAnalysis.Known(layer, known, _options, _cache, _known) : null;
                if (row is null)
                {
                    read ??= LayerAnalysis.Read(first, _options, _times, _cancellationToken);
                    _hashes?.Add(layer.Tensor, read.Value.Hash);
                    row = LayerAnalysis.Run(layer, read.Value.Weights, read.Value.Hash, _options, _cache, _known, _times, _cancellationToken, tensor.Team);
                }

                _rows[index] = row;
                Tell(layer);
            }
        }
        finally
        {
            read?.Weights.Dispose();
            _pool.TrimAllocator(first.Tensor.Count);
        }
    }

    private void Tell(Layer layer)
    {
        lock (_progressGate)
        {
            _workDone += layer.Work;
            _layersDone++;
            _progress?.Report(new AnalysisProgress(_layersDone, _layers.Length, _totalWork > 0 ? _workDone / _totalWork : 1, layer.Name)
            {
                WorkUnderWay = _totalWork > 0 ? Math.Max(0, _workBegun - _workDone) / _totalWork : 0,
            });
        }
    }
}
