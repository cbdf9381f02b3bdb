using CsCheck;
using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class PowerLawFitTests
{
    private static readonly PowerLawOptions Strict = PowerLawOptions.Strict(0);

    private static double[] Pareto(int count, double alpha, ulong seed)
        => [.. new LinearCongruentialSamples(seed).Units(count).Select(u => Math.Pow(1 - u, -1 / (alpha - 1))).Order()];

    [Theory]
    [InlineData(1.7, 20UL)]
    [InlineData(2.5, 21UL)]
    [InlineData(3.5, 22UL)]
    public void The_exponent_of_a_Pareto_sample_is_recovered(double alpha, ulong seed)
    {
        PowerLawFit fit = PowerLawFit.Fit(Pareto(3000, alpha, seed), Strict).Value;
        Assert.InRange(fit.Alpha, alpha - (4 * fit.Sigma), alpha + (4 * fit.Sigma));
        Assert.True(fit.D < 0.05);
    }

    [Fact]
    public void Strict_alpha_is_independent_of_the_scale()
    {
        Gen.Select(Gen.Double[0.001, 0.999].Array[12, 200], Gen.Double[-200, 200]).Sample((units, exponent) =>
        {
            double[] data = [.. units.Select(u => Math.Pow(u, -0.8)).Order()];
            double factor = Math.Pow(10, exponent);
            Outcome<PowerLawFit> plain = PowerLawFit.Fit(data, Strict);
            Outcome<PowerLawFit> scaled = PowerLawFit.Fit([.. data.Select(x => x * factor)], Strict);
            Assert.Equal(plain.Kind, scaled.Kind);
            if (plain.IsSuccess)
            {
                Assert.Equal(plain.Value.Alpha, scaled.Value.Alpha, 1e-12 * plain.Value.Alpha);
                Assert.Equal(plain.Value.XMin * factor, scaled.Value.XMin, 1e-12 * scaled.Value.XMin);
                Assert.Equal(plain.Value.NumPlSpikes, scaled.Value.NumPlSpikes);
            }
        });
    }

    [Fact]
    public void Compatible_alpha_depends_on_the_scale_through_the_absolute_floor()
    {
        double[] data = Pareto(200, 2.5, 3);
        Assert.NotEqual(
            PowerLawFit.Fit(data, PowerLawOptions.Compatible).Value.Alpha,
            PowerLawFit.Fit([.. data.Select(x => x * 3e-6)], PowerLawOptions.Compatible).Value.Alpha,
            1e-3);
        Assert.Equal(OutcomeKind.NotApplicable, PowerLawFit.Fit([.. data.Select(x => x * 1e-9)], PowerLawOptions.Compatible).Kind);
    }

    [Fact]
    public void Strict_tails_have_at_least_ten_eigenvalues_and_start_at_the_first_of_equals()
    {
        Gen.Int[1, 30].Select(i => (double)i).Array[10, 80].Sample(values =>
        {
            double[] data = [.. values.Order()];
            Outcome<PowerLawFit> outcome = PowerLawFit.Fit(data, Strict);
            if (!outcome.TryGetValue(out PowerLawFit? fit))
                return;
            Assert.True(fit.TailCount >= 10);
            Assert.Equal(data.Count(x => x >= fit.XMin), fit.TailCount);
            Assert.Equal(fit.TailCount, fit.NumPlSpikes);
        });
    }

    /// <summary>Two levels, as of blocks on a diagonal: the last bits of the eigenvalues are no data.</summary>
    [Theory]
    [InlineData(36)]
    [InlineData(1e6)]
    [InlineData(1e12)]
    public void Eigenvalues_that_rounding_tells_apart_are_ties(double upper)
    {
        // Rounding shifts a singular value by about 1e-16 of the largest, and an eigenvalue of a Gram matrix by as much of the largest eigenvalue.
        double error = upper < 1e8 ? 1e-15 * upper : 1e-15 * Math.Sqrt(upper);
        double[] units = new LinearCongruentialSamples(8).Units(200);
        double[] exact = [.. Enumerable.Repeat(1.0, 160), .. Enumerable.Repeat(upper, 40)];
        double[] rounded = [.. exact.Select((x, i) => x + (error * (units[i] - 0.5))).Order()];
        PowerLawFit expected = PowerLawFit.Fit(exact, Strict).Value;
        PowerLawFit fit = PowerLawFit.Fit(rounded, Strict).Value;
        Assert.Equal((200, 200), (expected.NumPlSpikes, fit.NumPlSpikes));
        Assert.Equal(expected.Alpha, fit.Alpha, 1e-6);
        Assert.Equal(expected.D, fit.D, 1e-6);
        Assert.NotEqual(200, PowerLawFit.Fit(rounded, PowerLawOptions.Compatible).Value.NumPlSpikes);
    }

    [Fact]
    public void Neighbours_that_lie_farther_apart_than_rounding_are_no_ties()
    {
        double[] data = [.. Pareto(100, 2.5, 6).Select(x => x * 1e-15), 1];
        PowerLawFit fit = PowerLawFit.Fit(data, Strict).Value;
        PowerLawCurvePoint lowest = PowerLawFit.Curve(data, Strict).Where(point => point.TailCount >= 10).MinBy(point => point.D);
        Assert.Equal((lowest.TailCount, lowest.Alpha), (fit.TailCount, fit.Alpha));
    }

    [Theory]
    [InlineData(600)]
    [InlineData(1000)]
    [InlineData(-600)]
    [InlineData(-990)]
    public void The_resolution_of_eigenvalues_does_not_leave_the_range_of_a_double(int exponent)
    {
        double[] data = Pareto(200, 2.5, 7);
        double floor = 1e-20 * data[^1];
        PowerLawFit plain = PowerLawFit.Fit(data, PowerLawOptions.Strict(floor)).Value;
        PowerLawFit scaled = PowerLawFit.Fit([.. data.Select(x => Math.ScaleB(x, exponent))], PowerLawOptions.Strict(Math.ScaleB(floor, exponent))).Value;
        Assert.Equal((plain.Alpha, plain.D, plain.TailCount), (scaled.Alpha, scaled.D, scaled.TailCount));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1e-30)]
    [InlineData(1e30)]
    public void Equal_eigenvalues_have_no_power_law(double value)
    {
        double floor = value * Math.Pow(Math.Sqrt(512) * Math.Pow(2, -23), 2);
        double[] data = [.. new LinearCongruentialSamples(5).Units(100).Select(u => value * (1 + (1e-6 * u))).Order()];
        Assert.Equal(OutcomeKind.NotApplicable, PowerLawFit.Fit(Enumerable.Repeat(value, 100).ToArray(), PowerLawOptions.Strict(0)).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, PowerLawFit.Fit(data, PowerLawOptions.Strict(floor)).Kind);
    }

    [Fact]
    public void Too_few_eigenvalues_are_not_applicable_and_bad_ones_fail()
    {
        Assert.Equal(OutcomeKind.NotApplicable, PowerLawFit.Fit([], Strict).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, PowerLawFit.Fit([1, 2, 3], Strict).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, PowerLawFit.Fit(new double[50], Strict).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, PowerLawFit.Fit([0, 1], PowerLawOptions.Compatible).Kind);
        Assert.True(PowerLawFit.Fit([1, 2], PowerLawOptions.Compatible).IsSuccess);
        Assert.Equal(OutcomeKind.Failed, PowerLawFit.Fit([1, 2, double.NaN], Strict).Kind);
        Assert.Equal(OutcomeKind.Failed, PowerLawFit.Fit([1, 2, double.PositiveInfinity], Strict).Kind);
        Assert.Equal(OutcomeKind.Failed, PowerLawFit.Fit([-1, 2, 3], Strict).Kind);
        Assert.Equal(OutcomeKind.Failed, PowerLawFit.Fit([2, 1, 3], Strict).Kind);
    }

    [Fact]
    public void Dropping_the_largest_equals_fitting_without_them()
    {
        double[] data = Pareto(60, 2.5, 9);
        PowerLawFit dropped = PowerLawFit.Fit(data, Strict with { DropLargest = 3 }).Value;
        Assert.Equal(PowerLawFit.Fit(data.AsSpan(0, 57), Strict).Value, dropped);
    }

    [Fact]
    public void Dropping_more_than_half_is_refused_or_taken_for_a_value()
    {
        double[] data = [.. Enumerable.Range(1, 20).Select(i => (double)i)];
        Assert.Equal(OutcomeKind.NotApplicable, PowerLawFit.Fit(data, Strict with { DropLargest = 11 }).Kind);
        PowerLawFit fit = PowerLawFit.Fit(data, PowerLawOptions.Compatible with { DropLargest = 11 }).Value;
        Assert.Equal(11, fit.XMax);
        Assert.Equal(data.Count(x => x >= fit.XMin), fit.NumPlSpikes);
    }

    [Fact]
    public void The_curve_has_its_lowest_point_at_the_fit()
    {
        double[] data = Pareto(150, 2.2, 4);
        PowerLawFit fit = PowerLawFit.Fit(data, PowerLawOptions.Compatible).Value;
        PowerLawCurvePoint lowest = PowerLawFit.Curve(data, PowerLawOptions.Compatible).MinBy(point => point.D);
        Assert.Equal(new PowerLawCurvePoint(fit.XMin, fit.Alpha, fit.D, fit.TailCount), lowest);
    }

    [Fact]
    public void Removed_fingers_lower_alpha_by_more_than_the_threshold_or_none_is_removed()
    {
        double[] uniform = [.. new LinearCongruentialSamples(31).Units(100).Select(u => 1 + u).Order()];
        FingerOptions options = FingerOptions.Strict(0);
        FingerClippedFit fit = FingerClippedFit.Run(uniform, options).Value;
        Assert.Equal(PowerLawFit.Fit(uniform.AsSpan(0, uniform.Length - fit.NumFingers), options.PowerLaw).Value.Alpha, fit.Fit.Alpha);
        Assert.True(fit.NumFingers == 0 ? fit.Fit.Alpha == fit.RawAlpha : fit.Fit.Alpha + 1 < fit.RawAlpha);
    }

    [Fact]
    public void The_spread_over_nearly_best_starts_is_that_of_their_exponents()
    {
        double[] values = [.. Enumerable.Range(0, 120).Select(i => Math.Pow((120 - i - 0.5) / 120, -1 / 1.5) * (1 + (0.2 * Math.Sin(i)))).Order()];
        PowerLawOptions options = PowerLawOptions.Strict(0);
        PowerLawFit best = PowerLawFit.Fit(values, options).Value;
        PowerLawCurvePoint[] near = [.. PowerLawFit.Curve(values, options).Where(p => p.TailCount >= options.MinimumTail && p.D <= best.D * 1.7)];
        Assert.InRange(near.Length, 3, 110);
        double expected = Math.Sqrt(near.Average(p => (p.Alpha - best.Alpha) * (p.Alpha - best.Alpha)));
        Assert.Equal(expected, PowerLawFit.SpreadOfStarts(values, options, 0.7).Value, 1e-9);
        Assert.Equal(0, PowerLawFit.SpreadOfStarts(values, options, 0).Value);
    }
}
