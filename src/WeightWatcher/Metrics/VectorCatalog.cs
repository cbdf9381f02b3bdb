using System.Collections.Immutable;

namespace WeightWatcher.Metrics;

/// <summary>The columns that <c>vectors</c> adds: how far the eigenvectors of the bulk and of the tail are spread over their entries.</summary>
internal static class VectorCatalog
{
    private const string Advice = "Vectors of the tail that are carried by few entries point at single inputs or units; compare with the bulk, which is random.";

    /// <summary>The columns in the order of the report.</summary>
    public static ImmutableArray<MetricDefinition> Columns { get; } =
    [
        new("bulk_mean_vec_entropy", false, "The mean over the eigenvectors of the bulk of the entropy of the histogram of their entries' sizes, in nats.", Advice),
        new("bulk_var_vec_entropy", false, "The variance of that entropy over the bulk.", Advice),
        new("bulk_mean_loc_ratio", false, "The mean localization ratio of the eigenvectors of the bulk: the sum of the sizes of the entries over the largest, 1 to M.", Advice),
        new("bulk_var_loc_ratio", false, "The variance of the localization ratio over the bulk.", Advice),
        new("bulk_mean_part_ratio", false, "The mean participation ratio of the eigenvectors of the bulk: their L2 norm over their L4 norm, 1 to M^(1/4).", Advice),
        new("bulk_var_part_ratio", false, "The variance of the participation ratio over the bulk.", Advice),
        new("tail_mean_vec_entropy", false, "The mean over the eigenvectors of the tail of the entropy of the histogram of their entries' sizes, in nats.", Advice),
        new("tail_var_vec_entropy", false, "The variance of that entropy over the tail.", Advice),
        new("tail_mean_loc_ratio", false, "The mean localization ratio of the eigenvectors of the tail: the sum of the sizes of the entries over the largest, 1 to M.", Advice),
        new("tail_var_loc_ratio", false, "The variance of the localization ratio over the tail.", Advice),
        new("tail_mean_part_ratio", false, "The mean participation ratio of the eigenvectors of the tail: their L2 norm over their L4 norm, 1 to M^(1/4).", Advice),
        new("tail_var_part_ratio", false, "The variance of the participation ratio over the tail.", Advice),
    ];
}
