using System.Collections.Immutable;

namespace WeightWatcher.Metrics;

/// <summary>The columns that say how exactly other columns are known and whether they mean what they say.</summary>
internal static class UncertaintyCatalog
{
    private const string Error = "A large error means that the layer is too small, or its spectrum too irregular, for the metric to say much.";

    private const string Law = "Where another law is likelier, alpha does not describe the tail: do not gate on it.";

    /// <summary>The columns in the order of the report.</summary>
    public static ImmutableArray<MetricDefinition> Columns { get; } =
    [
        new("alpha_se", false, "The standard error of alpha: a jackknife over groups of rows.", Error),
        new("hill_alpha_se", false, "The standard error of hill_alpha: a jackknife over groups of rows.", Error),
        new("log_norm_se", false, "The standard error of log_norm: a jackknife over groups of rows.", Error),
        new("log_spectral_norm_se", false, "The standard error of log_spectral_norm: a jackknife over groups of rows.", Error),
        new("stable_rank_se", false, "The standard error of stable_rank: a jackknife over groups of rows.", Error),
        new("entropy_se", false, "The standard error of entropy: a jackknife over groups of rows.", Error),
        new("rand_distance_se", false, "The standard error of rand_distance: a jackknife over groups of rows, and the spread of the permutations.", Error),
        new("rand_distance_effect_se", false, "The standard error of rand_distance_effect: a jackknife over groups of rows, and the spread of the permutations.", Error),
        new("bulk_max_se", false, "The standard error of bulk_max: 1.9 / sqrt(N M slices) of it, the spread of the fit over random matrices.", Error),
        new("clauset_p", false, "The p-value of the power law of the tail by a bootstrap for independent samples, 0 to 1.", "Eigenvalues repel, so neither a small nor a large value says much: compare laws with vuong_lognormal and vuong_exponential instead."),
        new("vuong_exponential", false, "Vuong's statistic of the power law against an exponential on the tail: below -2 the exponential is clearly likelier, above 2 the power law.", Law),
        new("vuong_lognormal", false, "Vuong's statistic of the power law against a lognormal on the tail: below -2 the lognormal is clearly likelier, above 2 the power law.", Law),
        new("cutoff_gain", false, "Twice the gain in log-likelihood of an exponential cut-off of the tail, 0 or more; above 2.7 there is a cut-off.", Law),
        new("power_law_tenable", true, "1 when no other law is clearly likelier than the power law on the tail, else 0.", Law),
        new("rank_share", false, "The rank over the number of eigenvalues, 0 to 1.", "Far below 1, directions of the layer are dead or were cut."),
        new("mean_shift", false, "The size of the mean of the weights as a perturbation, |mean| sqrt(N M), over the size sigma (N M)^(1/4) at which it raises an eigenvalue out of the bulk.", "Above 1.3 the mean makes a correlation trap: look at how the layer is initialised and normalised."),
    ];
}
