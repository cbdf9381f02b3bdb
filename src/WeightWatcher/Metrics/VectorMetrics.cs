using MathNet.Numerics.LinearAlgebra;
using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Metrics;

/// <summary>The twelve columns of <c>vectors</c>: mean and variance of three scores over the eigenvectors of WᵀW, apart for the bulk and the tail (lambda at least xmin).</summary>
internal static class VectorMetrics
{
    /// <summary>The most columns of a matrix whose eigenvectors are computed: they take time in the cube of it.</summary>
    public const int MostColumns = 2048;

    /// <summary>Measures the eigenvectors of a layer's matrices, all slices together.</summary>
    public static void Measure(Layer layer, WeightMatrix weights, Outcome<double> xmin, bool inverse, MetricRow row, CancellationToken cancellationToken)
    {
        Outcome<(List<VectorShape> Bulk, List<VectorShape> Tail)> shapes = xmin.Then(start => inverse ? Outcome.NotApplicable<(List<VectorShape>, List<VectorShape>)>("the spectrum is that of the inverse") : layer.Slices.Max(s => s.Columns) > MostColumns
            ? Outcome.NotApplicable<(List<VectorShape>, List<VectorShape>)>($"more than {MostColumns} eigenvectors")
            : Outcome.Success(Shapes(layer, weights, start, cancellationToken)));
        Set("bulk", shapes.Select(s => s.Bulk), row);
        Set("tail", shapes.Select(s => s.Tail), row);
    }

    private static (List<VectorShape> Bulk, List<VectorShape> Tail) Shapes(Layer layer, WeightMatrix weights, double xmin, CancellationToken cancellationToken)
    {
        List<VectorShape> bulk = [], tail = [];
        foreach (MatrixSlice slice in layer.Slices)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double[] matrix = new double[slice.Rows * slice.Columns];
            for (int i = 0; i < slice.Rows; i++)
            {
                for (int j = 0; j < slice.Columns; j++)
                    matrix[(j * slice.Rows) + i] = weights[slice.Offset + (i * slice.RowStride) + (j * slice.ColumnStride)];
            }

            // Multiplied by a power of two: the decomposition takes values that are tiny, whatever the others, for zeros.
            double largest = matrix.Max(Math.Abs), unit = largest > 0 ? Math.ScaleB(1, -Math.ILogB(largest)) : 1;
            Matrix<double> w = Matrix<double>.Build.Dense(slice.Rows, slice.Columns, [.. matrix.Select(x => x * unit)]);
            MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> pairs = w.TransposeThisAndMultiply(w).Evd(Symmetricity.Symmetric);
            for (int k = 0; k < slice.Columns; k++)
                (pairs.EigenValues[k].Real >= xmin * unit * unit * (1 - 1e-9) ? tail : bulk).Add(VectorShape.Of(pairs.EigenVectors.Column(k).AsArray() ?? pairs.EigenVectors.Column(k).ToArray()));
        }

        return (bulk, tail);
    }

    private static void Set(string part, Outcome<List<VectorShape>> shapes, MetricRow row)
    {
        foreach ((string score, Func<VectorShape, double> value) in (ReadOnlySpan<(string, Func<VectorShape, double>)>)
            [("vec_entropy", s => s.Entropy), ("loc_ratio", s => s.Localization), ("part_ratio", s => s.Participation)])
        {
            Outcome<List<VectorShape>> some = shapes.Then(list => list.Count > 0 ? Outcome.Success(list) : Outcome.NotApplicable<List<VectorShape>>($"there is no {part}"));
            row.Set($"{part}_mean_{score}", some.Select(list => list.Average(value)));
            row.Set($"{part}_var_{score}", some.Select(list => MathNet.Numerics.Statistics.ArrayStatistics.PopulationVariance([.. list.Select(value)])));
        }
    }
}
