using CsCheck;
using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class JensenShannonTests
{
    private static readonly Gen<double[]> Spectra = Gen.Double[1e-3, 10].Array[30].Select(values => values.Order().ToArray());

    [Fact]
    public void Both_distances_are_symmetric_bounded_and_zero_between_equals()
    {
        Gen.Select(Spectra, Spectra).Sample((p, q) =>
        {
            double aligned = JensenShannon.IndexAligned(p, q).Value, density = SpectralDensityDistance.Compute(p, q, 1e-12).Value;
            Assert.Equal(aligned, JensenShannon.IndexAligned(q, p).Value, 1e-12);
            Assert.Equal(density, SpectralDensityDistance.Compute(q, p, 1e-12).Value, 1e-12);
            Assert.InRange(density, 0, JensenShannon.Largest + 1e-12);
            Assert.Equal(0, JensenShannon.IndexAligned(p, p).Value, 1e-7);
            Assert.Equal(0, SpectralDensityDistance.Compute(p, p, 1e-12).Value, 1e-7);
        });
    }

    [Fact]
    public void The_density_distance_does_not_see_a_common_scale_or_repetition()
    {
        Gen.Select(Spectra, Spectra, Gen.Double[0.01, 100]).Sample((p, q, factor) =>
        {
            double expected = SpectralDensityDistance.Compute(p, q, 1e-12).Value;
            double scaled = SpectralDensityDistance.Compute([.. p.Select(x => x * factor)], [.. q.Select(x => x * factor)], 1e-12).Value;
            double repeated = SpectralDensityDistance.Compute([.. p.Concat(p).Order()], q, 1e-12).Value;
            Assert.Equal(expected, scaled, 1e-8);
            Assert.Equal(expected, repeated, 1e-8);
        });
    }

    [Fact]
    public void Spectra_on_separate_ranges_are_as_far_as_can_be()
    {
        double[] low = [1, 1.1, 1.2], high = [1000, 1100, 1200];
        Assert.Equal(JensenShannon.Largest, SpectralDensityDistance.Compute(low, high, 0).Value, 1e-9);
        Assert.Equal(JensenShannon.Largest, SpectralDensityDistance.Compute([0, 0], high, 0).Value, 1e-9);
    }

    [Fact]
    public void Zeros_are_tolerated_and_all_zero_is_not_applicable()
    {
        Assert.True(JensenShannon.IndexAligned([0, 0, 1], [0, 1, 2]).IsSuccess);
        Assert.Equal(OutcomeKind.NotApplicable, JensenShannon.IndexAligned([0, 0], [0, 1]).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, JensenShannon.IndexAligned([], []).Kind);
        Assert.Equal(OutcomeKind.Failed, JensenShannon.IndexAligned([double.NaN], [1]).Kind);
        Assert.Equal(OutcomeKind.Failed, JensenShannon.IndexAligned([-1, 1], [1, 1]).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, SpectralDensityDistance.Compute([0], [0], 0).Kind);
        Assert.Equal(OutcomeKind.Failed, SpectralDensityDistance.Compute([1], [double.PositiveInfinity], 0).Kind);
        Assert.Throws<ArgumentException>(() => JensenShannon.IndexAligned([1, 2], [1]));
    }

    [Fact]
    public void The_closed_form_null_is_what_Gaussian_matrices_give()
    {
        const int n = 120, m = 60;
        double sum = 0;
        for (int seed = 0; seed < 20; seed++)
            sum += JensenShannon.IndexAligned(GaussianSpectrum(n, m, 2 * seed), GaussianSpectrum(n, m, (2 * seed) + 1)).Value;
        Assert.InRange(sum / 20 / RandDistanceNull.ClosedForm(n, m).Value, 0.88, 1.12);
        Assert.Equal(OutcomeKind.NotApplicable, RandDistanceNull.ClosedForm(20, 9).Kind);
        Assert.Equal(0, RandDistanceNull.Effect(0.1, 0.2));
        Assert.Equal(0.3, RandDistanceNull.Effect(0.5, 0.4), 1e-12);
    }

    private static double[] GaussianSpectrum(int n, int m, int seed)
    {
        MathNet.Numerics.Distributions.Normal normal = new(0, 1, new MathNet.Numerics.Random.MersenneTwister(seed));
        return [.. MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Random(n, m, normal).Svd(false).S.Select(s => s * s).Order()];
    }
}
