using System.Collections.Immutable;
using System.Globalization;

namespace WeightWatcher;

/// <summary>What to analyse and how. Immutable; two options that compare equal give the same report for the same artifact.</summary>
public sealed record AnalysisOptions
{
    /// <summary>The defaults: strict semantics, permuted randomization, seed 42, all layers.</summary>
    public static AnalysisOptions Default { get; } = new();

    /// <summary>Which definitions are used where the Python tool and this library differ; docs/differences.md lists each difference.</summary>
    public Semantics Semantics { get; init; } = Semantics.Strict;

    /// <summary>Which randomized counterparts of a layer are computed. Permuted ones feed <c>rand_distance</c> and the traps.</summary>
    public Randomization Randomize { get; init; } = Randomization.Permute;

    /// <summary>The seed of every random draw; a draw depends on it, N, M, the slice and the replica, and on nothing else.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>The tail model that gives <c>alpha</c>.</summary>
    public FitKind Fit { get; init; } = FitKind.PL;

    /// <summary>The fewest eigenvalues that a layer needs to be analysed; 1 or more.</summary>
    public int MinEvals { get; init; } = 10;

    /// <summary>The most eigenvalues that a layer may have, or null for no limit. The Python tool skips layers above 15000.</summary>
    public int? MaxEvals { get; init; }

    /// <summary>Whether the slices of a convolution kernel are one spectrum (true), or a row each (false).</summary>
    public bool Pool { get; init; } = true;

    /// <summary>Whether the Marchenko-Pastur law is fitted to the spectra.</summary>
    public bool MpFit { get; init; } = true;

    /// <summary>Whether the detX (ERG) condition is computed.</summary>
    public bool DetX { get; init; } = true;

    /// <summary>What is done about the largest eigenvalues ("fingers") that spoil a power law, or where its start is sought.</summary>
    public FingerFix FixFingers { get; init; } = FingerFix.Off;

    /// <summary>With <see cref="FingerFix.ClipXMax"/>: fewer than this many of the largest eigenvalues are removed (exclusive); 2 or more.</summary>
    public int MaxFingers { get; init; } = 10;

    /// <summary>With <see cref="FingerFix.ClipXMax"/>: by how much alpha must fall to accept a removal (exclusive); 0 or more.</summary>
    public double FingerThresh { get; init; } = 1;

    /// <summary>How many of the largest eigenvalues are left out of the power-law fit, whatever they are; 0 or more.</summary>
    public int XMax { get; init; }

    /// <summary>Whether the spectrum of the (pseudo-)inverse is analysed: the reciprocals of the eigenvalues.</summary>
    public bool Inverse { get; init; }

    /// <summary>Whether compatible semantics scale convolutions as the Python tool does (by sqrt(1/2) when pooled). Strict semantics never do.</summary>
    public bool Conv2DNorm { get; init; } = true;

    /// <summary>
    /// Whether the factors of a batch normalisation that follows a layer, found by the conventions of names, are multiplied into its weights, as inference does. The published study of
    /// norms fails on VGG with BatchNorm, where the weights alone have no scale.
    /// </summary>
    public bool FoldBatchNorm { get; init; }

    /// <summary>Whether the shape of the eigenvectors is measured: how many entries carry them, in the bulk and in the tail. Slow: it needs all eigenvectors.</summary>
    public bool Vectors { get; init; }

    /// <summary>
    /// Whether the power law of the tail is tested by the bootstrap of Clauset, Shalizi and Newman. Slow, and for independent samples only, which eigenvalues are not.
    /// </summary>
    public bool ClausetP { get; init; }

    /// <summary>Whether it is measured how far rounding the weights to a few bits turns the layer's leading directions.</summary>
    public bool Quantization { get; init; }

    /// <summary>Which matrices are analysed instead of the layers' own; other than <see cref="LayerCombination.None"/> only without randomization.</summary>
    public LayerCombination Combine { get; init; }

    /// <summary>Globs on layer names; a layer is analysed when one of them matches. <c>*</c> matches any characters, <c>?</c> one.</summary>
    public ImmutableArray<string> Include { get; init; } = ["**"];

