using WeightWatcher.Metrics;

namespace WeightWatcher.Policies;

/// <summary>Which options of the analysis a metric needs.</summary>
internal static class MetricNeeds
{
    /// <summary>What an analysis lacks to compute a metric, as the policy key to change; null when it lacks nothing.</summary>
    public static string? Missing(string metric, AnalysisOptions options)
    {
        bool permuted = options.Randomize is Randomization.Permute or Randomization.Both;
        bool gaussian = options.Randomize is Randomization.Gaussian or Randomization.Both;
        switch (metric)
        {
            case "rand_distance_gaussian" or "max_rand_eval_gaussian":
                return gaussian ? null : "'randomize: gaussian' or 'both'";
            case "rand_distance" or "rand_density_distance" or "rand_distance_null" or "rand_distance_effect" or "rand_distance_ratio" or "rand_distance_z" or "log_structure" or "max_rand_eval" or "ww_softrank" or "ww_maxdist" or "num_traps" or "trap_excess" or "mean_shift" or "rand_distance_se" or "rand_distance_effect_se":
                return permuted ? null : "'randomize: permute' or 'both'";
            case "rand_W_scale" or "rand_sigma_mp" or "rand_bulk_max" or "rand_bulk_min" or "rand_mp_softrank" or "rand_num_spikes":
                return !permuted ? "'randomize: permute' or 'both'" : options.MpFit ? null : "'mp_fit: true'";
            case "W_scale" or "sigma_mp" or "bulk_max" or "bulk_min" or "mp_softrank" or "num_spikes" or "bulk_max_se":
                return options.MpFit ? null : "'mp_fit: true'";
            case "detX_num" or "detX_val" or "detX_val_unrescaled":
                return options.DetX ? null : "'detX: true'";
            case "ERG_gap":
                return options.DetX ? null : "'detX: true'";
            case "raw_alpha" or "num_fingers":
                return options.FixFingers == FingerFix.ClipXMax && options.Fit == FitKind.PL ? null : "'fix_fingers: clip_xmax' with 'fit: PL'";
            case var vector when VectorCatalog.Columns.Any(column => column.Name == vector):
                return options.Vectors ? null : "'vectors: true'";
            case var angle when QuantizationCatalog.Columns.Any(column => column.Name == angle):
                return options.Quantization ? null : "'quantization: true'";
            case "clauset_p":
                return options.ClausetP ? null : "'clauset_p: true'";
            case "Lambda" or "cutoff_gain":
                return options.Fit == FitKind.PL ? "'fit: TPL' or 'E_TPL'" : null;
            default:
                return null;
        }
    }

    /// <summary>True for a metric that has values only beside a baseline checkpoint.</summary>
    public static bool IsOfChange(string metric) => ChangeCatalog.Columns.Any(known => known.Name == metric);

    /// <summary>True for a metric of the whole model, which has no value per layer.</summary>
    public static bool IsOfModel(string metric) => MetricCatalog.Model.Any(known => known.Name == metric);
}
