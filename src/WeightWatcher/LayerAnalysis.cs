using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using WeightWatcher.Caching;
using WeightWatcher.Checkpoints;
using WeightWatcher.Diagnosis;
using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Metrics;
using WeightWatcher.Spectra;

namespace WeightWatcher;

/// <summary>Takes one layer from its weights to its row of the report.</summary>
internal static class LayerAnalysis
{
    private static readonly ImmutableArray<string> AlwaysMeasured =
    [
        "alpha", "D", "sigma", "xmin", "xmax", "num_pl_spikes", "alpha_weighted", "log_alpha_norm", "norm", "log_norm", "spectral_norm", "log_spectral_norm",
        "lambda_max", "sv_max", "sv_min", "stable_rank", "matrix_rank", "rank_loss", "rank_share", "weak_rank_loss", "entropy",
        .. LayerHealth.Columns,
    ];

    private static readonly ImmutableArray<string> WhenRandomized = ["rand_distance", "rand_density_distance", "log_structure", "max_rand_eval", "ww_softrank", "ww_maxdist", "num_traps", "trap_excess", "mean_shift"];

    /// <summary>Reads the weights of a tensor as its layers are measured on them, with the hash of the weights as stored.</summary>
    /// <param name="layer">One of the tensor's layers.</param>
    /// <param name="options">The semantics.</param>
    /// <param name="times">Sums where the time goes, or null.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static (WeightMatrix Weights, string Hash) Read(Layer layer, AnalysisOptions options, StageTimes? times, CancellationToken cancellationToken)
    {
        long at = Stopwatch.GetTimestamp();
        bool compatible = options.Semantics == Semantics.Compatible;
        WeightMatrix weights = Folded(layer, alwaysSingle: compatible, cancellationToken);
        try
        {
            at = times?.Add(AnalysisStage.Read, at) ?? at;
            string hash = Hash(weights, cancellationToken);
            times?.Add(AnalysisStage.Hash, at);
            if (compatible)
                weights.Multiply((float)CompatibleMetrics.Scale(layer, options));
            return (weights, hash);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Reads the weights of a layer in full precision, with its batch normalisation when that is folded in, and without the scale of any semantics.</summary>
    public static WeightMatrix ReadUnscaled(Layer layer, CancellationToken cancellationToken) => Folded(layer, alwaysSingle: false, cancellationToken);

    /// <summary>Analyses a layer, or takes its row from the cache or from those at hand.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements.</param>
    /// <param name="weightHash">The hash of these elements.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="cache">Where rows are kept, or null.</param>
    /// <param name="known">Rows that are at hand, or null.</param>
    /// <param name="times">Sums where the time goes, or null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <param name="team">Helps with large matrices, or null.</param>
    public static LayerReport Run(
        Layer layer, WeightMatrix weights, string weightHash, AnalysisOptions options, LayerCache? cache, KnownRows? known, StageTimes? times, CancellationToken cancellationToken,
        KernelTeam? team = null)
    {
        LayerReport report = Identity(layer, weightHash, options);
        LayerKey? key = cache is null ? null : LayerKey.Of(layer, weightHash, options);
        LayerReport? row = (key is null ? null : cache!.Find(key, report)) ?? known?.Find(report);
        if (row is not null)
            return row;
        row = Measure(layer, weights, report, options, times, team, cancellationToken);
        if (key is not null)
            cache!.Store(key, row);
        return row;
    }

    /// <summary>The row of a layer whose weights have a hash that is known without reading them, or null when there is none.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weightHash">The hash.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="cache">Where rows are kept.</param>
    /// <param name="known">Rows that are at hand, or null.</param>
    public static LayerReport? Known(Layer layer, string weightHash, AnalysisOptions options, LayerCache cache, KnownRows? known)
    {
        LayerReport report = Identity(layer, weightHash, options);
        return cache.Find(LayerKey.Of(layer, weightHash, options), report) ?? known?.Find(report);
    }

    /// <summary>The row of a layer that follows from its shape.</summary>
    public static LayerReport Describe(Layer layer, AnalysisOptions options)
    {
        MetricRow row = new();
        ShapeMetrics.Measure(layer, row);
        // The Python tool's description counts the eigenvalues that N and M suggest, its analysis those that there are.
        if (options.Semantics == Semantics.Compatible)
            row.Set("num_evals", (double)layer.M * (layer.SliceId is null ? layer.KernelSize : 1));
        return new()
        {
            LayerId = layer.Id,
            Name = layer.Name,
            LayerType = layer.Type.ToReportName(),
            SliceId = layer.SliceId,
            Shape = layer.Tensor.Shape,
            Status = "described",
            Metrics = row.ToColumns(),
        };
    }

    private static LayerReport Identity(Layer layer, string weightHash, AnalysisOptions options) => new()
    {
        LayerId = layer.Id,
        Name = layer.Name,
        LayerType = layer.Type.ToReportName(),
        SliceId = layer.SliceId,
        Shape = layer.Tensor.Shape,
        WeightHash = weightHash,
        ContentKey = LayerKey.OfContent(layer, weightHash, options).Text,
        Status = "failed",
        Metrics = [],
    };

    private static LayerReport Measure(
        Layer layer, WeightMatrix weights, LayerReport report, AnalysisOptions options, StageTimes? times, KernelTeam? team, CancellationToken cancellationToken)
    {
        MetricRow row = new();
        ShapeMetrics.Measure(layer, row);
        if (weights.FirstNonFinite() is { } bad)
        {
            LayerHealth.MeasureNonFinite(weights, row);
            return Faulty(report, row, LayerFault.NonFinite, $"weight {Position(bad, layer.Tensor.Shape)} is {weights[bad].ToString(CultureInfo.InvariantCulture)}", options);
        }

        if (layer.Tensor.MayBeZero && layer.Slices.All(weights.IsZero))
            return Unchanged(report, row, options);
        if (layer.Slices.All(weights.IsZero))
            return Faulty(report, row, LayerFault.AllZero, "all weights are zero", options);

        long at = Stopwatch.GetTimestamp();
        // Of the inverse, and of what several layers make together, no errors are stated, so that there is nothing to leave rows out for.
        ImmutableArray<double[]> groups = options.Inverse || options.Combine != LayerCombination.None ? [] : JackknifeSpectra.Build(layer, weights, options.Seed, cancellationToken);
        at = times?.Add(AnalysisStage.Errors, at) ?? at;
        EntryPlaces places = LayerHealth.LookAtPlaces(layer, weights, cancellationToken);
        times?.Add(AnalysisStage.Diagnosis, at);
        LayerSpectra spectra = SpectrumBuilder.Build(layer, weights, options, cancellationToken, times, team);
        if (spectra.Outcome != SpectrumOutcome.Converged)
            return Failed(report, row, "the eigenvalues did not converge", options);
        at = Stopwatch.GetTimestamp();
        bool compatible = options.Semantics == Semantics.Compatible;
        if (compatible && options.Combine == LayerCombination.Intra)
            spectra = spectra.Rooted();
        else if (layer.MostEigenvalues is { } most)
            spectra = spectra.Largest(most);
        if (!compatible && !StrictMetrics.IsInRange(layer, spectra, options))
        {
            StrictMetrics.MeasureOutOfRange(layer, spectra, row);
            return Failed(report, row, SquareRange.Left, options);
        }

        LayerSpectra measured = spectra;
        if (options.Inverse)
        {
            measured = spectra.Inverted(compatible);
            if (!double.IsFinite(measured.Eigenvalues[^1]))
                return Failed(report, row, "the layer has no inverse: a singular value is zero", options);
        }

        (string status, string warning) = compatible ? CompatibleMetrics.Measure(layer, measured, options, row) : StrictMetrics.Measure(layer, measured, options, row);
        if (options.DetX)
            row.Set("ERG_gap", row["detX_num"].Then(num => row["num_pl_spikes"].Select(spikes => num - spikes)));
        if (options.Vectors)
            VectorMetrics.Measure(layer, weights, row["xmin"], options.Inverse, row, cancellationToken);
        if (options.Quantization)
            QuantizationLoss.Measure(layer, weights, row, cancellationToken);
        at = times?.Add(AnalysisStage.Metrics, at) ?? at;
        if (!compatible)
            StrictMetrics.MeasureRounding(layer, measured, spectra.Entries?.LargestMagnitude ?? weights.LargestMagnitude(), options, row);
        JackknifeMetrics.Measure(layer, spectra, groups, options, row);
        at = times?.Add(AnalysisStage.Errors, at) ?? at;
        double unit = compatible ? CompatibleMetrics.Scale(layer, options) : 1;
        (string? initKind, ulong content) = LayerHealth.Measure(layer, weights, places, spectra, unit, row, cancellationToken);
        ImmutableArray<TrapReport> traps = [];
        if (!spectra.Slices.IsEmpty)
        {
            Outcome<CorrelationTraps> found = CorrelationTraps.Find(spectra.Slices, [.. layer.Slices.Select(s => (s.Rows, s.Columns))]);
            row.Set(found, ("num_traps", t => t.Traps.Length), ("mean_shift", t => t.MeanShift), ("trap_excess", t => t.Traps.IsEmpty ? 0 : (t.Traps[0].Lambda / t.Traps[0].Edge) - 1));
            if (found.TryGetValue(out CorrelationTraps? value))
                traps = value.Traps;
        }

        SpectrumSketch? sketch = SpectrumSketch.Of(spectra.Eigenvalues, spectra.Permuted);
        times?.Add(AnalysisStage.Diagnosis, at);
        return report with { Status = status, Warning = warning, Metrics = row.ToColumns(), Traps = traps, Sketch = sketch, InitKind = initKind, ContentMark = content };
    }

    private static WeightMatrix Folded(Layer layer, bool alwaysSingle, CancellationToken cancellationToken)
    {
        WeightMatrix weights = WeightMatrix.Read(layer.Tensor, alwaysSingle, cancellationToken);
        if (layer.Norm is { } norm)
            weights.Multiply(norm.Factors(), InnerLength(layer.Tensor));
        return weights;
    }

    /// <summary>How many elements lie between neighbouring outputs.</summary>
    private static long InnerLength(Tensor tensor)
    {
        int axis = tensor.Layout switch { TensorLayout.KernelInOut => tensor.Shape.Length - 1, TensorLayout.InOutKernel => 1, _ => 0 };
        return tensor.Shape.Skip(axis + 1).Aggregate(1L, (a, b) => a * b);
    }

    /// <summary>SHA-256 over the elements in logical order, little-endian, in single precision where that is exact.</summary>
    private static string Hash(WeightMatrix weights, CancellationToken cancellationToken) =>
        weights.Singles is { } singles ? Hash<float>(singles.Span, cancellationToken) : Hash<double>(weights.Doubles!.Span, cancellationToken);

    private static string Hash<T>(ReadOnlySpan<T> elements, CancellationToken cancellationToken)
        where T : unmanaged
    {
        // In blocks: all bytes together can exceed what one span holds, and take longer than a cancellation may.
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        const int Block = 1 << 20;
        for (int start = 0; start < elements.Length; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(MemoryMarshal.AsBytes(elements.Slice(start, Math.Min(Block, elements.Length - start))));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static LayerReport Faulty(LayerReport report, MetricRow row, LayerFault fault, string detail, AnalysisOptions options) =>
        Failed(report, row, detail, options) with { Fault = fault, FaultDetail = detail };

    private static LayerReport Failed(LayerReport report, MetricRow row, string reason, AnalysisOptions options)
    {
        row.FailOthers(Measured(options), reason);
        return report with { Metrics = row.ToColumns() };
    }

    /// <summary>A layer that differs by nothing from the base model: nothing is wrong, and there is nothing to measure.</summary>
    private static LayerReport Unchanged(LayerReport report, MetricRow row, AnalysisOptions options)
    {
        Outcome<double> nothing = Outcome.NotApplicable<double>("the layer is as in the base model");
        foreach (string metric in Measured(options))
            row.Set(metric, nothing);
        return report with { Status = "not_applicable", Metrics = row.ToColumns() };
    }

    private static IEnumerable<string> Measured(AnalysisOptions options)
    {
        IEnumerable<string> metrics = AlwaysMeasured.Concat(JackknifeMetrics.Columns);
        if (options.Randomize is Randomization.Permute or Randomization.Both)
            metrics = metrics.Concat(WhenRandomized).Concat(JackknifeMetrics.RandomizedColumns);
        if (options.MpFit)
            metrics = metrics.Concat(["W_scale", "sigma_mp", "bulk_max", "bulk_min", "mp_softrank", "num_spikes"]).Concat(options.Semantics == Semantics.Strict ? ["bulk_max_se"] : Enumerable.Empty<string>());
        if (options.DetX)
            metrics = metrics.Concat(["detX_num", "detX_val", "detX_val_unrescaled", "ERG_gap"]);
        if (options.Vectors)
            metrics = metrics.Concat(VectorCatalog.Columns.Select(column => column.Name));
        if (options.Quantization)
            metrics = metrics.Concat(QuantizationCatalog.Columns.Select(column => column.Name));
        if (options.ClausetP)
            metrics = metrics.Append("clauset_p");
        if (options is { FixFingers: FingerFix.ClipXMax, Fit: FitKind.PL })
            metrics = metrics.Concat(["raw_alpha", "num_fingers"]);
        return metrics;
    }

    private static string Position(int index, ImmutableArray<long> shape)
    {
        long[] position = new long[shape.Length];
        long rest = index;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
            (rest, position[axis]) = Math.DivRem(rest, shape[axis]);
        return $"[{string.Join(", ", position.Select(p => p.ToString(CultureInfo.InvariantCulture)))}]";
    }
}
