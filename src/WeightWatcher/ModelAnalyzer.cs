using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using WeightWatcher.Artifacts;
using WeightWatcher.Caching;
using WeightWatcher.Checkpoints;
using WeightWatcher.Checkpoints.Composition;
using WeightWatcher.Codes;
using WeightWatcher.Diagnosis;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher;

/// <summary>Analyses the weights of a model artifact.</summary>
public static class ModelAnalyzer
{
    /// <summary>Reads an artifact and measures its layers.</summary>
    /// <param name="path">The artifact; a relative path is taken from the current directory.</param>
    /// <param name="options">What to analyse; null for <see cref="AnalysisOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the analysis within about 100 ms.</param>
    /// <returns>The report. A layer with NaN, infinite or only zero weights is in it, with its fault.</returns>
    /// <exception cref="ArtifactException">The artifact is missing, malformed, unsafe, or has nothing to analyse.</exception>
    public static ModelReport Analyze(string path, AnalysisOptions? options = null, CancellationToken cancellationToken = default) =>
        Analyze(path, options ?? AnalysisOptions.Default, null, null, cancellationToken);

    /// <summary>Measures a model as <see cref="Analyze(string, AnalysisOptions?, CancellationToken)"/> does, and how each layer's weights differ from a baseline checkpoint's.</summary>
    /// <param name="path">The artifact; a relative path is taken from the current directory.</param>
    /// <param name="baselinePath">The checkpoint to compare with, for example the model that is replaced, or its initialisation.</param>
    /// <param name="options">What to analyse; null for <see cref="AnalysisOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the analysis within about 100 ms.</param>
    /// <returns>The report with the columns <c>delta_*</c> and the kind of change of each layer.</returns>
    /// <exception cref="ArtifactException">An artifact is missing, malformed, unsafe, or has nothing to analyse.</exception>
    public static ModelReport Compare(string path, string baselinePath, AnalysisOptions? options = null, CancellationToken cancellationToken = default)
    {
        AnalysisOptions chosen = options ?? AnalysisOptions.Default;
        ModelReport report = Analyze(path, chosen, cancellationToken);
        ModelReport baseline = Analyze(baselinePath, chosen with { Randomize = Randomization.Off, DetX = false }, cancellationToken);
        return WeightChanges.Add(report, path, baseline, baselinePath, cancellationToken);
    }

