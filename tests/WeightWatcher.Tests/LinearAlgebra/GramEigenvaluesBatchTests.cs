using WeightWatcher.LinearAlgebra;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.Tests.LinearAlgebra;

public class GramEigenvaluesBatchTests
{
    public static TheoryData<int, int> Shapes => new() { { 1, 1 }, { 50, 1 }, { 2, 2 }, { 3, 7 }, { 16, 16 }, { 40, 31 }, { 64, 64 }, { 33, 65 }, { 128, 128 }, { 1000, 12 } };

    [Theory, MemberData(nameof(Shapes))]
    public void Eigenvalues_are_those_of_each_matrix_alone_on_every_instruction_set(int rows, int columns)
    {
        float[][] matrices = Matrices(rows, columns);
        double[][] expected = [.. matrices.Select(w => Alone(w, rows, columns))];
        foreach (InstructionPath path in Enum.GetValues<InstructionPath>())
        {
            double[][] found = Together(matrices, rows, columns, path);
            for (int k = 0; k < matrices.Length; k++)
            {
                double tolerance = Math.Max(1e-14, 1e-15 * Math.Sqrt(Math.Max(rows, columns))) * expected[k][^1];
                for (int i = 0; i < found[k].Length; i++)
                    Assert.True(Math.Abs(found[k][i] - expected[k][i]) <= tolerance, $"{path}, matrix {k}: value {i} is {found[k][i]:R}, alone {expected[k][i]:R}");
            }
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Bits_depend_neither_on_the_neighbours_nor_on_the_lane(int rows, int columns)
    {
        float[][] matrices = Matrices(rows, columns);
        double[][] together = Together(matrices, rows, columns, InstructionPath.Fastest);
        for (int k = 0; k < matrices.Length; k++)
            Assert.Equal(Together([matrices[k]], rows, columns, InstructionPath.Fastest)[0], together[k]);
        float[][] reversed = [.. matrices.Reverse()];
        Assert.Equal(together.Reverse(), Together(reversed, rows, columns, InstructionPath.Fastest));
    }

    [Fact]
    public void What_is_not_finite_is_refused_and_leaves_the_others_as_they_are()
    {
        float[] w = new Lcg(7).Uniform(9).Select(x => (float)x).ToArray(), bad = [.. w[..8], float.NaN];
        double[] values = new double[3], unused = new double[3];
        using GramEigenvaluesBatch batch = GramEigenvaluesBatch.Of(3);
        Assert.Equal(SpectrumOutcome.Converged, batch.Add<float>(w, 3, 3, values, TestContext.Current.CancellationToken));
        Assert.Equal(SpectrumOutcome.NonFinite, batch.Add<float>(bad, 3, 3, unused, TestContext.Current.CancellationToken));
        Assert.Equal(SpectrumOutcome.Converged, batch.Flush(TestContext.Current.CancellationToken));
        Assert.Equal(Together([w], 3, 3, InstructionPath.Fastest)[0], values);
    }

    [Fact]
    public unsafe void A_lane_that_is_not_finite_is_told_and_the_others_are_found()
    {
        // Eigenvalues of [[2, 1], [1, 2]] are 1 and 3.
        int lanes = Lanes256.Count;
        using AlignedBuffer buffer = new(4 * lanes);
        double* diagonal = buffer.Pointer, squares = diagonal + (2 * lanes);
        for (int lane = 0; lane < lanes; lane++)
        {
            diagonal[lane] = lane == 1 ? double.NaN : 2;
            diagonal[lanes + lane] = 2;
            squares[lane] = 1;
            squares[lanes + lane] = 0;
        }

        Assert.Equal(0b10u, LaneQl<Lanes256>.Eigenvalues(diagonal, squares, 2, TestContext.Current.CancellationToken));
        Assert.Equal(4, diagonal[0] + diagonal[lanes], 1e-14);
        Assert.Equal(3, Math.Max(diagonal[0], diagonal[lanes]), 1e-14);
    }

    /// <summary>Nineteen matrices, so that a vector is full and another is not: random, heavy-tailed, of low rank, graded, constant, zero, diagonal, of duplicated columns, huge and tiny.</summary>
    private static float[][] Matrices(int rows, int columns)
    {
        Lcg random = new(41);
        double[] Uniform() => random.Uniform(rows * columns);
        double[] left = random.Uniform(rows), right = random.Uniform(columns);
        IEnumerable<double[]> matrices =
        [
            Uniform(), Uniform(), random.Heavy(rows * columns), random.Heavy(rows * columns),
            [.. Enumerable.Range(0, rows * columns).Select(i => left[i / columns] * right[i % columns])],
            [.. Uniform().Select((x, i) => x * Math.Pow(10, -0.2 * (i % columns)))],
            [.. Uniform().Select((x, i) => x * Math.Pow(10, -0.2 * (columns - (i % columns))))],
            [.. Enumerable.Repeat(0.25, rows * columns)],
            new double[rows * columns],
            [.. Enumerable.Range(0, rows * columns).Select(i => i / columns == i % columns ? 1.0 : 0)],
            [.. Enumerable.Range(0, rows * columns).Select(i => i / columns == i % columns ? 1.0 + (i % columns) : 0)],
            [.. Enumerable.Range(0, rows * columns).Select(i => left[i / columns] + (1e-6 * right[i % columns]))],
            [.. Uniform().Select(x => x * 1e30)], [.. Uniform().Select(x => x * 1e-30)], [.. Uniform().Select(x => x * 1e-41)],
            [.. Uniform().Select((x, i) => i == 0 ? 1e4 : x)],
            Uniform(), Uniform(), Uniform(),
        ];
        return [.. matrices.Select(w => w.Select(x => (float)x).ToArray())];
    }

    private static double[] Alone(float[] w, int rows, int columns)
    {
        double[] values = new double[Math.Min(rows, columns)];
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute(w, rows, columns, values, TestContext.Current.CancellationToken));
        return values;
    }

    private static double[][] Together(float[][] matrices, int rows, int columns, InstructionPath path)
    {
        using GramEigenvaluesBatch batch = GramEigenvaluesBatch.Of(Math.Min(rows, columns), path);
        double[][] values = [.. matrices.Select(_ => new double[Math.Min(rows, columns)])];
        for (int k = 0; k < matrices.Length; k++)
            Assert.Equal(SpectrumOutcome.Converged, batch.Add<float>(matrices[k], rows, columns, values[k], TestContext.Current.CancellationToken));
        Assert.Equal(SpectrumOutcome.Converged, batch.Flush(TestContext.Current.CancellationToken));
        return values;
    }
}