    /// <summary>Globs on layer names; a layer that one of them matches is skipped and listed as skipped.</summary>
    public ImmutableArray<string> Exclude { get; init; } = [];

    /// <summary>
    /// The full path of the model that the artifact was trained from, or null. With one, an adapter gives each adapted weight of it, the adapter's product and their sum, and any other
    /// artifact gives what was added to each weight. Part of the options' identity by its file name alone.
    /// </summary>
    public string? BaseModelPath { get; init; }

    /// <summary>
    /// The most threads to use, 1 or more, or null for one per processor. Not part of the options' identity: it never changes a result.
    /// </summary>
    public int? MaxThreads { get; init; }

    /// <summary>
    /// The bytes that the layers under way may need together, as estimated from their shapes, or null for a quarter of the machine's memory. A layer that
    /// needs more by itself is still analysed, alone. Not part of the options' identity: it never changes a result.
    /// </summary>
    public long? MemoryBudget { get; init; }

    /// <summary>The file name of <see cref="BaseModelPath"/>, or null.</summary>
    internal string? BaseModelName => BaseModelPath is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(BaseModelPath));

    /// <inheritdoc/>
    public bool Equals(AnalysisOptions? other) => other is not null && Signature == other.Signature;

    /// <inheritdoc/>
    public override int GetHashCode() => Signature.GetHashCode(StringComparison.Ordinal);

    /// <summary>One line that holds every option that can change a result, the same on every machine.</summary>
    internal string Signature => string.Create(
        CultureInfo.InvariantCulture,
        $"semantics={Semantics};randomize={Randomize};seed={Seed};fit={Fit};min_evals={MinEvals};max_evals={MaxEvals};pool={Pool};mp_fit={MpFit};detX={DetX};fix_fingers={FixFingers};max_fingers={MaxFingers};finger_thresh={FingerThresh:R};xmax={XMax};inverse={Inverse};conv2d_norm={Conv2DNorm};fold_batchnorm={FoldBatchNorm};vectors={Vectors};clauset_p={ClausetP};quantization={Quantization};combine={Combine};base_model={BaseModelName};include={string.Join('\n', Include)};exclude={string.Join('\n', Exclude)}");
}

/// <summary>Which definitions of the metrics are used.</summary>
public enum Semantics
{
    /// <summary>The mended definitions: scale-invariant, deterministic, nothing counted as measured that was not. The default.</summary>
    Strict,

    /// <summary>Number for number what the Python tool 0.7.5 computes, its quirks included.</summary>
    Compatible,
}

/// <summary>How a layer is randomized.</summary>
public enum Randomization
{
    /// <summary>Not at all: no randomized columns.</summary>
    Off,

    /// <summary>The elements are permuted: same elements, no structure.</summary>
    Permute,

    /// <summary>A Gaussian matrix of the same shape and variance.</summary>
    Gaussian,

    /// <summary>Both, each in its own columns.</summary>
    Both,
}

/// <summary>What is done about eigenvalues that spoil a power-law fit.</summary>
public enum FingerFix
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>The start of the tail is sought around the peak of the density of log lambda only.</summary>
    XMinPeak,

    /// <summary>The largest eigenvalues are left out one more at a time until alpha falls by more than a threshold.</summary>
    ClipXMax,
}

/// <summary>Which matrices are analysed in the place of the layers' own.</summary>
public enum LayerCombination
{
    /// <summary>Each layer by itself.</summary>
    None,

    /// <summary>The product of each layer with the next one, where they share a dimension.</summary>
    Intra,

    /// <summary>All layers below each other as one matrix.</summary>
    Stacked,
}

/// <summary>The model of the tail of the eigenvalue density.</summary>
public enum FitKind
{
    /// <summary>Power law.</summary>
    PL,

    /// <summary>Power law with an exponential cut-off.</summary>
    TPL,

    /// <summary>As <see cref="TPL"/>, with xmin sought around the peak of the density.</summary>
    E_TPL,
}
