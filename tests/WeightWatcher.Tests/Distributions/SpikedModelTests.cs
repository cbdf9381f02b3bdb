using WeightWatcher.Distributions;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Distributions;

public sealed class SpikedModelTests
{
    /// <summary>Rows and columns of the expected length: the closed form of the spiked model.</summary>
    [Theory]
    [InlineData(200, 200, 1.0, 1.5)]
    [InlineData(900, 300, 0.25, 1.1)]
    [InlineData(4000, 10, 3.0, 20)]
    public void A_spike_in_a_random_matrix_raises_the_eigenvalue_of_the_closed_form(int n, int m, double variance, double sizes)
    {
        SpikedModel model = new(n, m, variance);
        double square = sizes * sizes * variance * Math.Sqrt((double)n * m), rowLength = m * variance, columnLength = n * variance;
        double expected = (square + rowLength) * (square + columnLength) / square;
        Assert.Equal(expected, model.Eigenvalue(square, rowLength, columnLength)!.Value, 1e-8 * expected);
    }

    [Fact]
    public void A_spike_below_the_BBP_size_raises_none()
    {
        SpikedModel model = new(900, 300, 1);
        double threshold = Math.Sqrt(900.0 * 300);
        Assert.Null(model.Eigenvalue(0.999 * threshold, 300, 900));
        double least = model.Eigenvalue(1.001 * threshold, 300, 900)!.Value;
        Assert.InRange(least, model.Edge, model.Edge * 1.0001);
    }

    [Fact]
    public void A_longer_row_or_column_raises_it_further()
    {
        SpikedModel model = new(900, 300, 1);
        double plain = model.Eigenvalue(2000, 300, 900)!.Value;
        Assert.True(model.Eigenvalue(2000, 400, 900) > plain + 50);
        Assert.True(model.Eigenvalue(2000, 300, 1000) > plain + 50);
        Assert.True(model.Eigenvalue(1, 2000, 900) > model.Edge, "A long row raises an eigenvalue by itself.");
    }

    [Fact]
    public void Without_other_entries_only_the_cross_counts()
    {
        // Columns 1 and rows 2 of one large entry: [4, 2; 3, 0] has w'w of eigenvalues l with l^2 - 29 l + 36 = 0.
        SpikedModel model = new(50, 40, 1e-12);
        double expected = (29 + Math.Sqrt((29.0 * 29) - (4 * 36))) / 2;
        Assert.Equal(expected, model.Eigenvalue(16, 4, 9)!.Value, 1e-6);
    }

    /// <summary>The equation itself, with the resolvents of a matrix that was drawn in the place of those of the law.</summary>
    [Theory]
    [InlineData(1500, 300, 900)]
    [InlineData(700, 450, 700)]
    [InlineData(2500, 100, 1400)]
    [InlineData(10, 1300, 850)]
    public void What_is_raised_solves_the_equation_of_a_random_matrix(double square, double row, double column)
    {
        const int n = 900, m = 300;
        float[] w = TestModel.Gaussian(n * m, 5);
        double[] eigenvalues = new double[m];
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute(w, n, m, eigenvalues, TestContext.Current.CancellationToken));
        double lambda = new SpikedModel(n, m, 1).Eigenvalue(square, row, column)!.Value;
        double resolvent = eigenvalues.Average(l => 1 / (lambda - l)), other = ((m * resolvent) + ((n - m) / lambda)) / n;
        Assert.True(row * resolvent < 1 && column * other < 1, "Neither the row nor the column raises a larger one by itself.");
        Assert.Equal(square, lambda * (1 - (row * resolvent)) * (1 - (column * other)), 0.02 * lambda);
    }

    [Fact]
    public void What_is_predicted_of_its_own_row_and_column_is_closer_than_what_is_predicted_of_any()
    {
        const int n = 600, m = 200;
        double own = 0, any = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            float[] w = TestModel.Gaussian(n * m, seed);
            w[(7 * m) + 11] = 40;
            double row = Enumerable.Range(0, m).Where(j => j != 11).Sum(j => (double)w[(7 * m) + j] * w[(7 * m) + j]);
            double column = Enumerable.Range(0, n).Where(i => i != 7).Sum(i => (double)w[(i * m) + 11] * w[(i * m) + 11]);
            double[] eigenvalues = new double[m];
            Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute(w, n, m, eigenvalues, TestContext.Current.CancellationToken));
            SpikedModel model = new(n, m, 1);
            double error = model.Eigenvalue(1600, row, column)!.Value - eigenvalues[^1], plain = model.Eigenvalue(1600, m, n)!.Value - eigenvalues[^1];
            Assert.InRange(error / eigenvalues[^1], -0.02, 0.02);
            own += error * error;
            any += plain * plain;
        }

        Assert.True(own < 0.25 * any, $"{own} is not far below {any}.");
    }
}
