using WeightWatcher.Distributions;
using WeightWatcher.Fitting;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>
/// Entries that lie far beyond all others, as a flipped bit of an exponent leaves them: the widest gap among the largest distances from the median, on a log scale.
/// </summary>
/// <remarks>
/// In a power-law tail with index a the log ratio of the j-th to the next largest value is exponential with mean 1 / (j a), independent of the others (Renyi, Acta
/// Math. Hungarica 4, 1953); lighter tails have smaller gaps still. The index is Hill's, from the entries behind the gap, so the measure adapts to heavy tails.
/// </remarks>
/// <param name="Ratio">The largest ratio of one of the eight largest distances from the median to the next, 1 or more.</param>
/// <param name="Z">The normal score of the widest gap under a power-law tail with the entries' own index.</param>
internal readonly record struct SpikeEntries(double Ratio, double Z)
{
    /// <summary>Looks at the largest entries.</summary>
    public static Outcome<SpikeEntries> Of(EntrySample entries)
    {
        if (entries.Extremes.Length < EntrySample.MostExtremes || double.IsNaN(entries.TailExcess) || entries.Extremes[^1] == 0)
            return Outcome.NotApplicable<SpikeEntries>("too few entries, or nearly all are equal");
        double ratio = 1, widest = 0;
        for (int j = 1; j < entries.Extremes.Length; j++)
        {
            double gap = entries.Extremes[j - 1] / entries.Extremes[j];
            ratio = Math.Max(ratio, gap);
            widest = Math.Max(widest, j * Math.Log(gap));
        }

        if (!double.IsFinite(ratio))
            return Outcome.NotApplicable<SpikeEntries>("nearly all entries are equal");
        if (widest == 0)
            return Outcome.Success(new SpikeEntries(1, 0));
        double exceeded = entries.TailExcess > 0 ? Math.Exp(-widest / entries.TailExcess) : 0;
        double p = exceeded < 1e-6 ? (EntrySample.MostExtremes - 1) * exceeded : 1 - Math.Pow(1 - exceeded, EntrySample.MostExtremes - 1);
        return Outcome.Success(new SpikeEntries(ratio, StandardNormal.Score(p)));
    }
}
