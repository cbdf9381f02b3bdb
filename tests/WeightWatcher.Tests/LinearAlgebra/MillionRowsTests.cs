using System.Numerics;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

/// <summary>A million rows and 1 to 8 columns: the errors of the eigenvalues stay below 1e-15 sqrt(N) lambda_max = 1e-12 lambda_max, and those of the singular values below 1e-14 s_max.</summary>
public class MillionRowsTests
{
    private const int Rows = 1 << 20;

    private static readonly double Tolerance = 1e-15 * Math.Sqrt(Rows);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Orthogonal_columns_have_their_norms(int columns)
    {
        // Signs of Walsh functions make the columns orthogonal. The lengths of a column's entries are alike and not short in binary, so that all sums round in one direction.
        float[] lengths = [.. Enumerable.Range(1, columns).Select(j => j * 0.1f)];
        float[] w = Matrix(columns, (i, j) => BitOperations.PopCount((uint)(i & (2 * j + 1))) % 2 == 0 ? lengths[j] : -lengths[j]);
        double[] squares = [.. lengths.Select(length => (double)length * length * Rows)];
        SpectrumOf.Close(squares, Gram(w, columns), Tolerance);
        SpectrumOf.Close([.. squares.Select(Math.Sqrt)], Direct(w, columns), 1e-14);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Equal_entries_have_rank_one(int columns)
    {
        const float Entry = 0.3f;
        float[] w = Matrix(columns, (_, _) => Entry);
        double[] expected = new double[columns];
        expected[^1] = (double)Entry * Entry * columns * Rows;
        SpectrumOf.Close(expected, Gram(w, columns), Tolerance);
        expected[^1] = Math.Sqrt(expected[^1]);
        SpectrumOf.Close(expected, Direct(w, columns), 1e-14);
    }

    [Fact]
    public void The_sum_of_the_eigenvalues_is_the_sum_of_the_squares()
    {
        Lcg lcg = new(43);
        float[] column = [.. lcg.Heavy(4096).Select(x => (float)x)];
        float[] w = Matrix(7, (i, j) => column[(i * 7 + j) * 31 % 4096]);
        double squares = w.Chunk(1024).Sum(chunk => chunk.Sum(x => (double)x * x));
        Assert.Equal(1, Gram(w, 7).Sum() / squares, Tolerance);
    }

    private static float[] Matrix(int columns, Func<int, int, float> entry)
    {
        float[] w = new float[Rows * columns];
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < columns; j++)
                w[(i * columns) + j] = entry(i, j);
        }

        return w;
    }

    private static double[] Gram(float[] w, int columns)
    {
        double[] values = new double[columns];
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute(w, Rows, columns, values, TestContext.Current.CancellationToken));
        return values;
    }

    private static double[] Direct(float[] w, int columns)
    {
        double[] values = new double[columns];
        Assert.Equal(SpectrumOutcome.Converged, SingularValues.Compute(w, Rows, columns, values, SpectrumPath.Direct, TestContext.Current.CancellationToken));
        return values;
    }
}
