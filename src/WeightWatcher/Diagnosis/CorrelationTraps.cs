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
/// (2001, equations 1.3 and 1.4) at a quantile of the Tracy-Widom law of order 1 that is corrected for the number of slices and of a model's layers. Where a cause of more
/// than 1.3 times the BBP size is known beforehand, a mean shift or an element, the eigenvalue only has to exceed the 99 % quantile: chance does not bring both. A trap
/// counts when the median over the permutations has it.
/// </remarks>
/// <param name="Traps">The traps, the largest eigenvalue first.</param>
/// <param name="MeanShift">The largest mean shift of a slice, |mean| sqrt(N M) over the BBP size sigma (N M)^(1/4); a trap is likely above 1.3.</param>
internal sealed record CorrelationTraps(ImmutableArray<TrapReport> Traps, double MeanShift)
{
    /// <summary>The probability that a random layer shows a trap for which nothing else speaks: of models of 500 layers one in a hundred has one.</summary>
    public const double FalseAlarmRate = 0.01 / 500;

    /// <summary>The same for a trap whose cause is known beforehand.</summary>
    public const double ExplainedFalseAlarmRate = 0.01;

    /// <summary>From this many BBP sizes on a mean shift or an element is taken for a cause: below, an eigenvalue seldom leaves the bulk.</summary>
    public const double CauseStrength = 1.3;

    /// <summary>The tail index of the entries below which no edge exists: the fourth moment is infinite.</summary>
    public const double SmallestTailIndex = 4;

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
        if (tail < SmallestTailIndex)
        {
            return Outcome.NotApplicable<CorrelationTraps>(
                string.Create(CultureInfo.InvariantCulture, $"the entries are heavy-tailed (tail index {tail:F1}, below {SmallestTailIndex}), so no spectral edge exists"));
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
            double edge = law.Quantile(1 - (FalseAlarmRate / slices.Length)), lower = law.Quantile(1 - (ExplainedFalseAlarmRate / slices.Length));
            meanShift = Math.Max(meanShift, Math.Abs(entries.Mean) * Math.Sqrt((double)n * m) / entries.BbpSize);
            ImmutableArray<Cause> causes = Causes(slices[i], n, m);
            int strong = causes.Count(c => c.Strength > CauseStrength * entries.BbpSize);
            double[] lambdas = MedianAbove(slices[i].Permuted, lower);
            for (int rank = 0; rank < lambdas.Length; rank++)
            {
                if (rank >= strong && lambdas[rank] <= edge)
                    break;
                Cause cause = rank < causes.Length ? causes[rank] : new Cause("unexplained", null, null, 0, 0);
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
            .. slice.Largest.Select(e => new Cause("element", e.Row, e.Column, (e.Value - entries.Mean) / entries.Sigma, Math.Abs(e.Value - entries.Mean))),
        ];
        double shift = Math.Abs(entries.Mean) * Math.Sqrt((double)n * m);
        if (shift > entries.BbpSize)
            causes.Add(new Cause("mean-shift", null, null, entries.Mean / entries.Sigma, shift));
        return [.. causes.OrderByDescending(c => c.Strength)];
    }

    private readonly record struct Cause(string Kind, long? Row, long? Column, double Size, double Strength);
}
