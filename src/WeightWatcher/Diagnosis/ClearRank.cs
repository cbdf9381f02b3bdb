using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Diagnosis;

/// <summary>
/// How much of a layer's rank is beyond doubt. A matrix that was cut to a lower rank and multiplied out again in the precision that it is stored in carries the rounding of
/// every step, several times what storing alone leaves; the full rank of a trained layer lies orders of magnitude higher.
/// </summary>
internal static class ClearRank
{
    /// <summary>A singular value is clear above this many times the rounding level of the stored weights.</summary>
    public const double RoundingMargin = 16;

    /// <summary>And above this share of the largest singular value of a random matrix of the same size and norm, whatever the precision.</summary>
    public const double EdgeShare = 1e-5;

    /// <summary>The number of clear singular values of all slices over the number of all.</summary>
    public static double Share(Layer layer, LayerSpectra spectra)
    {
        int clear = 0, all = 0;
        for (int i = 0; i < spectra.SingularValues.Length; i++)
        {
            double[] values = spectra.SingularValues[i];
            MatrixShape shape = new(layer.Slices[i].Rows, layer.Slices[i].Columns);
            double squares = values.Sum(v => v * v), edge = Math.Sqrt(squares / shape.Count) * (Math.Sqrt(shape.Rows) + Math.Sqrt(shape.Columns));
            double limit = Math.Max(RoundingMargin * SpectralRank.Tolerance(shape.Rows, shape.Columns, layer.Tensor.StoredEpsilon, values), EdgeShare * edge);
            clear += values.Count(v => v > limit);
            all += values.Length;
        }

        return all == 0 ? 0 : (double)clear / all;
    }

    private readonly record struct MatrixShape(int Rows, int Columns)
    {
        public double Count => (double)Rows * Columns;
    }
}
