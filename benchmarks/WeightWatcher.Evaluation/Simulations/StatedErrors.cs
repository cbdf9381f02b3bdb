using WeightWatcher.Evaluation.Harness;

namespace WeightWatcher.Evaluation.Simulations;

/// <summary>Compares the stated errors of metrics with the true spread of the metric from seed to seed, by the analysis as users get it.</summary>
internal static class StatedErrors
{
    private static readonly string[] Metrics = ["alpha", "hill_alpha", "log_spectral_norm", "stable_rank", "entropy", "rand_distance", "rand_distance_effect"];

    /// <summary>Prints a table with a row for each population and shape: root mean square of the stated errors over the standard deviation of the values.</summary>
    /// <param name="draws">How many matrices of each population and shape.</param>
    /// <param name="only">Part of the names of the populations to draw from; empty for all.</param>
    /// <param name="output">Receives the table.</param>
    public static void Run(int draws, string only, TextWriter output)
    {
        output.WriteLine($"| population | M | Q | alpha | its spread | stated / true | median / true | sigma / true | {string.Join(" | ", Metrics.Skip(1))} |");
        output.WriteLine($"|---|---|---|---|---|---|---|---|{string.Concat(Metrics.Skip(1).Select(_ => "---|"))}");
        string folder = Directory.CreateTempSubdirectory("stated-errors").FullName;
        foreach (MatrixPopulation population in MatrixPopulation.All.Where(p => p.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            foreach (int m in (int[])[64, 200, 500])
            {
                foreach (int q in (int[])[1, 4])
                {
                    LayerReport[] rows = new LayerReport[draws];
                    Parallel.For(0, draws, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed => rows[seed] = Measure(population, q * m, m, (ulong)seed + 1, folder));
                    double[] alphas = Values(rows, "alpha"), errors = Values(rows, "alpha_se");
                    double spread = Spread(alphas);
                    output.WriteLine(
                        $"| {population.Name} | {m} | {q} | {alphas.Average():F2} | {spread:F3} | {RootMeanSquare(errors) / spread:F2} | {Median(errors) / spread:F2} | {Values(rows, "sigma").Average() / spread:F2} "
                        + string.Concat(Metrics.Skip(1).Select(metric => $"| {RootMeanSquare(Values(rows, metric + "_se")) / Spread(Values(rows, metric)):F2} ")) + "|");
                    output.Flush();
                }
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private static LayerReport Measure(MatrixPopulation population, int n, int m, ulong seed, string folder)
    {
        string path = Path.Combine(folder, $"{seed}.safetensors");
        SafetensorsWriter.Write(path, new ModelTensors([new ModelTensor("w", [n, m], population.Draw(n, m, new RandomNumbers(seed, m)))]), half: false);
        LayerReport row = ModelAnalyzer.Analyze(path, AnalysisOptions.Default with { MaxThreads = 1 }).Layers[0];
        File.Delete(path);
        return row;
    }

    private static double[] Values(LayerReport[] rows, string metric) => [.. rows.Select(r => r[metric]).Where(m => m.IsMeasured).Select(m => m.Value)];

    private static double RootMeanSquare(double[] values) => Math.Sqrt(values.Average(v => v * v));

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static double Spread(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
    }
}
