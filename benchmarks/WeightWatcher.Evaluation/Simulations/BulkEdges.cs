using WeightWatcher.Fitting;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Evaluation.Simulations;

/// <summary>How far the fitted upper edge of the Marchenko-Pastur bulk lies from the true one when one direction carries most of the norm.</summary>
internal static class BulkEdges
{
    /// <summary>
    /// Prints a table with a row for each shape: the largest error over the draws for each share of the norm, and, over all of them, how often the true edge lies within two stated errors.
    /// </summary>
    /// <param name="draws">How many matrices of each kind.</param>
    /// <param name="output">Receives the table.</param>
    public static void Run(int draws, TextWriter output)
    {
        double[] shares = [0, 0.3, 0.9, 0.99, 0.9999];
        output.WriteLine($"| M | Q | stated error | {string.Join(" | ", shares.Select(s => $"{100 * s:G} %"))} | within two stated errors |\n|---|---|---|{string.Concat(shares.Select(_ => "---|"))}---|");
        foreach (int m in (int[])[10, 20, 50, 100, 150, 300, 600])
        {
            foreach (int q in (int[])[1, 2, 8])
            {
                int n = q * m, count = m > 300 ? Math.Max(1, draws / 5) : draws;
                double exact = Math.Pow(Math.Sqrt(n) + Math.Sqrt(m), 2), stated = 0;
                int all = 0, within = 0;
                string cells = "";
                foreach (double share in shares)
                {
                    RobustBulk?[] fits = new RobustBulk?[count];
                    Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, draw => fits[draw] = Fit(n, m, share, draw));
                    RobustBulk[] some = [.. fits.OfType<RobustBulk>()];
                    cells += some.Length < count ? $" none in {count - some.Length} of {count} |" : $" {100 * some.Max(f => Math.Abs((f.BulkMax / exact) - 1)):F1} % |";
                    stated = some.Length > 0 ? some[0].RelativeVarianceError : stated;
                    within += some.Count(f => Math.Abs(f.BulkMax - exact) <= 2 * f.RelativeVarianceError * f.BulkMax);
                    all += some.Length;
                }

                output.WriteLine($"| {m} | {q} | {100 * stated:F1} % |{cells} {100.0 * within / all:F0} % |");
                output.Flush();
            }
        }
    }

    // A matrix of standard normal entries and one of rank one that carries a share of the squared norm, stored as 32-bit numbers as layers are.
    private static RobustBulk? Fit(int n, int m, double share, int draw)
    {
        RandomNumbers random = new((ulong)draw + 1, (8 * m) + (n / m));
        double strength = Math.Sqrt(share / (1 - share) * n * m);
        double[] left = Unit(n, random), right = Unit(m, random);
        float[] w = new float[n * m];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < m; j++)
                w[(i * m) + j] = (float)(random.Normal() + (strength * left[i] * right[j]));
        }

        double[] values = new double[m];
        if (SingularValues.Compute(w, n, m, values, SpectrumPath.Automatic, CancellationToken.None) != SpectrumOutcome.Converged)
            return null;
        return RobustBulk.Fit([.. values.Select(s => s * s)], n, m, RobustBulkOptions.Default).TryGetValue(out RobustBulk? bulk) ? bulk : null;
    }

    private static double[] Unit(int length, RandomNumbers random)
    {
        double[] vector = [.. Enumerable.Range(0, length).Select(_ => random.Normal())];
        double norm = Math.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / norm)];
    }
}
