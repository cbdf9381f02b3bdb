using CsCheck;
using MathNet.Numerics;
using MathNet.Numerics.Integration;
using WeightWatcher.Distributions;

namespace WeightWatcher.Tests.Distributions;

public class TruncatedPowerLawTests
{
    private static readonly Gen<TruncatedPowerLaw> Any =
        Gen.Select(Gen.Double[0, 12], Gen.Double[-9, 3], Gen.Double[-3, 3]).Select((alpha, logT, logX) =>
            new TruncatedPowerLaw(alpha, Math.Pow(10, logT - logX), Math.Pow(10, logX)));

    /// <summary>The normaliser in closed form for whole exponents: E_1 and E_0 = exp(-t) / t, and t E_p = exp(-t) - p E_(p+1).</summary>
    [Theory]
    [InlineData(0.001)]
    [InlineData(0.3)]
    [InlineData(2)]
    [InlineData(40)]
    public void Whole_exponents_agree_with_exponential_integrals(double t)
    {
        Assert.Equal(1, TruncatedPowerLaw.MomentsOf(0, t).Normalizer * t, 1e-10);
        double one = SpecialFunctions.ExponentialIntegral(t, 1) * Math.Exp(t);
        Assert.Equal(1, TruncatedPowerLaw.MomentsOf(1, t).Normalizer / one, 1e-10);
        Assert.Equal(1, TruncatedPowerLaw.MomentsOf(3, t).Normalizer / (SpecialFunctions.ExponentialIntegral(t, 3) * Math.Exp(t)), 1e-10);
    }

    [Fact]
    public void A_vanishing_cut_off_gives_the_power_law()
    {
        TruncatedPowerLaw none = new(2.5, 0, 3), tiny = new(2.5, 1e-15, 3);
        Assert.Equal(1 - Math.Pow(10.0 / 3, -1.5), none.Cdf(10), 1e-12);
        Assert.Equal(none.Cdf(10), tiny.Cdf(10), 1e-6);
        Assert.Equal(Math.Log(1.5 / 3) - (2.5 * Math.Log(10.0 / 3)), none.LogDensity(10), 1e-12);
    }

    [Fact]
    public void The_distribution_function_is_the_integral_of_the_density()
    {
        Gen.Select(Any, Gen.Double[0.01, 3], Gen.Double[0.01, 1]).Sample((law, from, length) =>
        {
            double a = law.XMin * Math.Exp(from), b = a * Math.Exp(length);
            double integral = GaussLegendreRule.Integrate(v => Math.Exp(law.LogDensity(Math.Exp(v)) + v), Math.Log(a), Math.Log(b), 64);
            Assert.Equal(integral, law.Cdf(b) - law.Cdf(a), 1e-9);
        });
    }

    [Fact]
    public void The_means_are_slopes_of_the_logarithm_of_the_normaliser()
    {
        Gen.Select(Gen.Double[0.1, 10], Gen.Double[0.001, 5]).Sample((alpha, t) =>
        {
            double h = 1e-5;
            TruncatedPowerLawMoments moments = TruncatedPowerLaw.MomentsOf(alpha, t);
            double inAlpha = Math.Log(TruncatedPowerLaw.MomentsOf(alpha + h, t).Normalizer / TruncatedPowerLaw.MomentsOf(alpha - h, t).Normalizer) / (2 * h);
            Assert.Equal(moments.MeanV, -inAlpha, 1e-6 * (1 + moments.MeanV));
            h *= t;
            double inT = Math.Log(TruncatedPowerLaw.MomentsOf(alpha, t + h).Normalizer / TruncatedPowerLaw.MomentsOf(alpha, t - h).Normalizer) / (2 * h);
            Assert.Equal(moments.MeanW, -inT, 1e-5 * (1 + moments.MeanW));
        });
    }

    [Theory]
    [InlineData(-1, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(2, -1, 1)]
    [InlineData(2, 1, 0)]
    [InlineData(double.NaN, 1, 1)]
    public void Parameters_outside_are_the_callers_mistake(double alpha, double lambda, double xMin)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new TruncatedPowerLaw(alpha, lambda, xMin));
}
