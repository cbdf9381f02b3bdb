using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class PowerLawBootstrapTests
{
    [Fact]
    public void Independent_samples_of_a_power_law_are_plausible_and_those_of_another_law_are_not()
    {
        int implausible = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            double p = PValue([.. Enumerable.Range(0, 200).Select(_ => Math.Pow(1 - random.NextDouble(), -1 / 1.5)).Order()], random);
            implausible += p < 0.1 ? 1 : 0;
        }

        // Of samples of the law itself one in ten lies below 0.1: more than 6 of 20 have a probability of 0.2 %.
        Assert.InRange(implausible, 0, 6);

        Random other = new(1);
        double gaussian = PValue([.. Enumerable.Range(0, 2000).Select(_ => 10 + Math.Sqrt(-2 * Math.Log(1 - other.NextDouble())) * Math.Cos(2 * Math.PI * other.NextDouble())).Order()], other, smallestTail: 500);
        Assert.InRange(gaussian, 0, 0.05);
    }

    private static double PValue(double[] values, Random random, int smallestTail = 10)
    {
        PowerLawOptions options = PowerLawOptions.Strict(0) with { MinimumTail = smallestTail };
        return PowerLawBootstrap.PValue(values, options, PowerLawFit.Fit(values, options).Value, () => random.NextDouble()).Value;
    }
}
