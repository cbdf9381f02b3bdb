using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Distributions;
using WeightWatcher.Fitting;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>
/// Correlation traps (Martin and Mahoney, arXiv 2506.04434): eigenvalues of the permuted layer above the edge that matrices of independent
/// entries have. A permuted matrix has no structure left, so what stands out comes from the entries themselves: single huge ones or a shifted mean.
/// </summary>
/// <remarks>
/// The variance is known after a permutation, so nothing is fitted. The edge is Johnstone's centring and scaling of the largest eigenvalue
/// (2001, theorem 1.1) at a quantile of the Tracy-Widom law of order 1 that is corrected for the number of slices and of a model's layers. Where a cause above
/// the BBP size is known beforehand, a mean shift or an element that normal entries would not have by chance, the eigenvalue only has to exceed the 80 % quantile. A trap counts
/// when the median over the permutations has it. docs/traps.md has the rates.
/// </remarks>
/// <param name="Traps">The traps, the largest eigenvalue first.</param>
/// <param name="MeanShift">The largest mean shift of a slice, |mean| sqrt(N M) over the BBP size sigma (N M)^(1/4); a trap is likely above 1.3.</param>
internal sealed record CorrelationTraps(ImmutableArray<TrapReport> Traps, double MeanShift)
{
    /// <summary>The probability that a random layer shows a trap for which nothing else speaks: of models of 500 layers one in a hundred has one.</summary>
    public const double FalseAlarmRate = 0.01 / 500;

    /// <summary>The same for an eigenvalue whose cause is known beforehand: chance does not bring the cause, so that it need not be kept from bringing the eigenvalue.</summary>
    public const double ExplainedFalseAlarmRate = 0.2;

    /// <summary>From this many BBP sizes on a mean shift or an element is taken for a cause: below, an eigenvalue seldom leaves the bulk.</summary>
    public const double CauseStrength = 1.1;

    /// <summary>The fewest columns for which the Tracy-Widom law describes the largest eigenvalue.</summary>
    public const int FewestColumns = 5;

    /// <summary>Finds the traps of a layer.</summary>
    /// <param name="slices">Its randomized slices.</param>
    /// <param name="shapes">N and M of each.</param>
    public static Outcome<CorrelationTraps> Find(ImmutableArray<RandomizedSlice> slices, ImmutableArray<(int N, int M)> shapes)
    {
        if (slices.IsEmpty)
            return Outcome.NotApplicable<CorrelationTraps>("nothing was permuted");
        if (shapes.All(s => s.M < FewestColumns))
            return Outcome.NotApplicable<CorrelationTraps>(string.Create(CultureInfo.InvariantCulture, $"fewer than {FewestColumns} columns"));
        double tail = slices.Min(s => s.TailIndex);
        if (tail < RandomizedSlice.SmallestTailIndex)
        {
            return Outcome.NotApplicable<CorrelationTraps>(
                string.Create(CultureInfo.InvariantCulture, $"the entries are heavy-tailed (tail index {tail:F1}, below {RandomizedSlice.SmallestTailIndex}), so no spectral edge exists"));
        }

        double meanShift = 0;
        List<TrapReport> traps = [];
        for (int i = 0; i < slices.Length; i++)
        {
            (int n, int m) = shapes[i];
            EntryStatistics entries = slices[i].Entries;
            if (m < FewestColumns || entries.Sigma == 0)
                continue;
            TracyWidomEdge law = TracyWidomEdge.Of(n, m, entries.Sigma * entries.Sigma);
            double edge = law.Quantile(1 - (FalseAlarmRate / slices.Length)), lower = law.Quantile(1 - ExplainedFalseAlarmRate);
            meanShift = Math.Max(meanShift, Math.Abs(entries.Mean) * Math.Sqrt((double)n * m) / entries.BbpSize);
            ImmutableArray<Cause> causes = Causes(slices[i], n, m);
            int strong = causes.Count(c => c.Strength > CauseStrength * entries.BbpSize && c.Chance * slices.Length < FalseAlarmRate);
            double[] lambdas = MedianAbove(slices[i].Permuted, lower);
            for (int rank = 0; rank < lambdas.Length; rank++)
            {
                if (rank >= strong && lambdas[rank] <= edge)
                    break;
                Cause cause = rank < causes.Length ? causes[rank] : new Cause("unexplained", null, null, 0, 0, 1);
                traps.Add(new TrapReport(lambdas[rank], rank < strong ? lower : edge, cause.Kind, cause.Row, cause.Column, i, cause.Size));
            }
        }

        return Outcome.Success(new CorrelationTraps([.. traps.OrderByDescending(t => t.Lambda / t.Edge)], meanShift));
    }

    /// <summary>The eigenvalues above the edge: as many as the median replica has, each the median over the replicas of its rank.</summary>
    private static double[] MedianAbove(ImmutableArray<double[]> replicas, double edge)
    {
        int[] counts = [.. replicas.Select(r => Spectrum.CountAbove(r, edge)).Order()];
        int count = counts[(counts.Length - 1) / 2];
        return [.. Enumerable.Range(1, count).Select(rank => replicas.Select(r => r[^rank]).Order().ElementAt((replicas.Length - 1) / 2))];
    }

    /// <summary>What can raise an eigenvalue, the strongest first: the mean shift as one perturbation of size |mean| sqrt(N M), and each huge entry as one of its own size.</summary>
    private static ImmutableArray<Cause> Causes(RandomizedSlice slice, int n, int m)
    {
        EntryStatistics entries = slice.Entries;
        List<Cause> causes =
        [
            .. slice.Largest.Select(e => Element(e, (e.Value - entries.Mean) / entries.Sigma)),
        ];
        double shift = Math.Abs(entries.Mean) * Math.Sqrt((double)n * m);
        if (shift > entries.BbpSize)
            causes.Add(new Cause("mean-shift", null, null, entries.Mean / entries.Sigma, shift, StandardNormal.TwoSided(shift / entries.Sigma)));
        return [.. causes.OrderByDescending(c => c.Strength)];

        Cause Element(LargeEntry entry, double deviation) =>
            new("element", entry.Row, entry.Column, deviation, Math.Abs(deviation) * entries.Sigma, (double)n * m * StandardNormal.TwoSided(deviation));
    }

    /// <summary>What can raise an eigenvalue.</summary>
    /// <param name="Kind">As reports name it.</param>
    /// <param name="Row">The row of an element, from 0.</param>
    /// <param name="Column">Its column.</param>
    /// <param name="Size">How far the element, or the mean, lies from where it should be, in standard deviations of the entries.</param>
    /// <param name="Strength">Its size as a perturbation of rank one, in the units of the entries.</param>
    /// <param name="Chance">The probability that independent normal entries have one as large: in small matrices some do.</param>
    private readonly record struct Cause(string Kind, long? Row, long? Column, double Size, double Strength, double Chance);
}
