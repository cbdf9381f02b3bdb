using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class TailComparisonTests
{
    private const int Count = 400;

    [Fact]
    public void A_power_law_beats_an_exponential_and_is_tenable()
    {
        TailComparison found = Compare(u => Math.Pow(u, -1 / 1.5));
        Assert.True(found.Exponential > 2, $"{found}");
        Assert.True(found.Lognormal > -1, $"{found}");
        Assert.True(found.IsPowerLawTenable);
    }

    [Fact]
    public void An_exponential_tail_is_recognised()
    {
        TailComparison found = Compare(u => 1 - (2 * Math.Log(u)));
        Assert.True(found.Exponential < -2, $"{found}");
        Assert.False(found.IsPowerLawTenable);
    }

    [Fact]
    public void A_narrow_lognormal_is_recognised()
    {
        // Beyond its median a lognormal of width 0.5 falls faster than any power.
        TailComparison found = Compare(u => Math.Exp(0.5 * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, 1 - (u / 2))));
        Assert.True(found.Lognormal < -2, $"{found}");
        Assert.False(found.IsPowerLawTenable);
    }

    [Fact]
    public void The_scale_of_the_eigenvalues_does_not_matter()
    {
        double[] tail = Tail(u => Math.Pow(u, -1 / 1.5));
        TailComparison plain = TailComparison.Of(tail, 2.5, null).Value, scaled = TailComparison.Of([.. tail.Select(x => x * 1024)], 2.5, null).Value;
        Assert.Equal(plain.Exponential, scaled.Exponential, 1e-9);
        Assert.Equal(plain.Lognormal, scaled.Lognormal, 1e-9);
    }

    [Fact]
    public void A_cut_off_that_gains_much_refutes_the_power_law()
    {
        double[] tail = Tail(u => Math.Pow(u, -1 / 1.5));
        Assert.True(TailComparison.Of(tail, 2.5, 1).Value.IsPowerLawTenable);
        Assert.False(TailComparison.Of(tail, 2.5, 5).Value.IsPowerLawTenable);
    }

    [Fact]
    public void Short_and_equal_tails_cannot_tell()
    {
        Assert.Equal(OutcomeKind.NotApplicable, TailComparison.Of([1, 2, 3], 2, null).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, TailComparison.Of([.. Enumerable.Repeat(2.0, 20)], 2, null).Kind);
    }

    private static TailComparison Compare(Func<double, double> quantileBeyond)
    {
        double[] tail = Tail(quantileBeyond);
        double alpha = 1 + (Count / tail.Sum(x => Math.Log(x / tail[0])));
        return TailComparison.Of(tail, alpha, null).Value;
    }

    /// <summary>The values that a share u, evenly spaced, of the law exceeds.</summary>
    private static double[] Tail(Func<double, double> quantileBeyond) => [.. Enumerable.Range(0, Count).Select(i => quantileBeyond((Count - i - 0.5) / Count))];
}
