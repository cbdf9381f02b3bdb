using System.Collections.Immutable;

namespace WeightWatcher.Metrics;

/// <summary>The columns that say how a layer's weights differ from those of the baseline checkpoint; they have values only beside one.</summary>
internal static class ChangeCatalog
{
    private const string Size = "A size unlike that of the other layers' means that this layer alone was replaced, or alone was left out of training.";

    /// <summary>The columns in the order of the report.</summary>
    public static ImmutableArray<MetricDefinition> Columns { get; } =
    [
        new("delta_frobenius", false, "The Frobenius norm of the difference from the baseline's weights.", Size),
        new("delta_relative", false, "The Frobenius norm of the difference over that of the baseline's weights; sqrt 2 for unrelated weights of equal size.", Size),
        new("delta_cosine", false, "The cosine between the weights and the baseline's as vectors, -1 to 1.", "Near zero the weights have nothing to do with the baseline's: another training, or a layer that was reset."),
        new("delta_cka", false, "Linear CKA with the baseline's weights, columns centred, 0 to 1.", "Low values mean that the layer's rows point elsewhere than the baseline's."),
        new("delta_ww_cka", false, "What the Python tool calls CKA: columns not centred and the root taken, 0 to 1.", "Use delta_cka unless you compare with the Python tool."),
        new("delta_rank", true, "The number of singular values of the difference above the rounding level of the stored weights, 0 to num_evals.", "A rank far below num_evals is a low-rank adapter; zero is rounding, or no change at all."),
        new("delta_stable_rank", false, "The stable rank of the difference: its squared Frobenius norm over its squared spectral norm.", "Small values mean that few directions changed."),
        new("delta_spikes", true, "The number of eigenvalues of the difference above the edge of its Marchenko-Pastur bulk.", "None means that the change has no direction: noise or rounding."),
        new("delta_mp_distance", false, "The Kolmogorov-Smirnov distance between the bulk of the difference and the Marchenko-Pastur law, 0 to 1.", "Near zero without spikes the change is pure noise."),
        new("delta_top_angle", false, "The largest angle, in degrees, between the leading right singular directions of the baseline and those of the layer, 0 to 90.", "Large angles mean that rounding, pruning or training turned what the layer had learned."),
    ];
}
