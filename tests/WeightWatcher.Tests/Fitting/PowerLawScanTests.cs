using CsCheck;
using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class PowerLawScanTests
{
    private static readonly Gen<double[]> Spectra = Gen.OneOf(
        Gen.Double[1e-3, 1e3].Array[2, 120],
        Gen.Double[0.001, 0.999].Select(u => Math.Pow(u, -1.3)).Array[2, 300],
        Gen.Int[1, 6].Select(i => (double)i).Array[2, 60],
        Gen.Double[1, 1.0001].Array[2, 60],
        Gen.Double[-40, 40].Select(Math.Exp).Array[2, 200]).Select(values => values.Order().ToArray());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_branch_and_bound_finds_what_looking_at_every_deviation_finds(bool bothSides)
    {
        Spectra.Sample(
            data =>
            {
                double[] logs = new double[data.Length], alphas = new double[data.Length - 1], curve = new double[data.Length - 1];
                PowerLawScan scan = PowerLawScan.Create(data, Sides(bothSides), logs, alphas);
                int index = -1;
                double smallest = double.PositiveInfinity;
                for (int i = 0; i < alphas.Length; i++)
                {
                    double distance = 0;
                    for (int k = 0; k < data.Length - i; k++)
                        distance = Math.Max(distance, scan.Deviation(i, k));
                    curve[i] = alphas[i] > 1 ? distance : 1;
                    if (curve[i] < smallest)
                        (index, smallest) = (i, curve[i]);
                }

                double[] bounded = new double[curve.Length];
                scan.Curve(bounded);
                Assert.Equal(curve, bounded);
                Assert.Equal((index, smallest), scan.Best(null));
            },
            iter: 500);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Exponents_and_distances_are_those_of_the_definition(bool bothSides)
    {
        Spectra.Sample(
            data =>
            {
                double[] logs = new double[data.Length], alphas = new double[data.Length - 1], distances = new double[data.Length - 1];
                PowerLawScan.Create(data, Sides(bothSides), logs, alphas).Curve(distances);
                (double Alpha, double D)[] expected = BruteForcePowerLaw.Curve(data, bothSides);
                for (int i = 0; i < expected.Length; i++)
                {
                    // Tails with hardly any spread have an exponent made of rounding errors in either formula.
                    if (expected[i].Alpha < 1e6)
                    {
                        Assert.Equal(expected[i].Alpha, alphas[i], 1e-8 * expected[i].Alpha);
                        Assert.Equal(expected[i].D, distances[i], 1e-8);
                    }
                }
            },
            iter: 500);
    }

    [Fact]
    public void Of_tails_with_the_same_distance_the_first_is_chosen()
    {
        // Scaling by a power of two leaves every ratio exact, so that both halves have tails of equal distance.
        double[] data = [1, 2, 4, 8, 16];
        double[] logs = new double[5], alphas = new double[4], curve = new double[4];
        PowerLawScan scan = PowerLawScan.Create(data, KolmogorovSmirnovSides.LeftLimits, logs, alphas);
        scan.Curve(curve);
        (int index, double distance) = scan.Best(i => i is 1 or 2);
        Assert.Equal(curve[1] <= curve[2] ? 1 : 2, index);
        Assert.Equal(Math.Min(curve[1], curve[2]), distance);
    }

    private static KolmogorovSmirnovSides Sides(bool both) => both ? KolmogorovSmirnovSides.Both : KolmogorovSmirnovSides.LeftLimits;
}
