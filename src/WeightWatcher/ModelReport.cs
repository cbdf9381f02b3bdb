using System.Collections.Immutable;
using WeightWatcher.Metrics;
using WeightWatcher.Spectra;

namespace WeightWatcher;

/// <summary>Everything that was measured of one artifact. Immutable.</summary>
public sealed record ModelReport
{
    /// <summary>Which file was analysed.</summary>
    public required ArtifactInfo Artifact { get; init; }

    /// <summary>How it was analysed.</summary>
    public required AnalysisOptions Options { get; init; }

    /// <summary>The analysed layers, in the order of the artifact; with <c>Pool = false</c> one row per slice.</summary>
    public required ImmutableArray<LayerReport> Layers { get; init; }

    /// <summary>Every tensor that is in no layer, with the reason.</summary>
    public required ImmutableArray<SkippedTensor> Skipped { get; init; }

    /// <summary>
    /// Values of the whole model by name: unweighted means of the per-layer metrics that the Python tool averages, and
    /// <c>parameters</c>, <c>parameters_analysed</c>, <c>coverage</c> (0 to 1).
    /// </summary>
    public required ImmutableArray<KeyValuePair<string, Measurement>> Summary { get; init; }

    /// <summary>What became of the model in ONNX Runtime, or null when it was not run.</summary>
    public RuntimeReport? Runtime { get; init; }

    /// <summary>What a person should know about how the artifact was read, one sentence each.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>The identity of an artifact.</summary>
/// <param name="Path">The path as it is shown: relative to the project, with <c>/</c>, where the caller gave a base folder.</param>
/// <param name="Format">The format that was found, or <c>unknown</c>.</param>
/// <param name="Sha256">The SHA-256 of the file in lower-case hexadecimal; of the concatenated hashes of all files when there are several; empty when unreadable.</param>
/// <param name="SizeBytes">The length of all its files together.</param>
public sealed record ArtifactInfo(string Path, string Format, string Sha256, long SizeBytes)
{
    /// <summary>The full paths of every file that was read: the artifact first, then shards and external data, under the names that the artifact gives them. Not part of written reports.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>The full paths of files that were looked for beside the artifact and say nothing of it, most of them absent. Not part of written reports.</summary>
    public ImmutableArray<string> LookedFor { get; init; } = [];
}

/// <summary>A tensor that was not analysed.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Reason">Why, in a few words.</param>
public sealed record SkippedTensor(string Name, ImmutableArray<long> Shape, string Reason);

/// <summary>What was measured of one layer, or of one slice of a convolution.</summary>
public sealed record LayerReport
{
    /// <summary>The number of the layer in the artifact, from 1.</summary>
    public required int LayerId { get; init; }

    /// <summary>The tensor's name without a trailing <c>.weight</c>; unique in a report but for slices.</summary>
    public required string Name { get; init; }

    /// <summary><c>dense</c>, <c>conv1d</c>, <c>conv2d</c>, <c>embedding</c>, <c>recurrent</c> or <c>attention</c>.</summary>
    public required string LayerType { get; init; }

    /// <summary>The position of the slice in row-major kernel order, from 0, when slices are not pooled; else null.</summary>
    public int? SliceId { get; init; }

    /// <summary>The shape of the stored tensor.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>SHA-256 of the weights as read, in logical order; the same for the same weights in any format that keeps the layout.</summary>
    public string WeightHash { get; init; } = "";

    /// <summary>
    /// Names everything that decides the row: the weights, how they make matrices, the options and the release. Two layers of the same key have the same row. Empty
    /// when it is not known.
    /// </summary>
    internal string ContentKey { get; init; } = "";

    /// <summary><c>success</c> when the tail was fitted, else <c>failed</c> or <c>not_applicable</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Empty, <c>over-trained</c> (alpha below 2) or <c>under-trained</c> (alpha above 6).</summary>
    public string Warning { get; init; } = "";

    /// <summary>What is wrong with the weights themselves, whatever the policy: NaN or infinite entries, all zero.</summary>
    public LayerFault Fault { get; init; }

    /// <summary>A sentence on the fault with the place of the first bad element, or null.</summary>
    public string? FaultDetail { get; init; }

    /// <summary>All numeric columns in the order of the report, N, M, Q, rf and num_evals included.</summary>
    public required ImmutableArray<KeyValuePair<string, Measurement>> Metrics { get; init; }

    /// <summary>The correlation traps that were found, largest first.</summary>
    public ImmutableArray<TrapReport> Traps { get; init; } = [];

    /// <summary>The initialisation that the weights cannot be told from, for example <c>he normal</c>; null when they can, or when it was not measured.</summary>
    public string? InitKind { get; init; }

    /// <summary>
    /// How the weights differ from the baseline checkpoint's: <c>none</c>, <c>rounded to f16</c> (or another format), <c>rounded</c>, <c>rounded to b bits</c>, <c>low rank (r)</c>, <c>noise</c>, <c>replaced</c> or <c>learned</c>;
    /// null when nothing was compared.
    /// </summary>
    public string? ChangeKind { get; init; }

    /// <summary>A mark that two layers of equal shape share exactly when their weights are equal up to sign and transposition; null when not measured.</summary>
    internal ulong? ContentMark { get; init; }

    /// <summary>The spectrum in outline, from which reports draw it; null when there is none, and in a report that was read from a file. Not part of written reports.</summary>
    internal SpectrumSketch? Sketch { get; init; }

    /// <summary>Whether there is a column of a name, measured or not.</summary>
    internal bool Has(string metric) => Metrics.Any(column => column.Key == metric);

    /// <summary>The measurement of a column; a column that this report does not have is <see cref="MeasurementStatus.NotApplicable"/>.</summary>
    public Measurement this[string metric]
    {
        get
        {
            foreach ((string name, Measurement value) in Metrics)
            {
                if (name == metric)
                    return value;
            }

            return Measurement.NotApplicable("not computed with these options");
        }
    }
}

/// <summary>A fault of the weights that makes a layer unfit whatever the policy says.</summary>
public enum LayerFault
{
    /// <summary>None.</summary>
    None,

    /// <summary>At least one weight is NaN or infinite.</summary>
    NonFinite,

    /// <summary>Every weight is zero.</summary>
    AllZero,
}

/// <summary>A correlation trap: an eigenvalue of the permuted layer above the edge that random matrices have.</summary>
/// <param name="Lambda">The eigenvalue of the permuted matrix, median over the permutations.</param>
/// <param name="Edge">The Tracy-Widom edge that it exceeds.</param>
/// <param name="Cause">What causes it: <c>element</c> or <c>mean-shift</c>.</param>
/// <param name="Row">The row of the element in the layer's N x M matrix, from 0; null for a mean shift.</param>
/// <param name="Column">Its column, from 0; null for a mean shift.</param>
/// <param name="Slice">The convolution slice, from 0; 0 for a single matrix.</param>
/// <param name="Size">The element or the mean, in standard deviations of the entries.</param>
public sealed record TrapReport(double Lambda, double Edge, string Cause, long? Row, long? Column, int Slice, double Size);
