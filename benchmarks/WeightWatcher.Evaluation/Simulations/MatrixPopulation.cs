using WeightWatcher.LinearAlgebra;
using WeightWatcher.Spectra;

namespace WeightWatcher.Evaluation.Simulations;

/// <summary>A kind of random matrix with a spectrum of its own shape.</summary>
/// <param name="Name">As tables name it.</param>
/// <param name="Draw">Draws an N x M matrix, row-major.</param>
internal sealed record MatrixPopulation(string Name, Func<int, int, RandomNumbers, float[]> Draw)
{
    /// <summary>The kinds that the stated errors are held to.</summary>
    public static IReadOnlyList<MatrixPopulation> All { get; } =
    [
        new("Pareto population", (n, m, random) => Columns(n, m, random, ParetoScales(m))),
        new("Student t(3) entries", (n, m, random) => Entries(n, m, () => random.Student(3))),
        new("inverse Wishart population", InverseWishart),
        new("Gaussian entries", (n, m, random) => Entries(n, m, random.Normal)),
    ];

    /// <summary>Independent entries.</summary>
    public static float[] Entries(int n, int m, Func<double> entry)
    {
        float[] w = new float[n * m];
        for (int i = 0; i < w.Length; i++)
            w[i] = (float)entry();
        return w;
    }

    /// <summary>Rows of independent normal entries with a scale for each column.</summary>
    private static float[] Columns(int n, int m, RandomNumbers random, double[] scales)
    {
        float[] w = new float[n * m];
        for (int i = 0; i < w.Length; i++)
            w[i] = (float)(random.Normal() * scales[i % m]);
        return w;
    }

    /// <summary>Standard deviations whose squares are the quantiles of a Pareto law with density exponent 2.5.</summary>
    private static double[] ParetoScales(int m) =>
        [.. Enumerable.Range(0, m).Select(i => Math.Sqrt(Math.Pow((m - i - 0.5) / m, -1 / 1.5)))];

    /// <summary>Normal rows whose covariance is the inverse of a Wishart matrix of 2M degrees of freedom, the same one for every draw of a shape.</summary>
    private static float[] InverseWishart(int n, int m, RandomNumbers random)
    {
        // The eigenvalues of a Wishart matrix do not depend on its basis, and normal rows have none of their own: the inverse eigenvalues as column scales do.
        RandomSource fixedSource = new(1, RandomPurpose.Gaussian, 2 * m, m, 0, 0);
        double[] wishart = new double[m];
        BetaLaguerre.Draw(2 * m, m, 1 / Math.Sqrt(2 * m), () => fixedSource.NextUnit(), () => fixedSource.NextNormal(), wishart, CancellationToken.None);
        return Columns(n, m, random, [.. wishart.Select(x => Math.Sqrt(1 / x))]);
    }
}
