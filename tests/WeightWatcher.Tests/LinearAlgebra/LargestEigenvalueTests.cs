using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

public class LargestEigenvalueTests
{
    public static TheoryData<int, int> Shapes => new() { { 1, 1 }, { 5, 9 }, { 64, 64 }, { 100, 100 }, { 65, 400 }, { 500, 80 }, { 257, 130 } };

    [Theory, MemberData(nameof(Shapes))]
    public void It_is_the_last_of_all_eigenvalues(int rows, int columns)
    {
        double[] w = new Lcg(41).Uniform(rows * columns);
        Assert.Equal(1, Of(w, rows, columns) / SpectrumOf.Gram(w, rows, columns)[^1], 1e-10);
        float[] single = [.. new Lcg(42).Heavy(rows * columns).Select(x => (float)x)];
        Assert.Equal(SpectrumOutcome.Converged, LargestEigenvalue.Compute(single, rows, columns, out double lambdaMax, CancellationToken.None));
        Assert.Equal(1, lambdaMax / SpectrumOf.Gram([.. single.Select(x => (double)x)], rows, columns)[^1], 1e-10);
    }

    [Fact]
    public void Two_nearly_equal_eigenvalues_do_not_mislead_it()
    {
        double[] singular = [.. Enumerable.Range(0, 118).Select(i => i / 200.0), 1 - 1e-7, 1];
        double[] w = KnownSpectrum.Matrix(150, 120, singular, 43);
        Assert.Equal(1, Of(w, 150, 120), 1e-9);
    }

    [Fact]
    public void Equal_eigenvalues_and_rank_one_end_the_iteration_early()
    {
        Assert.Equal(9, Of(KnownSpectrum.Matrix(90, 80, [.. Enumerable.Repeat(3.0, 80)], 44), 90, 80), 1e-9);
        Assert.Equal(4, Of(KnownSpectrum.Matrix(90, 80, [2, .. Enumerable.Repeat(0.0, 79)], 45), 90, 80), 1e-9);
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e140)]
    public void Scaling_the_matrix_scales_the_root(double scale)
    {
        double[] w = new Lcg(46).Uniform(70 * 70);
        double expected = Math.Sqrt(Of(w, 70, 70));
        Assert.Equal(SpectrumOutcome.Converged, LargestEigenvalue.Compute((double[])[.. w.Select(x => x * scale)], 70, 70, out double lambdaMax, CancellationToken.None));
        if (scale > 1)
            Assert.Equal(1, Math.Sqrt(lambdaMax) / scale / expected, 1e-10);
        else
            Assert.Equal(0, lambdaMax);
    }

    [Fact]
    public void Zeros_have_none_and_non_finite_entries_are_an_outcome()
    {
        Assert.Equal(0, Of(new double[100 * 100], 100, 100));
        Assert.Equal(0, Of([], 0, 7));
        double[] w = new Lcg(47).Uniform(100 * 100);
        w[5] = double.NaN;
        Assert.Equal(SpectrumOutcome.NonFinite, LargestEigenvalue.Compute(w, 100, 100, out _, CancellationToken.None));
    }

    private static double Of(double[] w, int rows, int columns)
    {
        Assert.Equal(SpectrumOutcome.Converged, LargestEigenvalue.Compute(w, rows, columns, out double lambdaMax, TestContext.Current.CancellationToken));
        return lambdaMax;
    }
}