    /// <summary>Reads the description of an artifact's tensors and names the layers that would be analysed; no weights are read.</summary>
    /// <param name="path">The artifact; a relative path is taken from the current directory.</param>
    /// <param name="options">What would be analysed; null for <see cref="AnalysisOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The names in the order of the artifact, each once.</returns>
    /// <exception cref="ArtifactException">The artifact is missing, malformed, unsafe, or has nothing to analyse.</exception>
    public static ImmutableArray<string> ListLayers(string path, AnalysisOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= AnalysisOptions.Default;
        using Checkpoint artifact = CheckpointReader.Open(path, options.ExternalRoots, cancellationToken);
        using Checkpoint? origin = OpenBaseModel(options, cancellationToken);
        Checkpoint checkpoint = origin is null ? artifact : BaseModel.Compare(artifact, origin);
        return [.. MapLayers(checkpoint, options).Layers.Select(l => l.Name).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Describes the layers of an artifact without measuring them: what would be analysed, of which shape, and what is skipped; no weights are read.</summary>
    /// <param name="path">The artifact; a relative path is taken from the current directory.</param>
    /// <param name="options">What would be analysed; null for <see cref="AnalysisOptions.Default"/>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>A report whose rows have the status <c>described</c> and the columns that follow from shapes; without hash and verdict.</returns>
    /// <exception cref="ArtifactException">The artifact is missing, malformed, unsafe, or has nothing to analyse.</exception>
    public static ModelReport Describe(string path, AnalysisOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= AnalysisOptions.Default;
        using Checkpoint artifact = CheckpointReader.Open(path, options.ExternalRoots, cancellationToken);
        using Checkpoint? origin = OpenBaseModel(options, cancellationToken);
        Checkpoint checkpoint = origin is null ? artifact : BaseModel.Compare(artifact, origin);
        LayerMap map = MapLayers(checkpoint, options);
        ImmutableArray<LayerReport> rows = [.. map.Layers.Select(layer => LayerAnalysis.Describe(layer, options))];
        return new ModelReport
        {
            Artifact = new ArtifactInfo(System.IO.Path.GetFileName(checkpoint.Files[0].Path), checkpoint.Format, "", checkpoint.Files.Sum(f => f.Length))
            {
                Files = [.. checkpoint.Files.Concat(origin?.Files ?? []).Select(f => f.NamedPath)],
            },
            Options = options,
            Layers = rows,
            Skipped = map.Skipped,
            Summary = ModelSummary.Of(rows, map, options.Semantics),
            Notes = checkpoint.Notes,
        };
    }

    internal static ModelReport Analyze(
        string path, AnalysisOptions options, LayerCache? cache, IProgress<AnalysisProgress>? progress, CancellationToken cancellationToken, StageTimes? times = null, AnalysisPool? pool = null, KnownRows? known = null)
    {
        using Checkpoint artifact = CheckpointReader.Open(path, options.ExternalRoots, cancellationToken);
        using Checkpoint? origin = OpenBaseModel(options, cancellationToken);
        Checkpoint checkpoint = origin is null ? artifact : BaseModel.Compare(artifact, origin);
        LayerMap map = MapLayers(checkpoint, options);
        // What is compared with a base model depends on the files of both, and what is combined on several tensors: it is read each time.
        ArtifactHashes? hashes = cache is null || origin is not null || options.Combine != LayerCombination.None ? null : ArtifactHashes.For(checkpoint, options);
        bool isKnown = hashes is not null && cache!.TryRead(hashes);
        string hash = hashes?.Files ?? "";
        void HashFiles()
        {
            long start = Stopwatch.GetTimestamp();
            hash = HashOf(checkpoint, cancellationToken);
            times?.Add(AnalysisStage.FileHash, start);

            // The same bytes elsewhere or of another time: what their tensors are is known from here on.
            if (hashes is not null)
                cache!.TryReadContent(hashes, hash);
        }

        ImmutableArray<LayerReport> rows = PeerComparison.Add(
            AnalysisScheduler.Run(map.Layers, options, pool, cache, hashes, progress, times, cancellationToken, known, isKnown ? null : HashFiles));
        if (hashes is not null && !isKnown && ArtifactHashes.AreSettled(checkpoint.Files, DateTime.UtcNow))
        {
            hashes.Files = hash;
            cache!.Store(hashes);
        }

        ArtifactFile file = checkpoint.Files[0];
        return new ModelReport
        {
            Artifact = new ArtifactInfo(System.IO.Path.GetFileName(file.Path), checkpoint.Format, hash, checkpoint.Files.Sum(f => f.Length))
            {
                Files = [.. checkpoint.Files.Concat(origin?.Files ?? []).Select(f => f.NamedPath)],
                LookedFor = checkpoint.LookedFor,
            },
            Options = options,
            Layers = rows,
            Skipped = map.Skipped,
            Summary = ModelSummary.Of(rows, map, options.Semantics),
            Notes = options.FoldBatchNorm
                ? [.. checkpoint.Notes, FormattableString.Invariant($"fold_batchnorm: the normalisations of {map.Layers.Count(l => l.Norm is not null)} of {map.Layers.Length} layers were found and folded in")]
                : checkpoint.Notes,
        };
    }

    private static Checkpoint? OpenBaseModel(AnalysisOptions options, CancellationToken cancellationToken) =>
        options.BaseModelPath is null ? null : CheckpointReader.Open(options.BaseModelPath, options.ExternalRoots, cancellationToken);

    private static LayerMap MapLayers(Checkpoint checkpoint, AnalysisOptions options)
    {
        ArtifactException Nothing(DiagnosticCode code, string message) => new(code, message) { Path = checkpoint.Files[0].Path };

        if (checkpoint.Tensors.IsEmpty && checkpoint.Unreadable.IsEmpty)
            throw Nothing(ArtifactCodes.NoTensors, "the artifact was read and holds no tensors");
        LayerMap map = LayerMapper.Map(checkpoint, options);
        if (!map.Layers.IsEmpty)
        {
            if (options.Combine == LayerCombination.None)
                return map;
            map = Combined(map, options);
            return !map.Layers.IsEmpty ? map : throw Nothing(
                ArtifactCodes.NoAnalysableLayer,
                options.Combine == LayerCombination.Intra ? "no layer shares a dimension with the next one" : "all layers together have more elements than one array can hold");
        }

        if (map.HasDeselected)
            throw Nothing(ArtifactCodes.NoLayerSelected, "the include and exclude patterns leave no layer to analyse");
        string reasons = string.Join("; ", map.Skipped.GroupBy(s => s.Reason, StringComparer.Ordinal).OrderByDescending(g => g.Count()).Take(3)
            .Select(g => FormattableString.Invariant($"{g.Count()} x {Printable.Text(g.Key)}")));
        throw Nothing(ArtifactCodes.NoAnalysableLayer, $"none of {map.Skipped.Length} tensors is a layer that can be analysed: {reasons}");
    }

    private static LayerMap Combined(LayerMap map, AnalysisOptions options)
    {
        if (options.Randomize != Randomization.Off)
            throw new ArgumentException("Combined layers have no randomized counterparts: set Randomize to Off.", nameof(options));
        bool compatible = options.Semantics == Semantics.Compatible;
        if (options.Combine == LayerCombination.Intra)
            return map with { Layers = IntraLayers.Of(map.Layers, compatible) };
        return map with
        {
            Layers = StackedLayers.Of(map.Layers, compatible) is { } stack ? [compatible ? stack with { MostEigenvalues = StackedLayers.CompatibleEigenvalues(map.Layers) } : stack] : [],
        };
    }

    /// <summary>SHA-256 of the file; of the files' hashes one after the other when there are several.</summary>
    private static string HashOf(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        byte[][] hashes = [.. checkpoint.Files.Select(f => HashOf(f, cancellationToken))];
        return Convert.ToHexStringLower(hashes.Length == 1 ? hashes[0] : SHA256.HashData(hashes.SelectMany(h => h).ToArray()));
    }

    private static byte[] HashOf(ArtifactFile file, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using ElementBuffer<byte> block = new(1 << 20);
        for (long at = 0; at < file.Length; at += block.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> part = block.Span[..(int)Math.Min(block.Length, file.Length - at)];
            file.Read(at, part);
            hash.AppendData(part);
        }

        return hash.GetHashAndReset();
    }
}
