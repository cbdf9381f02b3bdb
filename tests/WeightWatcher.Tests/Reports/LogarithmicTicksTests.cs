using WeightWatcher.Reports.Plots;

namespace WeightWatcher.Tests.Reports;

/// <summary>The ticks of logarithmic axes.</summary>
public sealed class LogarithmicTicksTests
{
    [Theory]
    [InlineData(0.5, 200, "")]
    [InlineData(1e-9, 1e-2, "")]
    [InlineData(0.7, 30, "")]
    [InlineData(1.2, 11, "2 5 10")]
    [InlineData(0.03, 0.6, "0.05 0.1 0.2 0.5")]
    [InlineData(300, 4500, "500 1,000 2,000")]
    [InlineData(2.1, 4.9, "2.5 3 3.5 4 4.5")]
    [InlineData(100_000, 160_000, "1.2·10⁵ 1.4·10⁵ 1.6·10⁵")]
    [InlineData(2e-5, 3.1e-5, "2.2·10⁻⁵ 2.4·10⁻⁵ 2.6·10⁻⁵ 2.8·10⁻⁵ 3·10⁻⁵")]
    public void Between_powers_of_ten_there_are_ticks_where_powers_are_too_few(double from, double to, string expected)
    {
        double[] ticks = LabelledLogarithmicAxis.Ticks(from, to);
        Assert.Equal(expected, string.Join(' ', ticks.Select(LabelledLogarithmicAxis.Label)));
        Assert.All(ticks, m => Assert.InRange(m, from, to));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(double.NaN, 1)]
    public void What_is_no_range_has_none(double from, double to) => Assert.Empty(LabelledLogarithmicAxis.Ticks(from, to));

    [Fact]
    public void Every_short_range_has_some()
    {
        Random random = new(3);
        for (int i = 0; i < 2000; i++)
        {
            double from = Math.Pow(10, (random.NextDouble() * 40) - 20), to = from * Math.Pow(10, 0.01 + random.NextDouble());
            double[] ticks = LabelledLogarithmicAxis.Ticks(from, to);
            int powers = Enumerable.Range(-22, 45).Count(k => Math.Pow(10, k) >= from && Math.Pow(10, k) <= to);
            Assert.InRange(Math.Max(powers, ticks.Length), 2, 10);
            Assert.Equal(ticks.Distinct().Order(), ticks);
        }
    }

    [Theory]
    [InlineData(0.01, "0.01")]
    [InlineData(1000, "1,000")]
    [InlineData(10_000, "10⁴")]
    [InlineData(1e-3, "10⁻³")]
    [InlineData(5e-12, "5·10⁻¹²")]
    public void Powers_are_written_as_people_do(double value, string expected) => Assert.Equal(expected, LabelledLogarithmicAxis.Label(value));
}
