using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

public class DeletedGroupSpectraTests
{
    [Theory]
    [InlineData(30, 30, 6)]
    [InlineData(30, 10, 6)]
    [InlineData(33, 30, 8)]
    [InlineData(11, 10, 11)]
    [InlineData(500, 420, 4)]
    [InlineData(420, 420, 3)]
    public void A_spectrum_is_that_of_the_rows_that_stay(int rows, int columns, int groups)
    {
        float[] w = Analysis.TestModel.Gaussian(rows * columns, 5, 0.03);
        int[] starts = [.. Enumerable.Range(0, groups).Select(k => k * rows / groups)];
        double[][] spectra = [.. starts.Select(_ => new double[columns])];
        Assert.Equal(SpectrumOutcome.Converged, DeletedGroupSpectra.Compute<float>(w, rows, columns, starts, spectra, CancellationToken.None));
        for (int k = 0; k < groups; k++)
        {
            int from = starts[k] * columns, to = (k + 1 < groups ? starts[k + 1] : rows) * columns;
            float[] rest = [.. w[..from], .. w[to..]];
            int left = rest.Length / columns, order = Math.Min(left, columns);
            double[] expected = new double[order];
            Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute(rest, left, columns, expected, CancellationToken.None));
            Assert.All(spectra[k][..(columns - order)], zero => Assert.Equal(0, zero));
            for (int i = 0; i < order; i++)
                Assert.Equal(expected[i], spectra[k][columns - order + i], 1e-13 * expected[^1]);
        }
    }

    [Fact]
    public void Zeros_have_zero_eigenvalues_and_NaN_none()
    {
        double[][] spectra = [[1, 1], [1, 1]];
        Assert.Equal(SpectrumOutcome.Converged, DeletedGroupSpectra.Compute<float>(new float[8], 4, 2, [0, 2], spectra, CancellationToken.None));
        Assert.All(spectra, spectrum => Assert.Equal([0, 0], spectrum));
        float[] bad = [1, 2, 3, 4, 5, 6, 7, float.NaN];
        Assert.Equal(SpectrumOutcome.NonFinite, DeletedGroupSpectra.Compute<float>(bad, 4, 2, [0, 2], spectra, CancellationToken.None));
    }
}
