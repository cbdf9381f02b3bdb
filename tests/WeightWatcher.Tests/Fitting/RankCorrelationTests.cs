using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class RankCorrelationTests
{
    [Fact]
    public void Ranks_alone_matter()
    {
        double[] x = [1, 2, 3, 4, 5], y = [2, 1, 4, 3, 5];
        Assert.Equal(0.8, RankCorrelation.Spearman(x, y), 12);
        Assert.Equal(0.6, RankCorrelation.Kendall(x, y), 12);
        Assert.Equal(0.8, RankCorrelation.Spearman([.. x.Select(Math.Exp)], [.. y.Select(v => v * v * v)]), 12);
        Assert.Equal(-0.8, RankCorrelation.Spearman(x, [.. y.Select(v => -v)]), 12);
    }

    [Fact]
    public void Ties_share_their_rank()
    {
        // Mean ranks 0.5 0.5 2 3 against 0 1 2 3: covariance 4.5, sums of squares 4.5 and 5.
        Assert.Equal(4.5 / Math.Sqrt(4.5 * 5), RankCorrelation.Spearman([1, 1, 2, 3], [1, 2, 3, 4]), 12);
        Assert.Equal(5 / Math.Sqrt(5.0 * 6), RankCorrelation.Kendall([1, 1, 2, 3], [1, 2, 3, 4]), 12);
        Assert.Equal(0, RankCorrelation.Spearman([1, 1, 1], [1, 2, 3]));
    }

    [Theory]
    [InlineData(4, 2.0 / 24)]
    [InlineData(6, 2.0 / 720)]
    public void The_strongest_order_and_its_reverse_are_two_of_all(int count, double expected)
    {
        double[] x = [.. Enumerable.Range(0, count).Select(i => (double)i)];
        (double p, bool exact) = RankCorrelation.PermutationP(x, x, [[.. Enumerable.Range(0, count)]], (a, b) => RankCorrelation.Spearman(a, b), 1);
        Assert.True(exact);
        Assert.Equal(expected, p, 12);
    }

    [Fact]
    public void Within_groups_there_are_fewer_rearrangements()
    {
        double[] x = [1, 2, 3, 1, 2, 3], y = [1, 2, 3, 11, 12, 13];
        double Sum(double[] a, double[] b) => RankCorrelation.Spearman(a.AsSpan(0, 3), b.AsSpan(0, 3)) + RankCorrelation.Spearman(a.AsSpan(3), b.AsSpan(3));
        Assert.Equal(2.0 / 36, RankCorrelation.PermutationP(x, y, [[0, 1, 2], [3, 4, 5]], Sum, 1).P, 12);
    }

    [Fact]
    public void Of_many_pairs_a_seeded_draw_is_looked_at()
    {
        double[] x = [.. Enumerable.Range(0, 12).Select(i => (double)i)];
        (double p, bool exact) = RankCorrelation.PermutationP(x, x, [[.. Enumerable.Range(0, 12)]], (a, b) => RankCorrelation.Spearman(a, b), 1);
        Assert.False(exact);
        Assert.Equal(1.0 / (RankCorrelation.Draws + 1), p, 12);
    }
}
