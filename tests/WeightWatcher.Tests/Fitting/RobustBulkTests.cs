using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Random;
using WeightWatcher.Fitting;

namespace WeightWatcher.Tests.Fitting;

public class RobustBulkTests
{
    public static TheoryData<int, double> Planted
    {
        get
        {
            TheoryData<int, double> data = [];
            foreach (int q in new[] { 1, 2, 8 })
            {
                foreach (double share in new[] { 0, 0.3, 0.9, 0.99, 0.9999 })
                    data.Add(q, share);
            }

            return data;
        }
    }

    /// <summary>A Gaussian matrix of variance 1 plus a rank-one matrix that carries the given share of the squared norm.</summary>
    private static double[] Spectrum(int n, int m, double share, int seed, double scale = 1)
    {
        MersenneTwister random = new(seed);
        Matrix<double> w = Matrix<double>.Build.Random(n, m, new Normal(0, 1, random));
        if (share > 0)
        {
            Vector<double> u = Vector<double>.Build.Random(n, new Normal(0, 1, random)).Normalize(2);
            Vector<double> v = Vector<double>.Build.Random(m, new Normal(0, 1, random)).Normalize(2);
            w += Math.Sqrt(share / (1 - share) * n * m) * u.OuterProduct(v);
        }

        return [.. w.Svd(false).S.Select(s => s * s * scale).Order()];
    }

    [Theory]
    [MemberData(nameof(Planted))]
    public void The_bulk_edge_stays_within_five_percent_under_a_planted_spike(int q, double share)
    {
        const int m = 150;
        for (int seed = 1; seed <= (q == 8 ? 1 : 2); seed++)
        {
            RobustBulk bulk = RobustBulk.Fit(Spectrum(q * m, m, share, seed), q * m, m, RobustBulkOptions.Default).Value;
            double exact = Math.Pow(Math.Sqrt(q * m) + Math.Sqrt(m), 2);
            Assert.InRange(bulk.BulkMax / exact, 0.95, 1.05);
            Assert.InRange(bulk.NumSpikes, share > 0 ? 1 : 0, share > 0 ? 2 : 1);
        }
    }

    [Fact]
    public void A_fifth_of_the_eigenvalues_may_be_spikes()
    {
        double[] spectrum = Spectrum(400, 200, 0, 7);
        for (int i = 160; i < 200; i++)
            spectrum[i] *= 50 * (i - 150);
        RobustBulk bulk = RobustBulk.Fit([.. spectrum.Order()], 400, 200, RobustBulkOptions.Default).Value;
        Assert.InRange(bulk.NumSpikes, 39, 42);
    }

    [Fact]
    public void The_fit_scales_with_the_eigenvalues()
    {
        double[] spectrum = Spectrum(200, 100, 0.9, 5);
        RobustBulk one = RobustBulk.Fit(spectrum, 200, 100, RobustBulkOptions.Default).Value;
        RobustBulk scaled = RobustBulk.Fit([.. spectrum.Select(x => x * 1e-12)], 200, 100, RobustBulkOptions.Default).Value;
        Assert.Equal(one.BulkMax * 1e-12, scaled.BulkMax, 1e-10 * scaled.BulkMax);
        Assert.Equal(one.NumSpikes, scaled.NumSpikes);
        Assert.Equal(one.D, scaled.D, 1e-10);
    }

    [Fact]
    public void Slices_of_one_convolution_share_one_bulk()
    {
        double[] pooled = [.. Enumerable.Range(1, 9).SelectMany(seed => Spectrum(128, 64, 0, seed)).Order()];
        RobustBulk bulk = RobustBulk.Fit(pooled, 128, 64, RobustBulkOptions.Default with { Slices = 9 }).Value;
        Assert.InRange(bulk.Sigma, 0.98, 1.02);
        Assert.InRange(bulk.D, 0, 0.03);
        Assert.Equal(0, bulk.NumSpikes);
    }

    [Fact]
    public void Random_matrices_seldom_have_a_spike()
    {
        int withSpike = 0;
        for (int seed = 0; seed < 120; seed++)
        {
            RobustBulk bulk = RobustBulk.OfKnownVariance(Spectrum(60, 40, 0, 1000 + seed), 60, 40, 1, RobustBulkOptions.Default).Value;
            withSpike += bulk.NumSpikes > 0 ? 1 : 0;
        }

        // The edge is one of 1 %: more than 6 of 120 have a probability of 3e-4.
        Assert.InRange(withSpike, 0, 6);
    }

    [Theory]
    [InlineData(12, 12)]
    [InlineData(30, 15)]
    [InlineData(160, 20)]
    public void The_stated_error_is_the_spread_over_seeds(int n, int m)
    {
        double[] errors = [.. Enumerable.Range(0, 100).Select(seed =>
        {
            RobustBulk bulk = RobustBulk.Fit(Spectrum(n, m, 0, 5000 + seed), n, m, RobustBulkOptions.Default).Value;
            return ((bulk.Sigma * bulk.Sigma) - 1) / bulk.RelativeVarianceError;
        })];
        double spread = Math.Sqrt(errors.Sum(error => error * error) / errors.Length);
        Assert.InRange(spread, 0.75, 1.35);
    }

    [Theory]
    [InlineData(10, 2)]
    [InlineData(24, 1)]
    [InlineData(40, 8)]
    public void The_edge_of_few_eigenvalues_lies_within_its_stated_interval_under_a_planted_spike(int m, int q)
    {
        double exact = Math.Pow(Math.Sqrt(q * m) + Math.Sqrt(m), 2);
        int within = 0, all = 0;
        foreach (double share in (double[])[0.3, 0.9, 0.9999])
        {
            for (int seed = 0; seed < 40; seed++)
            {
                RobustBulk bulk = RobustBulk.Fit(Spectrum(q * m, m, share, 9000 + seed), q * m, m, RobustBulkOptions.Default).Value;
                within += Math.Abs(bulk.BulkMax - exact) <= 2 * bulk.RelativeVarianceError * bulk.BulkMax ? 1 : 0;
                all++;
            }
        }

        // 95 % of 120 are 114; three standard deviations fewer are 107.
        Assert.InRange(within, 107, all);
    }

    [Fact]
    public void Edge_cases_have_a_reason_instead_of_a_number()
    {
        Assert.Equal(OutcomeKind.NotApplicable, RobustBulk.Fit(new double[30], 60, 30, RobustBulkOptions.Default).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, RobustBulk.Fit([1, 2, 3], 5, 3, RobustBulkOptions.Default).Kind);
        Assert.Equal(OutcomeKind.NotApplicable, RobustBulk.Fit([.. new double[29], 1], 60, 30, RobustBulkOptions.Default).Kind);
        Assert.Equal(OutcomeKind.Failed, RobustBulk.Fit([.. new double[29], double.NaN], 60, 30, RobustBulkOptions.Default).Kind);
        Assert.Throws<ArgumentOutOfRangeException>(() => RobustBulk.Fit(new double[30], 20, 30, RobustBulkOptions.Default));
    }
}
