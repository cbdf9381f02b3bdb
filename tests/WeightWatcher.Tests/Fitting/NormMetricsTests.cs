using CsCheck;
using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class NormMetricsTests
{
    private static readonly Gen<double[]> Spectra = Gen.Double[1e-6, 1e6].Array[2, 80].Select(values => values.Order().ToArray());

    [Fact]
    public void The_alpha_norm_of_exponent_one_is_the_norm()
        => Spectra.Sample(data => Assert.Equal(NormMetrics.LogNorm(data).Value, NormMetrics.LogAlphaNorm(data, 1).Value, 1e-10));

    [Fact]
    public void Scaling_shifts_logarithms_and_leaves_ranks_and_entropies()
    {
        Gen.Select(Spectra, Gen.Double[0.01, 100], Gen.Double[1, 8]).Sample((data, factor, alpha) =>
        {
            double[] scaled = [.. data.Select(x => x * factor)];
            double shift = Math.Log10(factor);
            Assert.Equal(NormMetrics.LogNorm(data).Value + shift, NormMetrics.LogNorm(scaled).Value, 1e-10);
            Assert.Equal(NormMetrics.LogAlphaNorm(data, alpha).Value + (alpha * shift), NormMetrics.LogAlphaNorm(scaled, alpha).Value, 1e-10);
            Assert.Equal(NormMetrics.StableRank(data).Value, NormMetrics.StableRank(scaled).Value, 1e-10);
            Assert.Equal(MatrixEntropy.Published(data).Value, MatrixEntropy.Published(scaled).Value, 1e-10);
            Assert.Equal(HillEstimator.UpperHalf(data, 0).IsSuccess, HillEstimator.UpperHalf(scaled, 0).IsSuccess);
        });
    }

    [Fact]
    public void The_alpha_norm_does_not_overflow_where_plain_powers_do()
    {
        double[] data = [1e80, 2e80];
        Assert.Equal(double.PositiveInfinity, NormMetrics.CompatibleLogAlphaNorm(data, 6));
        Assert.Equal(480 + Math.Log10(65), NormMetrics.LogAlphaNorm(data, 6).Value, 1e-9);
        Assert.Equal(double.NegativeInfinity, NormMetrics.CompatibleLogAlphaNorm([1e-80], 6));
        Assert.Equal(-480, NormMetrics.LogAlphaNorm([1e-80], 6).Value, 1e-9);
    }

    [Fact]
    public void Equal_eigenvalues_have_full_stable_rank_and_entropy()
    {
        double[] data = [3, 3, 3, 3];
        Assert.Equal(4, NormMetrics.StableRank(data).Value);
        Assert.Equal(Math.Log(4), MatrixEntropy.Published(data).Value, 1e-12);
        Assert.Equal(1, MatrixEntropy.Normalized(data, 4).Value, 1e-12);
    }

    [Fact]
    public void The_zero_matrix_has_no_logarithms()
    {
        double[] zero = [0, 0, 0];
        Assert.Equal(0, NormMetrics.Norm(zero));
        Assert.Equal(0, NormMetrics.SpectralNorm(zero).Value);
        Assert.Equal(OutcomeKind.NotApplicable, NormMetrics.LogNorm(zero).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, NormMetrics.LogSpectralNorm(zero).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, NormMetrics.AlphaWeighted(zero, 2).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, NormMetrics.LogAlphaNorm(zero, 2).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, NormMetrics.StableRank(zero).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, MatrixEntropy.Published(zero).Kind);
        Assert.Equal(double.NegativeInfinity, NormMetrics.CompatibleLogNorm(zero));
        Assert.Equal(double.NegativeInfinity, NormMetrics.CompatibleLogSpectralNorm(zero));
        Assert.True(double.IsNaN(NormMetrics.CompatibleStableRank(zero)));
        Assert.True(double.IsNaN(MatrixEntropy.Compatible(zero, 0)));
        Assert.Equal(0, SpectralRank.Rank(zero, SpectralRank.CompatibleTolerance(3, 0)));
        Assert.Equal(3, SpectralRank.WeakRankLoss(zero, SpectralRank.CompatibleWeakTolerance));
    }

    [Fact]
    public void Rank_one_has_no_normalised_entropy()
    {
        double[] data = [0, 0, 5];
        Assert.Equal(1, NormMetrics.StableRank(data).Value);
        Assert.Equal(0, MatrixEntropy.Published(data).Value);
        Assert.Equal(OutcomeKind.NotApplicable, MatrixEntropy.Normalized(data, 1).Kind);
        Assert.True(MatrixEntropy.Compatible(data, 1) > 40);
    }

    [Fact]
    public void An_empty_spectrum_has_no_metrics()
    {
        Assert.Equal(OutcomeKind.NotApplicable, NormMetrics.SpectralNorm([]).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, NormMetrics.StableRank([]).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, NormMetrics.LogAlphaNorm([], 2).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, HillEstimator.UpperHalf([], 0).Kind);
    }

    [Fact]
    public void The_strict_tolerance_sees_a_rank_that_rounding_to_float32_hides_from_the_compatible_one()
    {
        // 51 true directions; rounding 1024 x 512 entries adds singular values of about sqrt(1024) 2^-24 of an entry's size.
        double[] spectrum = new double[512];
        for (int i = 0; i < 512; i++)
            spectrum[i] = Math.Pow(i < 461 ? 1e-7 * (1 + (i / 461.0)) : 1 + i, 2);
        double largest = Math.Sqrt(spectrum[^1]);
        Assert.Equal(512, SpectralRank.Rank(spectrum, SpectralRank.CompatibleTolerance(1024, largest)));
        Assert.Equal(51, SpectralRank.Rank(spectrum, SpectralRank.Tolerance(1024, 512, Math.Pow(2, -23), [.. spectrum.Select(Math.Sqrt)])));
    }

    [Fact]
    public void The_Hill_estimate_of_a_Pareto_sample_is_its_exponent()
    {
        double[] sample = [.. new LinearCongruentialSamples(17).Units(4000).Select(u => Math.Pow(1 - u, -1 / 1.5)).Order()];
        Assert.Equal(2.5, HillEstimator.UpperHalf(sample, 0).Value, 0.15);
        Assert.Equal(OutcomeKind.NotApplicable, HillEstimator.UpperHalf([2, 2, 2, 2], 0).Kind);
    }

    [Fact]
    public void The_smallest_singular_value_is_that_of_all_slices_and_the_tools_is_not()
        => Assert.Equal(new SliceExtremes(9, 1, 2), SliceExtremes.Of([(1, 5), (2, 9)]));
}
