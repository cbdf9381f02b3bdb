using MathNet.Numerics.Integration;
using WeightWatcher.Distributions;

namespace WeightWatcher.Tests.Distributions;

public class TracyWidom1Tests
{
    /// <summary>Published values: Bejan, "Largest eigenvalues and sample covariance matrices", 2005, table 2; Johnstone 2001, table 1 (rounded).</summary>
    [Theory]
    [InlineData(0.90, 0.4501, 1e-4)]
    [InlineData(0.95, 0.9793, 1e-4)]
    [InlineData(0.99, 2.0234, 1e-4)]
    [InlineData(0.01, -3.8954, 1e-4)]
    [InlineData(0.05, -3.1804, 1e-4)]
    [InlineData(0.50, -1.2685, 1e-3)]
    public void Quantiles_are_the_published_ones(double probability, double expected, double tolerance)
        => Assert.Equal(expected, TracyWidom1.Quantile(probability), tolerance);

    [Fact]
    public void The_series_is_that_of_the_determinant()
    {
        double[] expected = TracyWidomDeterminant.Coefficients(TracyWidom1.Reach, TracyWidom1.Coefficients.Length);
        for (int j = 0; j < expected.Length; j++)
            Assert.Equal(expected[j], TracyWidom1.Coefficients[j], 1e-8);
        for (double s = -7.9; s < 8; s += 0.3)
            Assert.Equal(TracyWidomDeterminant.Cdf(s), TracyWidom1.Cdf(s), 1e-8);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(8.5)]
    public void The_upper_tail_keeps_its_digits(double s)
        => Assert.Equal(1, TracyWidom1.Survival(s) / (1 - TracyWidomDeterminant.Cdf(s)), s > 8 ? 0.02 : 1e-5);

    [Fact]
    public void Mean_and_variance_follow_from_the_distribution_function()
    {
        // E X = b - integral of F, E X^2 = b^2 - 2 integral of s F, over a range that holds all the mass.
        const double low = -9, high = 10;
        double mean = high - GaussLegendreRule.Integrate(TracyWidom1.Cdf, low, high, 64);
        double square = (high * high) - (2 * GaussLegendreRule.Integrate(s => s * TracyWidom1.Cdf(s), low, high, 64));
        Assert.Equal(TracyWidom1.Mean, mean, 1e-7);
        Assert.Equal(TracyWidom1.Variance, square - (mean * mean), 1e-6);
    }

    [Fact]
    public void The_distribution_function_rises_from_zero_to_one()
    {
        double previous = 0;
        for (double s = -9; s <= 9; s += 0.5)
        {
            double value = TracyWidom1.Cdf(s);
            Assert.InRange(value, previous - 1e-13, 1);
            previous = value;
        }

        Assert.Equal(0, TracyWidom1.Cdf(double.NegativeInfinity));
        Assert.Equal(1, TracyWidom1.Cdf(double.PositiveInfinity));
        Assert.True(double.IsNaN(TracyWidom1.Cdf(double.NaN)));
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.3)]
    [InlineData(0.9999)]
    [InlineData(0.99999999)]
    public void The_quantile_inverts_the_distribution_function(double probability)
        => Assert.Equal(probability, TracyWidom1.Cdf(TracyWidom1.Quantile(probability)), 1e-9);

    [Fact]
    public void Quantiles_rise_with_the_probability_to_its_very_ends()
    {
        double last = double.NegativeInfinity;
        foreach (double probability in (double[])[double.Epsilon, 1e-300, 1e-12, 1e-11, .. Enumerable.Range(1, 999).Select(i => i / 1000.0), 1 - 1e-7, 1 - 1e-8, 1 - 1e-9, 1 - 1e-12, 1 - 1e-15, Math.BitDecrement(1)])
        {
            double quantile = TracyWidom1.Quantile(probability);
            Assert.True(quantile >= last, $"{probability}: {quantile} after {last}");
            if (probability < 0.5)
                Assert.Equal(probability, TracyWidom1.Cdf(quantile), Math.Max(2e-12, 1e-9 * probability));
            else
                Assert.Equal(0, (TracyWidom1.Survival(quantile) / (1 - probability)) - 1, 1e-9);
            last = quantile;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_probability_outside_is_the_callers_mistake(double probability)
        => Assert.Throws<ArgumentOutOfRangeException>(() => TracyWidom1.Quantile(probability));

    [Fact]
    public void The_edge_scales_with_the_variance_and_lies_at_the_bulk()
    {
        TracyWidomEdge unit = TracyWidomEdge.Of(400, 100, 1), scaled = TracyWidomEdge.Of(400, 100, 7);
        Assert.Equal(7 * unit.Quantile(0.95), scaled.Quantile(0.95), 1e-9);
        Assert.InRange(unit.Center / 900, 0.99, 1);
        Assert.Equal(0.05, unit.PValue(unit.Quantile(0.95)), 1e-8);
    }
}
