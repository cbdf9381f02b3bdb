using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Analysis;

/// <summary>A matrix and its transpose are one layer: whichever a format stores, every column has the same bits.</summary>
public sealed class StorageOrderTests : IDisposable
{
    private readonly TestModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(50, 50)]
    [InlineData(64, 64)]
    [InlineData(130, 130)]
    [InlineData(90, 40)]
    [InlineData(257, 128)]
    public void A_transposed_matrix_gives_the_same_bits(int rows, int columns)
    {
        float[] weights = TestModel.Trained(rows, columns, 7);
        foreach (Semantics semantics in Enum.GetValues<Semantics>())
        {
            AnalysisOptions options = AnalysisOptions.Default with { Randomize = Randomization.Both, Semantics = semantics };
            LayerReport stored = _model.Layer(options, [rows, columns], weights), transposed = _model.Layer(options, [columns, rows], TestModel.Transpose(weights, rows, columns));
            foreach ((string metric, Measurement value) in stored.Metrics)
                Assert.True(value.Value.Equals(transposed[metric].Value), $"{semantics} {metric}: {value.Value:R} and {transposed[metric].Value:R}");
        }
    }
}
