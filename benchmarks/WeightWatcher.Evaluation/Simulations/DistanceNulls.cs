using WeightWatcher.Fitting;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Spectra;

namespace WeightWatcher.Evaluation.Simulations;

/// <summary>What is stated of the distance between two permutations of a matrix, beside the distances between many.</summary>
internal static class DistanceNulls
{
    private static readonly (string Name, Func<RandomNumbers, Func<double>> Entry)[] Kinds =
    [
        ("normal", random => random.Normal),
        ("Student t(4)", random => () => random.Student(4)),
        ("Student t(3)", random => () => random.Student(3)),
        ("tail index 2.5", random => () => random.Normal() * Math.Pow(random.Unit(), -1 / 2.5)),
        ("normal times log-normal", random => () => random.Normal() * Math.Exp(random.Normal())),
        ("Student t(3), mean 1", random => () => 1 + random.Student(3)),
        ("normal, one of 20,000 is 30 times as large", random => () => random.Normal() * (random.Below(20_000) == 0 ? 30 : 1)),
        ("normal, 80 % zeros", random => () => random.Unit() < 0.2 ? random.Normal() : 0),
        ("normal, 95 % zeros", random => () => random.Unit() < 0.05 ? random.Normal() : 0),
        ("normal, 99 % zeros", random => () => random.Unit() < 0.01 ? random.Normal() : 0),
        ("t(4) in 16 steps", random => () => Math.Clamp(Math.Round(1.5 * random.Student(4)), -8, 7)),
    ];

    /// <summary>Prints the ratios.</summary>
    /// <param name="matrices">How many matrices of each kind and shape.</param>
    /// <param name="output">Receives the table.</param>
    public static void Run(int matrices, TextWriter output)
    {
        const int Permutations = 20;
        output.WriteLine("| entries | shape | measured / closed form | stated / measured | deviation of one distance, stated / measured |\n|---|---|---|---|---|");
        foreach ((string name, Func<RandomNumbers, Func<double>> kind) in Kinds)
        {
            foreach ((int n, int m) in ((int, int)[])[(768, 768), (4096, 256), (3072, 768)])
            {
                double[] measured = new double[matrices], stated = new double[matrices], deviation = new double[matrices];
                double closed = RandDistanceNull.ClosedForm(n, m).Value;
                Parallel.For(0, matrices, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
                {
                    RandomNumbers random = new((ulong)i + 1, n + m);
                    float[] entries = MatrixPopulation.Entries(n, m, kind(random));
                    (double expected, double spread) = Stated(entries, n, m, closed);
                    double[] distances = Distances(entries, n, m, Permutations, random);
                    double mean = distances.Average();
                    (measured[i], stated[i]) = (mean / closed, expected / mean);
                    deviation[i] = spread / Math.Sqrt(distances.Sum(d => (d - mean) * (d - mean)) / (distances.Length - 1));
                });
                output.WriteLine($"| {name} | {n} x {m} | {Range(measured)} | {Range(stated)} | {Range(deviation)} |");
                output.Flush();
            }
        }
    }

    private static (double Expected, double Deviation) Stated(float[] entries, int n, int m, double closed)
    {
        Permutation.Sort<float>(entries, CancellationToken.None);
        EntryStatistics statistics = EntryStatistics.Of<float>(entries, CancellationToken.None);
        double sum = entries.Sum(x => (double)x * x);
        return SpikedDraws.Of<float>(entries, statistics, n, m, 42, 0, CancellationToken.None) is { } spiked
            ? RandDistanceNull.Spiked(n, m, spiked.Largest, spiked.BulkSquares, sum).Value
            : (closed, closed * RandDistanceNull.RelativeSpread(m, 1, heavyTailed: false));
    }

    private static double[] Distances(float[] entries, int n, int m, int permutations, RandomNumbers random)
    {
        List<double[]> spectra = [];
        for (int i = 0; i < permutations; i++)
        {
            random.Shuffle(entries.AsSpan());
            double[] spectrum = new double[m];
            GramEigenvalues.Compute(entries, n, m, spectrum, CancellationToken.None);
            spectra.Add(spectrum);
        }

        return [.. from i in Enumerable.Range(0, permutations) from j in Enumerable.Range(0, i) select JensenShannon.IndexAligned(spectra[i], spectra[j]).Value];
    }

    private static string Range(double[] values) => $"{values.Average():F2} ({values.Min():F2} to {values.Max():F2})";
}
