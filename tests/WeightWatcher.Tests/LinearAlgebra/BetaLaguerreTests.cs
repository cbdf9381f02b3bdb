using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

public class BetaLaguerreTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(30, 1)]
    [InlineData(8, 8)]
    [InlineData(40, 20)]
    public void Mean_trace_and_mean_square_are_those_of_a_Wishart_matrix(int n, int m)
    {
        // E tr G'G = N M and E tr (G'G)^2 = N M (N + M + 1) for unit variance (Anderson 2003, section 7.3).
        const int Draws = 2000;
        Random random = new(1);
        double trace = 0, square = 0, traceSquares = 0;
        for (int i = 0; i < Draws; i++)
        {
            double[] eigenvalues = Draw(n, m, 1, random);
            double sum = eigenvalues.Sum();
            trace += sum;
            traceSquares += sum * sum;
            square += eigenvalues.Sum(x => x * x);
        }

        trace /= Draws;
        double variance = (traceSquares / Draws) - (trace * trace);
        double nm = (double)n * m;
        Assert.Equal(1, trace / nm, 5 * Math.Sqrt(2 / nm / Draws));
        Assert.Equal(1, variance / (2 * nm), 0.25);
        Assert.Equal(1, square / Draws / (nm * (n + m + 1)), 0.15);
    }

    [Fact]
    public void The_spectrum_fills_the_Marchenko_Pastur_interval()
    {
        double[] eigenvalues = Draw(2000, 500, 0.1, new Random(2));
        double edge = 0.01 * Math.Pow(Math.Sqrt(2000) + Math.Sqrt(500), 2), lower = 0.01 * Math.Pow(Math.Sqrt(2000) - Math.Sqrt(500), 2);
        Assert.Equal(1, eigenvalues[^1] / edge, 0.02);
        Assert.Equal(1, eigenvalues[0] / lower, 0.05);
        Assert.Equal(eigenvalues.Order(), eigenvalues);
    }

    [Fact]
    public void It_has_the_distribution_of_the_spectrum_of_a_Gaussian_matrix()
    {
        // The largest eigenvalue of 300 draws of either kind: the two-sample Kolmogorov-Smirnov distance stays below its 0.1 % point, 1.95 sqrt(2 / n).
        const int Draws = 300, N = 12, M = 7;
        Random random = new(3);
        double[] model = [.. Enumerable.Range(0, Draws).Select(_ => Draw(N, M, 1, random)[^1]).Order()];
        double[] matrix = [.. Enumerable.Range(0, Draws).Select(_ => SpectrumOf.Gram([.. Enumerable.Range(0, N * M).Select(_ => Normal(random))], N, M)[^1]).Order()];
        double distance = model.Concat(matrix).Max(x => Math.Abs(model.Count(y => y <= x) - matrix.Count(y => y <= x))) / (double)Draws;
        Assert.InRange(distance, 0, 1.95 * Math.Sqrt(2.0 / Draws));
    }

    [Fact]
    public void Sigma_scales_and_equal_numbers_give_equal_bits()
    {
        double[] one = Draw(50, 30, 1, new Random(4)), two = Draw(50, 30, 2, new Random(4));
        Assert.Equal(one.Select(x => 4 * x), two);
        Assert.Equal(one, Draw(50, 30, 1, new Random(4)));
        Assert.Equal(new double[30], Draw(50, 30, 0, new Random(4)));
    }

    [Fact]
    public void Sizes_and_sigma_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw(3, 4, 1, new Random(5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw(3, 0, 1, new Random(5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw(4, 3, double.NaN, new Random(5)));
    }

    private static double[] Draw(int n, int m, double sigma, Random random)
    {
        double[] eigenvalues = new double[m];
        SpectrumOutcome outcome = BetaLaguerre.Draw(n, m, sigma, () => 1 - random.NextDouble(), () => Normal(random), eigenvalues, CancellationToken.None);
        Assert.Equal(SpectrumOutcome.Converged, outcome);
        return eigenvalues;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
