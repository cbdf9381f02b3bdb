using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Reports;

/// <summary>A sketch is small, counts every eigenvalue, and keeps the largest ones as they are.</summary>
public sealed class SpectrumSketchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(120)]
    [InlineData(121)]
    [InlineData(50_000)]
    public void Every_eigenvalue_is_counted_and_few_are_kept(int count)
    {
        double[] values = [.. Enumerable.Range(1, count).Select(i => i * 0.5)];
        SpectrumSketch sketch = SpectrumSketch.Of(values, [values])!;
        Assert.Equal(count, sketch.Count);
        Assert.Equal(count, sketch.Logarithmic.Sum());
        Assert.Equal(count, sketch.Permuted.Sum(), 0.01);
        Assert.InRange(sketch.Eigenvalues.Length, 1, 121);
        Assert.Equal(1, sketch.Ranks[0]);
        Assert.Equal(count, sketch.Ranks[^1]);
        Assert.All(sketch.Eigenvalues.Zip(sketch.Ranks), kept => Assert.Equal((float)values[^kept.Second], kept.First));
        Assert.Equal(sketch.Ranks.Order().Distinct(), sketch.Ranks);
    }

    [Fact]
    public void Zeros_are_in_the_first_bin_and_spikes_are_beyond_the_last()
    {
        double[] values = [0, 0, 0, .. Enumerable.Range(0, 20).Select(i => 2 + (i * 0.05)), 100];
        SpectrumSketch sketch = SpectrumSketch.Of(values, [[.. Enumerable.Range(0, 24).Select(i => i == 0 ? 1 : 2 + (i * 0.05))]])!;
        Assert.Equal(3, sketch.Logarithmic[0]);
        Assert.Equal(3, sketch.Linear[0]);
        Assert.Equal(1, sketch.Logarithmic[^1]);
        Assert.Equal(23, sketch.Linear.Sum());
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 0.0, 0.0 })]
    [InlineData(new[] { 1.0, double.NaN })]
    [InlineData(new[] { 1.0, double.PositiveInfinity })]
    public void What_cannot_be_drawn_has_no_sketch(double[] values) => Assert.Null(SpectrumSketch.Of(values, []));

    [Fact]
    public void Without_permutations_the_bins_are_those_of_the_layer()
    {
        SpectrumSketch sketch = SpectrumSketch.Of([1, 1, 1], [])!;
        Assert.Empty(sketch.Permuted);
        Assert.Equal(3, sketch.Logarithmic.Sum());
        Assert.True(sketch.LogLow < 0 && sketch.LogHigh > 0 && sketch.LinearHigh > 1);
    }
}
