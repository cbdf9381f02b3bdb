using System.Collections.Immutable;
using WeightWatcher.Fitting;
using WeightWatcher.Spectra;

namespace WeightWatcher.Metrics;

/// <summary>The distances between a layer's spectrum and its randomized counterparts, the same in both semantics.</summary>
internal static class RandomizedMetrics
{
    /// <summary>Eigenvalues below this share of the largest are rounding errors of single precision weights, and counted as zeros in densities.</summary>
    private const double DensityFloor = 1e-12;

    /// <summary>Effects below this one, and negative ones, count as this one in <c>log_structure</c>: chance alone makes them.</summary>
    public const double LeastEffect = 0.01;

    /// <summary>A null below this one is rounding: products of permutations are off by up to a millionth, and distances are not resolved below 1e-8 anyway. One entry that outweighs all others by far has such a null.</summary>
    private const double LeastNull = 1e-6;

    /// <summary>
    /// Distances between permutations with large entries are skewed, since now and then two of these share a row: with the deviation times this one in twenty random layers lies above 2, as with other entries.
    /// </summary>
    private const double Skewed = 1.5;

    /// <summary>Sets rand_distance, what it comes to by chance, and the two compared. Neither depends on the semantics.</summary>
    public static void MeasureDistance(LayerSpectra spectra, MetricRow row)
    {
        Outcome<double> distance = Distance(spectra.Eigenvalues, spectra.Permuted);
        Outcome<(double Expected, double Deviation)> chance = Null(spectra);
        Outcome<double> expected = chance.Select(c => c.Expected);
        row.Set("rand_distance", distance);
        row.Set("rand_distance_null", expected);
        row.Set("rand_density_distance", Mean([.. spectra.Permuted.Select(r => SpectralDensityDistance.Compute(spectra.Eigenvalues, r, DensityFloor))]));

        // A layer can differ from random by having its largest eigenvalue below the random one: an orthogonal initialisation has. The sign tells the two apart.
        double sign = spectra.Eigenvalues[^1] - MedianLargest(spectra.Permuted);
        row.Set("rand_distance_effect", distance.Then(rd => expected.Select(e => Math.CopySign(RandDistanceNull.Effect(rd, e), sign))));
        double norm = spectra.Eigenvalues.Sum();
        row.Set("log_structure", row["rand_distance_effect"].Then(effect => Outcome.Finite(Math.Log10(norm) + (2 * Math.Log10(Math.Max(effect, LeastEffect))), "the logarithm")));
        row.Set("rand_distance_z", distance.Then(rd => chance.Then(c => Z(spectra, rd, c.Expected, c.Deviation, sign))));
        row.Set("rand_distance_ratio", distance.Then(rd => expected.Then(e => e > LeastNull
            ? Outcome.Success(Math.CopySign(rd / e, sign))
            : Outcome.NotApplicable<double>("all permutations have one spectrum"))));
    }

    private static Outcome<double> Z(LayerSpectra spectra, double distance, double expected, double deviation, double sign)
    {
        if (!(expected > LeastNull))
            return Outcome.NotApplicable<double>("all permutations have one spectrum");
        if (spectra.SliceShape.M < 2)
            return Outcome.NotApplicable<double>("matrices of one column have one eigenvalue each");
        return Outcome.Success(Math.CopySign(Math.Max(0, (distance - expected) / deviation), sign));
    }

    /// <summary>The mean over the replicas of the index-aligned Jensen-Shannon distance between the layer's spectrum and the replica's.</summary>
    public static Outcome<double> Distance(double[] eigenvalues, ImmutableArray<double[]> replicas) =>
        Mean([.. replicas.Select(r => JensenShannon.IndexAligned(eigenvalues, r))]);

    /// <summary>
    /// What the distance comes to for a layer without structure, and the standard deviation of the distance less that: measured on the replicas; of one replica, which is drawn only of layers for which it holds, in
    /// closed form, with draws of the eigenvalues that large entries raise.
    /// </summary>
    private static Outcome<(double Expected, double Deviation)> Null(LayerSpectra spectra)
    {
        (int n, int m) = spectra.SliceShape;
        if (spectra.Permuted.Length == 1 && spectra.Slices[0].Spiked is { } spiked)
            return RandDistanceNull.Spiked(n, m, spiked.Largest, spiked.BulkSquares, spectra.Permuted[0].Sum()).Select(s => (s.Expected, Skewed * s.Deviation));
        bool heavyTailed = spectra.Slices.Any(s => s.IsHeavyTailed) && spectra.Permuted.Length > 1;
        Outcome<double> expected = spectra.Permuted.Length == 1 ? RandDistanceNull.ClosedForm(n, m) : Null(spectra.Permuted);
        return expected.Select(e => (e, e * RandDistanceNull.RelativeSpread(m, spectra.Permuted.Length, heavyTailed)));
    }

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

    /// <summary>The median over the replicas of the largest eigenvalue; the smaller of two.</summary>
    public static double MedianLargest(ImmutableArray<double[]> replicas) => replicas.Select(r => r[^1]).Order().ElementAt((replicas.Length - 1) / 2);

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
