using WeightWatcher.Fitting;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Metrics;
using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Analysis;

/// <summary>The null of rand_distance where one permutation is drawn of a matrix with large entries.</summary>
public sealed class SpikedDrawsTests
{
    /// <summary>docs/uncertainty.md has more shapes and entries.</summary>
    [Theory]
    [InlineData(256, 256)]
    [InlineData(1500, 150)]
    public void The_stated_distance_of_two_permutations_is_the_measured_one(int n, int m)
    {
        double[] ratios = [.. Enumerable.Range(0, 4).Select(seed =>
        {
            float[] entries = HeavyTailed(n * m, seed);
            double measured = Distances(entries, n, m, 10).Average();
            Assert.True(measured > 1.2 * RandDistanceNull.ClosedForm(n, m).Value, "The large entries make a difference.");
            return Stated(entries, n, m).Expected / measured;
        })];
        Assert.All(ratios, ratio => Assert.InRange(ratio, 0.6, 1.7));
        Assert.InRange(ratios.Average(), 0.75, 1.35);
    }

    [Fact]
    public void Of_a_few_entries_that_differ_from_zero_there_is_no_bulk()
    {
        const int n = 200, m = 150;
        float[] entries = new float[n * m];
        TestModel.Gaussian(300, 4).CopyTo(entries, 0);
        Assert.InRange(Stated(entries, n, m).Expected / Distances(entries, n, m, 10).Average(), 0.6, 1.5);
    }

    /// <summary>The error of rand_distance that one permutation leaves, beside what many permutations of one matrix give; with learned directions, so that the distance is not chance alone.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_distance_to_one_permutation_scatters_as_stated(float structure)
    {
        const int n = 400, m = 200;
        double[] ratios = [.. Enumerable.Range(0, 4).Select(seed =>
        {
            float[] weights = HeavyTailed(n * m, seed), left = TestModel.Gaussian(n, seed + 50), right = TestModel.Gaussian(m, seed + 60);
            for (int i = 0; i < weights.Length; i++)
                weights[i] += structure * left[i / m] * right[i % m];
            double[] own = Spectrum(weights, n, m), permuted = Permuted(weights, n, m, 0);
            SpikedDraws draws = Draw(weights, n, m)!;
            float[] sorted = [.. weights.Order()];
            RandomizedSlice slice = new(EntryStatistics.Of<float>(sorted, CancellationToken.None), [permuted], [], 3, draws);
            double stated = JackknifeMetrics.SpreadOfDraws(new LayerSpectra { Outcome = SpectrumOutcome.Converged, Eigenvalues = own, Permuted = [permuted], Slices = [slice] }).Value;
            double[] distances = [.. Enumerable.Range(1, 16).Select(replica => JensenShannon.IndexAligned(own, Permuted(weights, n, m, replica)).Value)];
            double mean = distances.Average();
            return stated / Math.Sqrt(distances.Sum(d => (d - mean) * (d - mean)) / (distances.Length - 1));
        })];
        Assert.All(ratios, ratio => Assert.InRange(ratio, 0.2, 5));
        Assert.InRange(ratios.Average(), 0.5, 2.5);
    }

    [Fact]
    public void Without_large_entries_nothing_is_drawn() => Assert.Null(Draw(TestModel.Gaussian(300 * 200, 1), 300, 200));

    [Fact]
    public void All_entries_equal_or_as_large_as_numbers_get_draw_nothing_that_is_not_finite()
    {
        Assert.Null(Draw([.. Enumerable.Repeat(3f, 60)], 10, 6));
        double[] huge = [.. HeavyTailed(200 * 150, 2).Select(x => x * 1e300)];
        Permutation.Sort<double>(huge, CancellationToken.None);
        Assert.Null(SpikedDraws.Of<double>(huge, EntryStatistics.Of<double>(huge, CancellationToken.None), 200, 150, 42, 0, CancellationToken.None));
    }

    [Fact]
    public void Twice_the_entries_are_four_times_the_eigenvalues_and_another_seed_draws_others()
    {
        float[] entries = HeavyTailed(200 * 150, 3);
        SpikedDraws draws = Draw(entries, 200, 150)!, doubled = Draw([.. entries.Select(x => 2 * x)], 200, 150)!;
        Assert.Equal(draws.Largest.Length, doubled.Largest.Length);
        foreach ((double[] first, double[] second) in draws.Largest.Zip(doubled.Largest))
            Assert.Equal(first.Select(x => 4 * x), second);
        Assert.NotEqual(draws.Largest[0], Draw(entries, 200, 150, seed: 43)!.Largest[0]);
        Assert.All(draws.Largest, draw => Assert.Equal(draw.OrderDescending(), draw));
    }

    private static (double Expected, double Deviation) Stated(float[] entries, int n, int m)
    {
        SpikedDraws draws = Draw(entries, n, m)!;
        return RandDistanceNull.Spiked(n, m, draws.Largest, draws.BulkSquares, entries.Sum(x => (double)x * x)).Value;
    }

    private static SpikedDraws? Draw(float[] entries, int n, int m, ulong seed = 42)
    {
        float[] sorted = [.. entries.Order()];
        return SpikedDraws.Of<float>(sorted, EntryStatistics.Of<float>(sorted, CancellationToken.None), n, m, seed, 0, CancellationToken.None);
    }

    private static IEnumerable<double> Distances(float[] entries, int n, int m, int permutations)
    {
        double[][] spectra = [.. Enumerable.Range(0, permutations).Select(i => Permuted(entries, n, m, i))];
        return from i in Enumerable.Range(0, permutations) from j in Enumerable.Range(0, i) select JensenShannon.IndexAligned(spectra[i], spectra[j]).Value;
    }

    private static double[] Permuted(float[] entries, int n, int m, int replica)
    {
        float[] permuted = [.. entries];
        RandomSource random = new(1, RandomPurpose.Permutation, n, m, 0, replica);
        Permutation.Shuffle<float>(permuted, ref random, CancellationToken.None);
        return Spectrum(permuted, n, m);
    }

    private static double[] Spectrum(float[] entries, int n, int m)
    {
        double[] spectrum = new double[m];
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute(entries, n, m, spectrum, TestContext.Current.CancellationToken));
        return spectrum;
    }

    /// <summary>Draws of Student's t(3).</summary>
    internal static float[] HeavyTailed(int count, int seed)
    {
        float[] normal = TestModel.Gaussian(4 * count, seed);
        return [.. Enumerable.Range(0, count).Select(i => normal[4 * i] / MathF.Sqrt(((normal[(4 * i) + 1] * normal[(4 * i) + 1]) + (normal[(4 * i) + 2] * normal[(4 * i) + 2]) + (normal[(4 * i) + 3] * normal[(4 * i) + 3])) / 3))];
    }
}
