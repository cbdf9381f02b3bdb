using MathNet.Numerics.LinearAlgebra;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The first few eigenvectors of a symmetric positive matrix by orthogonal iteration (Golub and Van Loan, Matrix Computations, section 8.2.4), from a fixed start.
/// </summary>
/// <param name="Values">The Ritz values, descending.</param>
/// <param name="Vectors">The vectors in the same order, each of unit length.</param>
internal sealed record LeadingDirections(double[] Values, double[][] Vectors)
{
    private const int Iterations = 15;

    /// <summary>Finds the leading directions.</summary>
    /// <param name="matrix">order x order, row-major, both triangles.</param>
    /// <param name="order">The order, 1 or more.</param>
    /// <param name="count">How many vectors are iterated; at most the order.</param>
    /// <param name="ct">Asked in each iteration.</param>
    public static LeadingDirections Of(double[] matrix, int order, int count, CancellationToken ct)
    {
        double[][] vectors = new double[count][];
        ulong state = 0x9E3779B97F4A7C15UL;
        for (int k = 0; k < count; k++)
        {
            vectors[k] = new double[order];
            for (int i = 0; i < order; i++)
            {
                state = (state * 6364136223846793005UL) + 1442695040888963407UL;
                vectors[k][i] = ((state >> 11) * (1.0 / (1UL << 53))) - 0.5;
            }
        }

        Orthonormalize(vectors);
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            ct.ThrowIfCancellationRequested();
            vectors = Times(matrix, order, vectors);
            Orthonormalize(vectors);
        }

        // Within the subspace the vectors are rotated to the eigenvectors (Rayleigh and Ritz).
        double[][] images = Times(matrix, order, vectors);
        Matrix<double> small = Matrix<double>.Build.Dense(count, count, (i, j) => (MatrixProduct.Dot(vectors[i], images[j]) + MatrixProduct.Dot(vectors[j], images[i])) / 2);
        MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> pairs = small.Evd(Symmetricity.Symmetric);
        double[] values = new double[count];
        double[][] rotated = new double[count][];
        for (int k = 0; k < count; k++)
        {
            int from = count - 1 - k;
            values[k] = pairs.EigenValues[from].Real;
            double[] vector = new double[order];
            for (int l = 0; l < count; l++)
            {
                double weight = pairs.EigenVectors[l, from];
                for (int i = 0; i < order; i++)
                    vector[i] += weight * vectors[l][i];
            }

            rotated[k] = vector;
        }

        return new LeadingDirections(values, rotated);
    }

    /// <summary>The largest principal angle between the spans of the first <paramref name="count"/> vectors of each, in degrees (Bjorck and Golub 1973).</summary>
    public static double LargestAngle(LeadingDirections a, LeadingDirections b, int count)
    {
        Matrix<double> cosines = Matrix<double>.Build.Dense(count, count, (i, j) => MatrixProduct.Dot(a.Vectors[i], b.Vectors[j]));
        return Math.Acos(Math.Clamp(cosines.Svd(computeVectors: false).S.Minimum(), 0, 1)) * 180 / Math.PI;
    }

    private static double[][] Times(double[] matrix, int order, double[][] vectors)
    {
        double[][] images = [.. vectors.Select(_ => new double[order])];
        for (int i = 0; i < order; i++)
        {
            ReadOnlySpan<double> row = matrix.AsSpan(i * order, order);
            for (int k = 0; k < vectors.Length; k++)
                images[k][i] = MatrixProduct.Dot(row, vectors[k]);
        }

        return images;
    }

    private static void Orthonormalize(double[][] vectors)
    {
        for (int k = 0; k < vectors.Length; k++)
        {
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < k; j++)
                {
                    double product = MatrixProduct.Dot(vectors[k], vectors[j]);
                    for (int i = 0; i < vectors[k].Length; i++)
                        vectors[k][i] -= product * vectors[j][i];
                }
            }

            double norm = Math.Sqrt(MatrixProduct.Dot(vectors[k], vectors[k]));
            for (int i = 0; norm > 0 && i < vectors[k].Length; i++)
                vectors[k][i] /= norm;
        }
    }
}
