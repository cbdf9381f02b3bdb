using System.Collections.Immutable;
using WeightWatcher.Fitting;
using WeightWatcher.Spectra;

namespace WeightWatcher.Metrics;

/// <summary>The distances between a layer's spectrum and its randomized counterparts, the same in both semantics.</summary>
internal static class RandomizedMetrics
{
    /// <summary>The mean over the replicas of the index-aligned Jensen-Shannon distance between the layer's spectrum and the replica's.</summary>
    public static Outcome<double> Distance(double[] eigenvalues, ImmutableArray<double[]> replicas) =>
        Mean([.. replicas.Select(r => JensenShannon.IndexAligned(eigenvalues, r))]);

    /// <summary>
    /// What the distance comes to for a layer without structure: the mean distance between two replicas. It takes the place of the real spectrum being one
    /// more replica, whatever the shape, the kernel or the distribution of the entries.
    /// </summary>
    public static Outcome<double> Null(ImmutableArray<double[]> replicas)
    {
        List<Outcome<double>> pairs = [];
        for (int i = 0; i < replicas.Length; i++)
        {
            for (int j = i + 1; j < replicas.Length; j++)
                pairs.Add(JensenShannon.IndexAligned(replicas[i], replicas[j]));
        }

        return Mean(pairs);
    }

    /// <summary>The median over the replicas of the largest eigenvalue.</summary>
    public static double MedianLargest(ImmutableArray<double[]> replicas) => replicas.Select(r => r[^1]).Order().ElementAt(replicas.Length / 2);

    /// <summary>Sets the columns of the Gaussian counterpart, when one was drawn.</summary>
    public static void MeasureGaussian(LayerSpectra spectra, MetricRow row)
    {
        if (spectra.Gaussian.IsEmpty)
            return;
        row.Set("rand_distance_gaussian", Distance(spectra.Eigenvalues, spectra.Gaussian));
        row.Set("max_rand_eval_gaussian", MedianLargest(spectra.Gaussian));
    }

    private static Outcome<double> Mean(List<Outcome<double>> outcomes)
    {
        int failed = outcomes.FindIndex(o => !o.IsSuccess);
        if (failed >= 0)
            return outcomes[failed];
        return outcomes.Count == 0 ? Outcome.NotApplicable<double>("too few replicas") : Outcome.Success(outcomes.Sum(o => o.Value) / outcomes.Count);
    }
}
