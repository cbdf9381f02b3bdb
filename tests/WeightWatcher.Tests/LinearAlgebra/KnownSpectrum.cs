namespace WeightWatcher.Tests.LinearAlgebra;

/// <summary>Matrices made to have given singular values: a diagonal matrix between products of Householder reflections.</summary>
internal static class KnownSpectrum
{
    /// <summary>rows x columns, row-major, with the given min(rows, columns) singular values.</summary>
    public static double[] Matrix(int rows, int columns, double[] singularValues, ulong seed, int reflections = 3)
    {
        double[] a = new double[rows * columns];
        for (int i = 0; i < singularValues.Length; i++)
            a[(i * columns) + i] = singularValues[i];
        Lcg lcg = new(seed);
        for (int r = 0; r < reflections; r++)
        {
            ReflectRows(a, rows, columns, lcg.Uniform(rows));
            ReflectColumns(a, rows, columns, lcg.Uniform(columns));
        }

        return a;
    }

    /// <summary>The transpose of a rows x columns matrix.</summary>
    public static T[] Transpose<T>(T[] a, int rows, int columns)
    {
        T[] result = new T[a.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                result[(j * rows) + i] = a[(i * columns) + j];
        }

        return result;
    }

    private static void ReflectRows(double[] a, int rows, int columns, double[] v)
    {
        double scale = 2 / SumOfSquares(v);
        double[] z = new double[columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                z[j] += v[i] * a[(i * columns) + j];
        }

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                a[(i * columns) + j] -= scale * v[i] * z[j];
        }
    }

    private static void ReflectColumns(double[] a, int rows, int columns, double[] v)
    {
        double scale = 2 / SumOfSquares(v);
        for (int i = 0; i < rows; i++)
        {
            double sum = 0;
            for (int j = 0; j < columns; j++)
                sum += a[(i * columns) + j] * v[j];
            for (int j = 0; j < columns; j++)
                a[(i * columns) + j] -= scale * sum * v[j];
        }
    }

    // Summed by chunks, since a reflection is orthogonal only as far as this sum is right.
    private static double SumOfSquares(double[] v) => v.Chunk(256).Sum(chunk => chunk.Sum(x => x * x));
}
