using CsCheck;
using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class DetXTests
{
    private static readonly Gen<double[]> Spectra = Gen.Double[0.01, 20].Array[2, 60].Select(values => values.Order().ToArray());

    [Fact]
    public void The_sum_of_logarithms_finds_what_the_product_finds()
    {
        Spectra.Sample(data =>
        {
            int n = data.Length;
            double mean = data.Average();
            int expected = 1;
            double product = 1;
            for (int i = n - 1; i > 0; i--)
            {
                product *= data[i] / mean;
                if (Math.Abs(product - 1) < 1e-9)
                    return;
                if (product < 1)
                {
                    expected = i;
                    break;
                }
            }

            DetX actual = DetX.Compatible(data);
            if (data[0] == data[^1])
                return;
            Assert.Equal(expected, actual.Index);
            Assert.Equal(data[expected], actual.Value);
            Assert.Equal(data[expected] / mean, actual.RescaledValue, 1e-9 * actual.RescaledValue);
        });
    }

    [Fact]
    public void Without_the_crossing_the_product_is_at_least_one_and_with_it_below()
    {
        Spectra.Sample(data =>
        {
            if (data[0] == data[^1])
                return;
            DetX with = DetX.Strict(data).Value, without = DetX.Strict(data, DetXCount.WithoutCrossing).Value;
            double mean = data.Average();
            Assert.True(data.Skip(without.Index).Sum(x => Math.Log(x / mean)) > -1e-9);
            Assert.True(with.Num == data.Length || with.Num == without.Num + 1);
        });
    }

    [Fact]
    public void The_tail_is_independent_of_the_scale()
        => Gen.Select(Spectra, Gen.Int[-300, 300]).Sample((data, power) =>
        {
            double factor = Math.Pow(2, power);
            Assert.Equal(DetX.Compatible(data).Num, DetX.Compatible([.. data.Select(x => x * factor)]).Num);
        });

    [Fact]
    public void Without_rescaling_ninety_zeros_and_ten_ones_give_eleven()
    {
        DetX detX = DetX.Compatible([.. new double[90], .. Enumerable.Repeat(1.0, 10)], rescale: false);
        Assert.Equal((11, 89), (detX.Num, detX.Index));
    }

    [Fact]
    public void Six_thousand_Pareto_eigenvalues_do_not_overflow()
    {
        double[] data = [.. new LinearCongruentialSamples(40).Units(6000).Select(u => Math.Pow(1 - u, -1 / 1.5)).Order()];
        DetX detX = DetX.Strict(data).Value;
        double mean = data.Average();
        Assert.True(data.Skip(detX.Index).Sum(x => Math.Log(x / mean)) < 0);
        Assert.True(data.Skip(detX.Index + 1).Sum(x => Math.Log(x / mean)) >= 0);
    }

    [Fact]
    public void A_spectrum_without_spread_has_no_tail()
    {
        Assert.Equal(OutcomeKind.NotApplicable, DetX.Strict([2, 2, 2]).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, DetX.Strict([2]).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, DetX.Strict([]).Kind);
        Assert.Equal(OutcomeKind.Failed, DetX.Strict([1, double.NaN]).Kind);
        Assert.Equal((0, 0), (DetX.Compatible([2, 2, 2]).Num, DetX.Compatible([2, 2, 2]).Index));
    }
}
