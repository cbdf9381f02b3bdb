using CsCheck;
using WeightWatcher.Distributions;

namespace WeightWatcher.Tests.Distributions;

public class MarchenkoPasturTests
{
    private static readonly Gen<MarchenkoPastur> Any =
        Gen.Select(Gen.OneOf(Gen.Const(1.0), Gen.Double[1, 1.01], Gen.Double[1, 500]), Gen.Double[1e-6, 1e6]).Select((q, variance) => new MarchenkoPastur(q, variance));

    [Fact]
    public void The_distribution_function_is_the_integral_of_the_density()
    {
        Gen.Select(Gen.OneOf(Gen.Const(1.0), Gen.Double[1, 50]), Gen.Double[0.1, 10], Gen.Double[0.05, 0.9], Gen.Double[0.05, 0.9]).Sample((q, variance, u, v) =>
        {
            MarchenkoPastur law = new(q, variance);
            double span = law.UpperEdge - law.LowerEdge;
            double a = law.LowerEdge + (span * Math.Min(u, v)), b = law.LowerEdge + (span * Math.Max(u, v));
            double integral = MathNet.Numerics.Integration.GaussLegendreRule.Integrate(law.Density, a, b, 128);
            Assert.Equal(integral, law.Cdf(b) - law.Cdf(a), 1e-9);
        });
    }

    [Fact]
    public void The_quantile_inverts_the_distribution_function()
        => Gen.Select(Any, Gen.Double[0, 1]).Sample((law, p) => Assert.Equal(p, law.Cdf(law.Quantile(p)), 1e-7));

    [Fact]
    public void The_support_ends_where_the_distribution_function_does()
    {
        Any.Sample(law =>
        {
            Assert.Equal(0, law.Cdf(law.LowerEdge));
            Assert.Equal(1, law.Cdf(law.UpperEdge));
            Assert.Equal(law.LowerEdge, law.Quantile(0), 1e-9 * law.UpperEdge);
            Assert.Equal(law.UpperEdge, law.Quantile(1), 1e-9 * law.UpperEdge);
            Assert.Equal(0, law.Density(law.UpperEdge * 1.001));
            Assert.Equal(0, law.Density(-1));
        });
    }

    [Fact]
    public void The_mean_is_the_variance_of_an_entry()
        => Any.Sample(law => Assert.Equal(1, law.TrimmedMean(0, 1) / law.Variance, 1e-12));

    [Fact]
    public void A_trimmed_mean_is_the_mean_of_quantiles()
    {
        MarchenkoPastur law = new(3, 2);
        double sum = 0;
        int count = 4000;
        for (int i = 0; i < count; i++)
            sum += law.Quantile(0.2 + (0.5 * (i + 0.5) / count));
        Assert.Equal(sum / count, law.TrimmedMean(0.2, 0.7), 1e-7);
    }

    [Theory]
    [InlineData(0.99, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(2, 0)]
    [InlineData(2, double.PositiveInfinity)]
    public void Parameters_outside_are_the_callers_mistake(double q, double variance)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new MarchenkoPastur(q, variance));
}
