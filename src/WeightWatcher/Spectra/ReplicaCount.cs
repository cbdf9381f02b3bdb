using WeightWatcher.Layers;

namespace WeightWatcher.Spectra;

/// <summary>
/// How many permuted replicas of a layer are drawn. Single draws of small spectra scatter, and cost little; those of large ones scatter little (the
/// standard deviation of rand_distance is 30 % of its value at 16 x 16, 1 % at 256 x 256 for a layer with structure), and each costs as much as the layer's own spectrum.
/// </summary>
internal static class ReplicaCount
{
    /// <summary>The fewest columns for which the closed form of the null serves.</summary>
    public const int SmallestOrder = 128;

    /// <summary>The Python tool pools five replicas of a layer with fewer eigenvalues than this.</summary>
    private const int PooledBelow = 100;

    /// <summary>The number by size: odd, so that the median is one of them; for the largest layers two, which is what a null needs.</summary>
    public static int Of(Layer layer)
    {
        int count = layer.Work switch
        {
            <= 1 << 15 => 11,
            <= 1 << 23 => 5,
            <= 1 << 27 => 3,
            _ => 2,
        };
        return layer.NumEvals < PooledBelow ? Math.Max(count, 5) : count;
    }

    /// <summary>
    /// Whether one replica is enough of a layer that has two by its size: of one matrix of many columns the null of rand_distance need not be measured. Without large entries it is that of a Gaussian matrix,
    /// in closed form; large ones add what <see cref="SpikedDraws"/> draw (docs/uncertainty.md has the simulation). Of the inverse, where the smallest eigenvalues count most, neither is known.
    /// </summary>
    public static bool OneIsEnough(Layer layer, AnalysisOptions options) => layer.Slices.Length == 1 && layer.Slices[0].Columns >= SmallestOrder && !options.Inverse;
}
