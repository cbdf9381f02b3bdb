using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Fitting;

/// <summary>
/// How alike two matrices of equally many rows are as maps, whatever rotates or scales their columns (Kornblith et al., ICML 2019): 0 to 1, 1 for equal ones.
/// </summary>
/// <param name="Linear">Linear CKA with centred columns: |Y'X|^2 / (|X'X| |Y'Y|), Frobenius norms.</param>
/// <param name="UncenteredRoot">What the Python tool calls CKA: columns not centred, and the square root taken: |X'Y| / sqrt(|X'X| |Y'Y|).</param>
internal readonly record struct CenteredKernelAlignment(double Linear, double UncenteredRoot)
{
    /// <summary>Compares two matrices.</summary>
    /// <param name="x">rows x columns, row-major.</param>
    /// <param name="y">rows x columns, row-major.</param>
    /// <param name="rows">The rows, 1 or more.</param>
    /// <param name="columns">The columns, 1 or more.</param>
    /// <param name="gramX">X'X.</param>
    /// <param name="gramY">Y'Y.</param>
    /// <param name="ct">Asked for every block.</param>
    public static Outcome<CenteredKernelAlignment> Of(
        ReadOnlySpan<double> x, ReadOnlySpan<double> y, int rows, int columns, double[] gramX, double[] gramY, CancellationToken ct)
    {
        double[] cross = MatrixProduct.TransposedTimes(x, y, rows, columns, columns, ct);
        double xx = MatrixProduct.Dot(gramX, gramX), yy = MatrixProduct.Dot(gramY, gramY), xy = MatrixProduct.Dot(cross, cross);
        if (!(xx > 0) || !(yy > 0))
            return Outcome.NotApplicable<CenteredKernelAlignment>("a matrix is zero");

        // Centring the columns takes rows * mean * mean' from each product, so the centred norms follow without centring anything.
        double[] meanX = Means(x, rows, columns), meanY = Means(y, rows, columns);
        double[] imageX = Images(x, meanX, rows, columns), imageY = Images(y, meanY, rows, columns);
        double sizeX = MatrixProduct.Dot(meanX, meanX), sizeY = MatrixProduct.Dot(meanY, meanY);
        double n = rows;
        double centeredX = xx - (2 * n * MatrixProduct.Dot(imageX, imageX)) + (n * n * sizeX * sizeX);
        double centeredY = yy - (2 * n * MatrixProduct.Dot(imageY, imageY)) + (n * n * sizeY * sizeY);
        double centered = xy - (2 * n * MatrixProduct.Dot(imageX, imageY)) + (n * n * sizeX * sizeY);
        double root = Math.Sqrt(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)));
        double linear = centeredX > 1e-12 * xx && centeredY > 1e-12 * yy ? Math.Clamp(centered / (Math.Sqrt(centeredX) * Math.Sqrt(centeredY)), 0, 1) : double.NaN;
        return double.IsNaN(linear)
            ? Outcome.NotApplicable<CenteredKernelAlignment>("the rows of a matrix are all equal")
            : Outcome.Success(new CenteredKernelAlignment(linear, root));
    }

    private static double[] Means(ReadOnlySpan<double> x, int rows, int columns)
    {
        double[] means = new double[columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                means[j] += x[(i * columns) + j];
        }

        for (int j = 0; j < columns; j++)
            means[j] /= rows;
        return means;
    }

    private static double[] Images(ReadOnlySpan<double> x, double[] vector, int rows, int columns)
    {
        double[] images = new double[rows];
        for (int i = 0; i < rows; i++)
            images[i] = MatrixProduct.Dot(x.Slice(i * columns, columns), vector);
        return images;
    }
}
