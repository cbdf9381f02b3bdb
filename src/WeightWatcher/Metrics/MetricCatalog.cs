using System.Collections.Immutable;

namespace WeightWatcher.Metrics;

/// <summary>Every metric that a report can hold and a rule can use, in the order of the report.</summary>
public static class MetricCatalog
{
    private const string Shape = "It follows from the layer's shape alone.";
    private const string Tail = "Compare with a known good model of the same architecture before acting on it.";
    private const string Random = "Values near that of a random matrix mean that training has hardly shaped the layer: check that the right weights were saved.";

    /// <summary>The per-layer metrics.</summary>
    public static ImmutableArray<MetricDefinition> Layer { get; } =
    [
        Count("N", "The larger dimension of the layer's matrix.", Shape),
        Count("M", "The smaller dimension of the layer's matrix.", Shape),
        Value("Q", "The aspect ratio N / M, 1 or more.", Shape),
        Count("rf", "The receptive field: slices of a convolution kernel, 1 for a dense layer.", Shape),
        Count("num_evals", "The number of eigenvalues of the layer's spectrum.", Shape),
        Value("alpha", "The power-law exponent of the tail of the eigenvalue density; about 2 is ideal.", "Below 2 a layer is usually over-trained, above 6 under-trained: train longer, lower the learning rate or check the layer's initialisation."),
        Value("D", "The Kolmogorov-Smirnov distance between the tail and its power-law fit, 0 to 1.", "A large distance means that alpha is not to be trusted."),
        Value("sigma", "The standard error of alpha for independent samples, (alpha - 1) / sqrt(tail size).", "Eigenvalues repel, so it is a rough guide only."),
        Value("xmin", "The eigenvalue at which the fitted tail begins.", Tail),
        Value("xmax", "The largest eigenvalue of the fitted tail.", Tail),
        Count("num_pl_spikes", "The number of eigenvalues in the fitted tail.", "Fits of short tails are unstable."),
        Value("Lambda", "The rate of the exponential cut-off of a truncated power law.", Tail),
        Value("raw_alpha", "alpha before eigenvalues were left out by fix_fingers: clip_xmax.", "Far above alpha, a few large eigenvalues decide the fit."),
        Count("num_fingers", "The number of largest eigenvalues that fix_fingers: clip_xmax left out of the fit.", "More than none means that a few large eigenvalues spoil the power law."),
        Value("hill_alpha", "The Hill estimate of the exponent over the upper half of the spectrum.", Tail),
        Value("alpha_weighted", "alpha times the decimal logarithm of the largest eigenvalue.", "It depends on the scale of the weights: compare it only with the same layer of a baseline."),
        Value("log_alpha_norm", "The decimal logarithm of the sum of the eigenvalues, each to the power alpha.", "It depends on the scale of the weights: compare it only with the same layer of a baseline."),
        Value("norm", "The squared Frobenius norm.", "A jump against the baseline means that the layer was rescaled or damaged."),
        Value("log_norm", "The decimal logarithm of the squared Frobenius norm.", "A jump against the baseline means that the layer was rescaled or damaged."),
        Value("spectral_norm", "The largest eigenvalue, the squared spectral norm.", "A jump against the baseline means that the layer was rescaled or damaged."),
        Value("log_spectral_norm", "The decimal logarithm of the largest eigenvalue.", "A jump against the baseline means that the layer was rescaled or damaged."),
        Value("lambda_max", "The largest eigenvalue.", "A jump against the baseline means that the layer was rescaled or damaged."),
        Value("sv_max", "The largest singular value.", "A jump against the baseline means that the layer was rescaled or damaged."),
        Value("sv_min", "The smallest singular value.", "Zero means that the layer has lost rank."),
        Value("stable_rank", "The squared Frobenius norm over the squared spectral norm, 1 to M.", "A value near 1 means that one direction dominates the layer: look for a huge element or a mean shift."),
        Count("matrix_rank", "The number of singular values above the rounding level.", "A rank below M means that directions of the layer are dead or were cut."),
        Count("rank_loss", "The number of singular values at or below the rounding level.", "Anything above zero means that directions of the layer are dead or were cut."),
        Count("weak_rank_loss", "The number of eigenvalues that are nearly zero.", "Many of them mean that the layer could be much smaller."),
        Value("entropy", "The matrix entropy of the spectrum divided by its largest possible value, 0 to 1.", "A fall against the baseline means that the layer is collapsing onto few directions."),
        Value("matrix_entropy", "The entropy -sum p ln p of the normalised spectrum, in nats.", "A fall against the baseline means that the layer is collapsing onto few directions."),
        Value("W_scale", "The factor that gives the weights a mean eigenvalue of one.", "It depends on the scale of the weights alone."),
        Value("sigma_mp", "The standard deviation of the bulk in the Marchenko-Pastur fit, about 1 for a random matrix.", "Far below 1, most of the norm lies outside the bulk."),
        Value("bulk_max", "The upper edge of the fitted Marchenko-Pastur bulk.", Tail),
        Value("bulk_min", "The lower edge of the fitted Marchenko-Pastur bulk.", Tail),
        Value("mp_softrank", "The upper edge of the bulk over the largest eigenvalue.", "A value near 1 means that no eigenvalue stands out of the noise: " + Random),
        Count("num_spikes", "The number of eigenvalues above the bulk.", "None means that no learned direction stands out of the noise."),
        Count("detX_num", "The number of eigenvalues in the tail whose determinant is one.", Tail),
        Value("detX_val", "The eigenvalue at which the determinant of the tail crosses one.", Tail),
        Value("detX_val_unrescaled", "The companion of detX_val on the other scale.", Tail),
        Count("ERG_gap", "detX_num minus num_pl_spikes: the eigenvalues between the start of the power-law tail and the one of unit determinant.", "Below zero together with an alpha below 2 the layer is usually over-trained."),
        .. VectorCatalog.Columns,
        Value("rand_distance", "The Jensen-Shannon distance between the layer's sorted spectrum and that of its permuted self, 0 to 0.8326.", Random),
        Value("rand_density_distance", "The Jensen-Shannon distance between the density of ln lambda and that of the permuted layer, 0 to 0.8326.", Random),
        Value("rand_distance_null", "The rand_distance that a random matrix of this shape would have.", Random),
        Value("rand_distance_effect", "The rand_distance in excess of its null, sqrt(max(0, rd^2 - null^2)), negative when the largest eigenvalue is below the randomized one.", Random),
        Value("rand_distance_ratio", "The rand_distance over its null: about 1 or -1 for a random layer, whatever its shape; negative when the largest eigenvalue is below the randomized one.", Random),
        Value("rand_distance_z", "How many standard deviations of chance the rand_distance lies above its null, 0 below it; negative when the largest eigenvalue is below the randomized one.", Random),
        Value("log_structure", "The decimal logarithm of norm times the square of rand_distance_effect, the latter taken as 0.01 at least: how large the learned part of the weights is.", "A fall against the baseline means less training, or damage."),
        Value("rand_distance_gaussian", "The Jensen-Shannon distance between the layer's sorted spectrum and that of a Gaussian matrix of its shape and variance.", "Much above rand_distance it tells of huge elements."),
        Value("max_rand_eval", "The largest eigenvalue of the permuted layer.", Random),
        Value("max_rand_eval_gaussian", "The largest eigenvalue of the Gaussian counterpart.", Random),
        Value("ww_softrank", "The largest eigenvalue of the permuted layer over that of the layer.", "A value near 1 means that the layer's largest eigenvalue is noise or a huge element."),
        Value("ww_maxdist", "The largest eigenvalue of the layer minus that of the permuted layer.", "Near zero, no learned direction stands out."),
        Value("rand_W_scale", "W_scale of the permuted layer.", "It depends on the scale of the weights alone."),
        Value("rand_sigma_mp", "sigma_mp of the permuted layer, about 1.", "Far from 1 the permuted layer is not random: look for huge elements."),
        Value("rand_bulk_max", "bulk_max of the permuted layer.", Tail),
        Value("rand_bulk_min", "bulk_min of the permuted layer.", Tail),
        Value("rand_mp_softrank", "mp_softrank of the permuted layer, about 1.", "Far below 1 the permuted layer spikes: look for huge elements."),
        Count("rand_num_spikes", "The number of eigenvalues of the permuted layer above its fitted bulk.", "More than a few mean correlation traps: look for huge elements or a mean shift."),
        Count("num_traps", "The number of correlation traps: eigenvalues of the permuted layer above the Tracy-Widom edge, median over the permutations.", "Traps come from huge elements or a shifted mean; a new one against the baseline usually comes from too large a learning rate or too small a batch."),
        Value("trap_excess", "By what share the largest trap's eigenvalue exceeds its edge, 0 when there is no trap.", "A trap that grows against the baseline usually comes from a diverging weight or a drifting mean; the report names it."),
        .. HealthCatalog.Columns,
        .. ChangeCatalog.Columns,
        .. QuantizationCatalog.Columns,
        .. UncertaintyCatalog.Columns,
    ];

    /// <summary>The metrics of a whole model besides the aggregates of the per-layer ones.</summary>
    public static ImmutableArray<MetricDefinition> Model { get; } =
    [
        Count("parameters", "The number of elements of all floating-point tensors, shared ones once.", "It follows from the architecture."),
        Count("parameters_analysed", "The number of elements of the analysed layers.", "Look at the skipped tensors."),
        Value("coverage", "The share of the parameters that was analysed, 0 to 1.", "Look at the skipped tensors for the reason."),
        Count("missing_weights", "The number of weights that the names of the other tensors say should be there.", "A layer was lost when the model was saved, cut or converted: look for a bias without weight and for a gap in numbered blocks."),
        Count("num_layers", "The number of analysed layers.", "Look at the skipped tensors for the reason."),
    ];

    /// <summary>Finds a metric by its name, or null.</summary>
    /// <param name="name">The exact name; case matters, since the field uses both.</param>
    public static MetricDefinition? Find(string name) =>
        Layer.FirstOrDefault(m => m.Name == name) ?? Model.FirstOrDefault(m => m.Name == name);

    private static MetricDefinition Count(string name, string description, string advice) => new(name, true, description, advice);

    private static MetricDefinition Value(string name, string description, string advice) => new(name, false, description, advice);
}
