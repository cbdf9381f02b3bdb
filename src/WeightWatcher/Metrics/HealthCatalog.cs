using System.Collections.Immutable;

namespace WeightWatcher.Metrics;

/// <summary>The columns that say whether a layer is damaged or untrained, from its entries alone.</summary>
internal static class HealthCatalog
{
    /// <summary>The columns in the order of the report.</summary>
    public static ImmutableArray<MetricDefinition> Columns { get; } =
    [
        new("nonfinite_weights", true, "The number of weights that are NaN or infinite.", "Training diverged or the file is damaged: go back to the last good checkpoint."),
        new("zero_share", false, "The share of weights that are exactly zero, 0 to 1.", "Unless the layer was pruned on purpose, look for dead units or a damaged file."),
        new("dead_rows", true, "The number of rows of the N x M matrix whose root mean square is below a millionth of the others'.", "Units that were never used or were cut: check the initialisation, the learning rate and the pruning."),
        new("dead_rows_share", false, "The share of rows that are dead, 0 to 1.", "Units that were never used or were cut: check the initialisation, the learning rate and the pruning."),
        new("dead_columns", true, "The number of columns of the N x M matrix whose root mean square is below a millionth of the others'.", "Units that were never used or were cut: check the initialisation, the learning rate and the pruning."),
        new("dead_columns_share", false, "The share of columns that are dead, 0 to 1.", "Units that were never used or were cut: check the initialisation, the learning rate and the pruning."),
        new("distinct_values", true, "The number of different values among the weights.", "Few values mean coarse quantization: compare the model's score before and after it."),
        new("value_bits", false, "The binary logarithm of the number of different values of the layer, or of a row or column where values repeat there.", "Below 3 bits the layer was quantized very coarsely: compare the model's score before and after it."),
        new("clear_rank_share", false, "The number of singular values clearly above rounding, over the number of eigenvalues, 0 to 1.", "Far below 1, directions of the layer are dead or were cut."),
        new("glorot_gain", false, "The root mean square of the weights over the one that Glorot's initialisation gives the shape.", "Far from 1 the layer was rescaled, is damaged, or follows a normalisation that hides its scale."),
        new("scale_z", false, "How far ln glorot_gain lies from the median of the model's layers of this type, in robust standard deviations.", "Beyond 10 the layer was probably rescaled or comes from another model."),
        new("spike_entry_ratio", false, "The widest gap among the largest distances of weights from their median: one over the next.", "Above 30 a single weight is out of all proportion: a flipped bit, an overflow or a damaged file."),
        new("spike_entry_z", false, "The normal score of the widest gap among the largest weights, given how heavy the tail of the others is.", "Beyond 10 a few weights are out of proportion: a flipped bit, an overflow or a damaged file; spike_entry_ratio says by how much."),
        new("duplicate_of", true, "The layer_id of the first layer with the same weights up to sign and transposition, 0 when there is none.", "Two layers hold the same weights: check how the model was saved, unless they are shared on purpose."),
        new("still_at_init", true, "1 when the weights are what a usual initialisation of this shape draws, else 0.", "The layer was never trained: look for keys that were missing when the checkpoint was loaded, or for a frozen layer."),
        new("init_p_value", false, "How often fresh draws of the closest usual initialisation look less like one, 0 to 1.", "Above 0.001 the layer cannot be told from its initialisation."),
    ];
}
