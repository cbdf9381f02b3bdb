namespace WeightWatcher.Fitting;

/// <summary>
/// Rank correlations of paired values, Spearman's rho (with mean ranks for ties) and Kendall's tau-b, with the probability of as strong a correlation of either sign when pairs are
/// rearranged: over all rearrangements where there are at most <see cref="MostArrangements"/>, else over a seeded draw of <see cref="Draws"/> of them.
/// </summary>
internal static class RankCorrelation
{
    /// <summary>The most rearrangements that are all looked at: those of nine pairs.</summary>
    public const int MostArrangements = 362_880;

    /// <summary>How many rearrangements are drawn where there are more.</summary>
    public const int Draws = 20_000;

    // Sums in another order differ by rounding; what is equal up to that counts as equally strong.
    private const double Slack = 1e-12;

    /// <summary>Spearman's rho: the correlation of the ranks. Zero where one side is constant.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Pearson(Ranks(x), Ranks(y));

    /// <summary>Kendall's tau-b (Kendall, Biometrika 33, 1945). Zero where one side is constant.</summary>
    public static double Kendall(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        int balance = 0, untiedX = 0, untiedY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                int signX = x[i].CompareTo(x[j]), signY = y[i].CompareTo(y[j]);
                balance += Math.Sign(signX) * Math.Sign(signY);
                untiedX += signX == 0 ? 0 : 1;
                untiedY += signY == 0 ? 0 : 1;
            }
        }

        return untiedX == 0 || untiedY == 0 ? 0 : balance / Math.Sqrt((double)untiedX * untiedY);
    }

    /// <summary>
    /// The share of rearrangements of y within groups under which |statistic| is at least what it is, the given arrangement among them.
    /// </summary>
    /// <param name="x">One side.</param>
    /// <param name="y">The other, as many values.</param>
    /// <param name="groups">The indices of each group; together every index once.</param>
    /// <param name="statistic">What is asked of a rearrangement.</param>
    /// <param name="seed">The seed of the draw where not all rearrangements are looked at.</param>
    /// <returns>The probability, and whether all rearrangements were looked at.</returns>
    public static (double P, bool Exact) PermutationP(double[] x, double[] y, IReadOnlyList<int[]> groups, Func<double[], double[], double> statistic, int seed)
    {
        double found = Math.Abs(statistic(x, y)) - Slack;
        double[] arranged = [.. y];
        double arrangements = 1;
        foreach (int[] group in groups)
        {
            for (int k = 2; k <= group.Length; k++)
                arrangements *= k;
        }

        long all = 0, strong = 0;
        if (arrangements <= MostArrangements)
        {
            Arrange(0, 0);
            return ((double)strong / all, true);
        }

        Random random = new(seed);
        for (; all < Draws; all++)
        {
            foreach (int[] group in groups)
            {
                for (int i = group.Length - 1; i > 0; i--)
                {
                    int j = random.Next(i + 1);
                    (arranged[group[i]], arranged[group[j]]) = (arranged[group[j]], arranged[group[i]]);
                }
            }

            strong += Math.Abs(statistic(x, arranged)) >= found ? 1 : 0;
        }

        // The arrangement at hand is one of those that could have been drawn.
        return ((strong + 1.0) / (all + 1), false);

        void Arrange(int group, int place)
        {
            if (group == groups.Count)
            {
                all++;
                strong += Math.Abs(statistic(x, arranged)) >= found ? 1 : 0;
                return;
            }

            int[] indices = groups[group];
            if (place >= indices.Length - 1)
            {
                Arrange(group + 1, 0);
                return;
            }

            for (int other = place; other < indices.Length; other++)
            {
                (arranged[indices[place]], arranged[indices[other]]) = (arranged[indices[other]], arranged[indices[place]]);
                Arrange(group, place + 1);
                (arranged[indices[place]], arranged[indices[other]]) = (arranged[indices[other]], arranged[indices[place]]);
            }
        }
    }

    /// <summary>The rank of each value, from 0; the mean rank for equal ones.</summary>
    public static double[] Ranks(ReadOnlySpan<double> values)
    {
        double[] ranks = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int below = 0, equal = 0;
            foreach (double other in values)
            {
                below += other < values[i] ? 1 : 0;
                equal += other == values[i] ? 1 : 0;
            }

            ranks[i] = below + ((equal - 1) / 2.0);
        }

        return ranks;
    }

    /// <summary>The correlation of values; of ranks it is Spearman's rho. Zero where one side is constant.</summary>
    public static double Pearson(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average(), both = 0, squaresX = 0, squaresY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            both += (x[i] - meanX) * (y[i] - meanY);
            squaresX += (x[i] - meanX) * (x[i] - meanX);
            squaresY += (y[i] - meanY) * (y[i] - meanY);
        }

        return squaresX == 0 || squaresY == 0 ? 0 : both / Math.Sqrt(squaresX * squaresY);
    }
}
