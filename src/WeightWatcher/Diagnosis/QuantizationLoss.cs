using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Metrics;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>
/// How far rounding turns the leading directions of a layer: to the nearest of 2^(b-1) - 1 equal steps of either sign and zero, up to the largest weight of the matrix. One scale for the matrix is the
/// plainest quantization there is; formats with a scale per row or block do better.
/// </summary>
internal static class QuantizationLoss
{
    /// <summary>The most columns of a matrix: its Gram matrix is formed for each width.</summary>
    public const int MostColumns = 4096;

    /// <summary>Sets the column of each bit width.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its tensor's elements, finite.</param>
    /// <param name="row">Receives the columns; has num_spikes when there is a Marchenko-Pastur fit.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Measure(Layer layer, WeightMatrix weights, MetricRow row, CancellationToken cancellationToken)
    {
        MatrixSlice slice = layer.Slices[0];
        Outcome<double> spikes = layer.Slices.Length > 1 ? Outcome.NotApplicable<double>("several slices have no common directions")
            : slice.Columns > MostColumns ? Outcome.NotApplicable<double>($"more than {MostColumns} columns")
            : row["num_spikes"].Then(found => found >= 1 ? Outcome.Success(found) : Outcome.NotApplicable<double>("no direction stands out"));
        if (!spikes.TryGetValue(out double count))
        {
            foreach (int bits in QuantizationCatalog.Bits)
                row.Set(QuantizationCatalog.NameOf(bits), spikes);
            return;
        }

        double[] whole = WeightChange.Elements(weights, slice), rounded = new double[whole.Length];
        double largest = 0;
        foreach (double x in whole)
            largest = Math.Max(largest, Math.Abs(x));
        double[] gram = MatrixProduct.TransposedTimes(whole, whole, slice.Rows, slice.Columns, slice.Columns, cancellationToken);
        foreach (int bits in QuantizationCatalog.Bits)
        {
            double step = largest / ((1 << (bits - 1)) - 1);
            for (int i = 0; i < whole.Length; i++)
                rounded[i] = Math.Round(whole[i] / step) * step;
            double[] after = MatrixProduct.TransposedTimes(rounded, rounded, slice.Rows, slice.Columns, slice.Columns, cancellationToken);
            row.Set(QuantizationCatalog.NameOf(bits), WeightChange.TopAngle(after, gram, slice.Columns, (int)count, cancellationToken));
        }
    }
}
