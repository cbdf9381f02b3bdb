namespace WeightWatcher.Tests.LinearAlgebra;

/// <summary>The matrices of reference/singular_values.py, bit for bit.</summary>
internal static class ReferenceMatrix
{
    /// <summary>rows x columns, row-major.</summary>
    public static double[] Make(string kind, int rows, int columns, ulong seed)
    {
        Lcg lcg = new(seed);
        int rank = Math.Max(1, Math.Min(rows, columns) / 3);
        return kind switch
        {
            "uniform" => lcg.Uniform(rows * columns),
            "heavy" => lcg.Heavy(rows * columns),
            "heavy-single" => [.. lcg.Heavy(rows * columns).Select(x => (double)(float)x)],
            "integer-low-rank" => Product(Integers(lcg, rows * rank), Integers(lcg, rank * columns), rows, rank, columns),
            "low-rank-single" => [.. Product(lcg.Uniform(rows * rank), lcg.Uniform(rank * columns), rows, rank, columns).Select(x => (double)(float)x)],
            "graded-rows" => Each(rows, columns, (i, _) => Math.ScaleB(lcg.Next() - 0.5, -(i * 60 / rows))),
            "graded-columns" => Each(rows, columns, (_, j) => Math.ScaleB(lcg.Next() - 0.5, -(j * 30 / columns))),
            "duplicated" => Duplicated(lcg.Uniform((rows + 1) / 2 * ((columns + 1) / 2)), rows, columns),
            "constant" => Each(rows, columns, (_, _) => 0.7),
            "hilbert" => Each(rows, columns, (i, j) => 1.0 / (i + j + 1)),
            "denormal" => Each(rows, columns, (_, _) => Math.Floor((lcg.Next() - 0.5) * 4096) * double.Epsilon * (1 << 14)),
            "huge" => Each(rows, columns, (_, _) => Math.ScaleB(lcg.Next() - 0.5, 1000)),
            "tiny" => Each(rows, columns, (_, _) => Math.ScaleB(lcg.Next() - 0.5, -1000)),
            "zero-columns" => Each(rows, columns, (_, j) => ZeroOr(j % 3 == 0, lcg.Next() - 0.5)),
            "shifted" => Each(rows, columns, (_, _) => lcg.Next() + 100),
            _ => throw new ArgumentException($"no matrix is named {kind}", nameof(kind)),
        };
    }

    private static double[] Each(int rows, int columns, Func<int, int, double> entry)
    {
        double[] a = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                a[(i * columns) + j] = entry(i, j);
        }

        return a;
    }

    private static double ZeroOr(bool zero, double value) => zero ? 0 : value;

    private static double[] Integers(Lcg lcg, int count)
    {
        double[] values = new double[count];
        foreach (ref double value in values.AsSpan())
            value = Math.Floor(lcg.Next() * 7) - 3;
        return values;
    }

    private static double[] Product(double[] left, double[] right, int rows, int depth, int columns) =>
        Each(rows, columns, (i, j) =>
        {
            double sum = 0;
            for (int k = 0; k < depth; k++)
                sum += left[(i * depth) + k] * right[(k * columns) + j];
            return sum;
        });

    private static double[] Duplicated(double[] half, int rows, int columns) =>
        Each(rows, columns, (i, j) => half[(i / 2 * ((columns + 1) / 2)) + (j / 2)]);
}
