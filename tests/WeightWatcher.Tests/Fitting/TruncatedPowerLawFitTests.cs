using CsCheck;
using WeightWatcher.Distributions;
using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class TruncatedPowerLawFitTests
{
    /// <summary>Values above 1 of the law: Pareto draws, each kept with the probability exp(-lambda (x - 1)).</summary>
    private static double[] Sample(double alpha, double lambda, int count, ulong seed)
    {
        LinearCongruentialSamples samples = new(seed);
        List<double> kept = [];
        while (kept.Count < count)
        {
            double x = Math.Pow(1 - samples.NextUnit(), -1 / (alpha - 1));
            if (samples.NextUnit() < Math.Exp(-lambda * (x - 1)))
                kept.Add(x);
        }

        return [.. kept.Order()];
    }

    private static TruncatedPowerLawOptions Whole(double smallest) => TruncatedPowerLawOptions.Strict(0) with
    {
        PowerLaw = PowerLawOptions.Strict(0) with { Window = new XMinWindow(0, smallest) },
    };

    [Theory]
    [InlineData(1.5, 0.05, 50UL)]
    [InlineData(2.5, 0.2, 51UL)]
    public void Both_parameters_of_a_sample_are_recovered(double alpha, double lambda, ulong seed)
    {
        double[] data = Sample(alpha, lambda, 4000, seed);
        TruncatedPowerLawFit fit = TruncatedPowerLawFit.Fit(data, Whole(data[0])).Value;
        Assert.Equal(alpha, fit.Alpha, 0.2);
        Assert.InRange(fit.Lambda / lambda, 0.7, 1.4);
        Assert.True(fit.D < 0.03);
        Assert.True(fit.LikelihoodRatio > 30);
        Assert.True(fit.Alpha < fit.PowerLaw.Alpha);
    }

    [Fact]
    public void No_neighbouring_parameters_are_likelier()
    {
        double[] data = Sample(2, 0.1, 300, 60);
        TruncatedPowerLawFit fit = TruncatedPowerLawFit.Fit(data, Whole(data[0])).Value;
        double LogLikelihood(double alpha, double lambda)
        {
            TruncatedPowerLaw law = new(alpha, lambda, data[0]);
            return data.Sum(law.LogDensity);
        }

        double best = LogLikelihood(fit.Alpha, fit.Lambda);
        foreach ((double a, double l) in new[] { (0.01, 0.0), (-0.01, 0.0), (0.0, 0.01), (0.0, -0.01), (0.01, 0.01), (0.01, -0.01), (-0.01, 0.01), (-0.01, -0.01) })
            Assert.True(LogLikelihood(fit.Alpha + a, fit.Lambda * (1 + l)) < best);
    }

    [Fact]
    public void A_tail_heavier_than_its_power_law_has_no_cut_off()
    {
        // Most values near 1 and a few far out: the mean exceeds that of the fitted power law.
        double[] data = [.. Enumerable.Range(0, 97).Select(i => 1 + (i / 300.0)), 40, 80, 400];
        TruncatedPowerLawFit fit = TruncatedPowerLawFit.Fit(data, Whole(data[0])).Value;
        Assert.Equal(0, fit.Lambda);
        Assert.Equal(fit.PowerLaw.Alpha, fit.Alpha, 1e-12);
        Assert.Equal(0, fit.LikelihoodRatio);
    }

    [Fact]
    public void The_exponent_is_independent_of_the_scale_and_the_rate_inverse_to_it()
    {
        double[] data = Sample(2, 0.1, 400, 61);
        TruncatedPowerLawFit one = TruncatedPowerLawFit.Fit(data, TruncatedPowerLawOptions.Strict(0)).Value;
        TruncatedPowerLawFit scaled = TruncatedPowerLawFit.Fit([.. data.Select(x => x * 1e-20)], TruncatedPowerLawOptions.Strict(0)).Value;
        Assert.Equal(one.Alpha, scaled.Alpha, 1e-8);
        Assert.Equal(one.Lambda, scaled.Lambda * 1e-20, 1e-8 * one.Lambda);
    }

    [Fact]
    public void A_bulk_without_tail_is_no_truncated_power_law_unless_the_smallest_exponent_is_accepted()
    {
        double[] data = [.. new LinearCongruentialSamples(70).Units(300).Select(u => 1 + (10 * Math.Sqrt(u))).Order()];
        TruncatedPowerLawOptions options = Whole(data[0]);
        Assert.Equal(OutcomeKind.NotApplicable, TruncatedPowerLawFit.Fit(data, options).Kind);
        Assert.Equal(0, TruncatedPowerLawFit.Fit(data, options with { AcceptSmallestAlpha = true }).Value.Alpha);
        Assert.Equal(1, TruncatedPowerLawFit.Fit(data, options with { AcceptSmallestAlpha = true, SmallestAlpha = 1 }).Value.Alpha);
    }

    [Fact]
    public void Every_spectrum_ends_in_an_outcome()
    {
        Gen.OneOf(
            Gen.Double[1, 2].Array[2, 60],
            Gen.Double[-30, 30].Select(Math.Exp).Array[2, 60],
            Gen.Int[1, 4].Select(i => (double)i).Array[2, 40],
            Gen.Double[0.01, 0.99].Select(u => -Math.Log(u)).Array[10, 60]).Sample(
            values =>
            {
                double[] data = [.. values.Order()];
                foreach (bool aroundPeak in new[] { false, true })
                {
                    foreach (TruncatedPowerLawOptions options in new[] { TruncatedPowerLawOptions.Compatible(aroundPeak), TruncatedPowerLawOptions.Strict(0, aroundPeak) })
                    {
                        Outcome<TruncatedPowerLawFit> outcome = TruncatedPowerLawFit.Fit(data, options);
                        Assert.NotEqual(OutcomeKind.Failed, outcome.Kind);
                        if (outcome.TryGetValue(out TruncatedPowerLawFit? fit))
                        {
                            Assert.InRange(fit.Alpha, options.SmallestAlpha, fit.PowerLaw.Alpha * (1 + 1e-9));
                            Assert.True(double.IsFinite(fit.Lambda) && fit.Lambda >= 0);
                            Assert.InRange(fit.D, 0, 1);
                        }
                    }
                }
            },
            iter: 200);
    }

    [Fact]
    public void Around_the_peak_xmin_stays_in_the_window()
    {
        double[] data = [.. Sample(2, 0.1, 400, 62).Select(x => x * 5).Order()];
        TruncatedPowerLawFit fit = TruncatedPowerLawFit.Fit(data, TruncatedPowerLawOptions.Strict(0, aroundPeak: true)).Value;
        XMinWindow window = XMinWindow.AroundPeak(data, compatible: false);
        Assert.True(window.Contains(fit.PowerLaw.XMin));
        Assert.Equal(window.High / 1.5, window.Low / 0.95, 1e-12);
        XMinWindow tool = XMinWindow.AroundPeak(data, compatible: true);
        Assert.Equal(Math.Log10(window.Low), tool.Low, 1e-12);
    }

    [Fact]
    public void What_has_no_power_law_has_no_truncated_one()
    {
        Assert.Equal(OutcomeKind.NotApplicable, TruncatedPowerLawFit.Fit([], TruncatedPowerLawOptions.Strict(0)).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, TruncatedPowerLawFit.Fit([3, 3, 3], TruncatedPowerLawOptions.Compatible()).Kind);
        Assert.Equal(OutcomeKind.Failed, TruncatedPowerLawFit.Fit([1, double.NaN], TruncatedPowerLawOptions.Compatible()).Kind);
    }
}
