using WeightWatcher.Evaluation.Simulations;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>The best approximations of a matrix by one of lower rank, and orthonormal vectors.</summary>
internal static class LowRank
{
    private const int Iterations = 12;

    /// <summary>The matrix of units by weights cut to a share of its rank, by subspace iteration (Golub and Van Loan, section 8.2.4).</summary>
    public static ModelTensor Cut(ModelTensor tensor, double share, RandomNumbers random)
    {
        int rows = tensor.Rows, columns = tensor.Columns, rank = Math.Max(1, (int)(share * Math.Min(rows, columns)));
        double[][] basis = Orthonormal(rank, columns, random);
        double[][] image = [];
        for (int i = 0; i < Iterations; i++)
        {
            image = [.. basis.Select(q => Times(tensor.Values, rows, columns, q))];
            basis = [.. image.Select(y => TransposeTimes(tensor.Values, rows, columns, y))];
            Orthonormalise(basis);
        }

        image = [.. basis.Select(q => Times(tensor.Values, rows, columns, q))];
        float[] values = new float[tensor.Values.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < rank; k++)
            {
                double weight = image[k][i];
                for (int j = 0; j < columns; j++)
                    values[(i * columns) + j] += (float)(weight * basis[k][j]);
            }
        }

        return tensor with { Values = values };
    }

    /// <summary>Random orthonormal vectors.</summary>
    public static double[][] Orthonormal(int count, int length, RandomNumbers random)
    {
        double[][] vectors = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, length).Select(_ => random.Normal()).ToArray())];
        Orthonormalise(vectors);
        return vectors;
    }

    // Gram and Schmidt, twice, which is enough for orthogonality to rounding.
    private static void Orthonormalise(double[][] vectors)
    {
        for (int i = 0; i < vectors.Length; i++)
        {
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    double dot = Dot(vectors[i], vectors[j]);
                    for (int k = 0; k < vectors[i].Length; k++)
                        vectors[i][k] -= dot * vectors[j][k];
                }
            }

            double norm = Math.Sqrt(Dot(vectors[i], vectors[i]));
            for (int k = 0; k < vectors[i].Length && norm > 0; k++)
                vectors[i][k] /= norm;
        }
    }

    private static double[] Times(float[] w, int rows, int columns, double[] x)
    {
        double[] y = new double[rows];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                y[i] += w[(i * columns) + j] * x[j];
        }

        return y;
    }

    private static double[] TransposeTimes(float[] w, int rows, int columns, double[] y)
    {
        double[] x = new double[columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                x[j] += w[(i * columns) + j] * y[i];
        }

        return x;
    }

    private static double Dot(double[] x, double[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }
}
