using System.Collections.Immutable;
using WeightWatcher.Diagnosis;
using WeightWatcher.Evaluation.Harness;
using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Evaluation.Simulations;

/// <summary>How often random models raise a correlation trap, and how often a planted one is found: spectra and traps exactly as the analysis of a layer computes them.</summary>
internal static class TrapRates
{
    private const int LayersOfModel = 200;

    private static readonly ImmutableArray<(int N, int M)> Dense =
        [(16, 16), (24, 10), (32, 16), (64, 32), (48, 48), (64, 64), (128, 64), (256, 64), (100, 100), (512, 32)];

    private static readonly ImmutableArray<(int N, int M, int Kernel)> Convolutional =
        [(8, 8, 3), (16, 8, 3), (16, 16, 3), (32, 16, 3), (32, 32, 3), (64, 32, 3), (16, 16, 5), (8, 6, 5), (64, 64, 1)];

    /// <summary>Prints the share of models of 200 random layers of which any raises a trap.</summary>
    /// <param name="models">How many models of each kind.</param>
    /// <param name="output">Receives the table.</param>
    public static void Alarms(int models, TextWriter output)
    {
        output.WriteLine("| layers | entries | models of 200 layers | with a trap | 95 % interval |\n|---|---|---|---|---|");
        foreach (bool convolutional in (bool[])[false, true])
        {
            foreach (bool uniform in (bool[])[false, true])
            {
                int alarms = 0;
                Parallel.For(0, models, new ParallelOptions { MaxDegreeOfParallelism = 2 }, model =>
                {
                    RandomNumbers random = new((ulong)model + 1, (convolutional ? 1 : 0) + (uniform ? 2 : 0));
                    int found = 0;
                    for (int i = 0; i < LayersOfModel; i++)
                    {
                        (int n, int m, int kernel) = convolutional
                            ? Convolutional[i % Convolutional.Length]
                            : (Dense[i % Dense.Length].N, Dense[i % Dense.Length].M, 1);
                        found += Traps(RandomLayers.Of(n, m, kernel, RandomLayers.Entries(n * m * kernel * kernel, uniform, random)), (ulong)model + 1);
                    }

                    if (found > 0)
                        Interlocked.Increment(ref alarms);
                });
                (double low, double high) = BinomialInterval.Of(alarms, models);
                output.WriteLine($"| {(convolutional ? "convolutional" : "dense")} | {(uniform ? "uniform" : "Gaussian")} | {models} | {alarms} ({100.0 * alarms / models:F1} %) | {100 * low:F1} to {100 * high:F1} % |");
                output.Flush();
            }
        }
    }

    /// <summary>Prints how often a planted trap is found, by its cause and its size in units of the BBP size.</summary>
    /// <param name="draws">How many layers of each kind.</param>
    /// <param name="output">Receives the table.</param>
    public static void Power(int draws, TextWriter output)
    {
        double[] sizes = [0, 1.0, 1.3, 1.6, 2.0];
        output.WriteLine($"| layer | entries | planted | {string.Join(" | ", sizes.Select(s => $"{s:F1}"))} | named at 1.6 |\n|---|---|---|{string.Concat(sizes.Select(_ => "---|"))}---|");
        foreach ((int n, int m, int kernel) in ((int, int, int)[])[(64, 64, 1), (200, 150, 1), (600, 200, 1), (1024, 256, 1), (32, 32, 3), (128, 64, 3)])
        {
            foreach (bool uniform in (bool[])[false, true])
            {
                foreach (bool mean in (bool[])[false, true])
                {
                    output.Write($"| {n} x {m}{(kernel > 1 ? $" x {kernel} x {kernel}" : "")} | {(uniform ? "uniform" : "Gaussian")} | {(mean ? "mean shift" : "element")} |");
                    int named = 0;
                    foreach (double size in sizes)
                    {
                        int found = 0, byName = 0;
                        Parallel.For(0, draws, new ParallelOptions { MaxDegreeOfParallelism = 2 }, draw =>
                        {
                            (bool any, bool right) = Planted(n, m, kernel, uniform, mean, size, draw);
                            if (any)
                                Interlocked.Increment(ref found);
                            if (right)
                                Interlocked.Increment(ref byName);
                        });
                        output.Write($" {100.0 * found / draws:F1} % |");
                        if (size == 1.6)
                            named = byName;
                    }

                    output.WriteLine($" {100.0 * named / draws:F1} % |");
                    output.Flush();
                }
            }
        }
    }

    private static (bool Any, bool Named) Planted(int n, int m, int kernel, bool uniform, bool mean, double size, int draw)
    {
        RandomNumbers random = new((ulong)draw + 1, n + m + kernel);
        int slices = kernel * kernel;
        float[] values = RandomLayers.Entries(n * m * slices, uniform, random);
        // Both are perturbations of rank one, of size theta: one element of theta, or theta / sqrt(N M) added to each element of a slice.
        double theta = size * Math.Pow((double)n * m, 0.25);
        int at = random.Below(values.Length);
        if (mean)
        {
            for (int i = at % slices; i < values.Length; i += slices)
                values[i] += (float)(theta / Math.Sqrt((double)n * m));
        }
        else if (size > 0)
        {
            values[at] = (float)theta;
        }

        ImmutableArray<TrapReport> traps = Found(RandomLayers.Of(n, m, kernel, values), 42);
        (int row, int column) = Math.DivRem(at / slices, m);
        return (!traps.IsEmpty, traps.Any(t => mean ? t.Cause == "mean-shift" : t.Cause == "element" && t.Row == row && t.Column == column));
    }

    private static int Traps(Layer layer, ulong seed) => Found(layer, seed).Length;

    private static ImmutableArray<TrapReport> Found(Layer layer, ulong seed)
    {
        AnalysisOptions options = AnalysisOptions.Default with { Seed = seed };
        using WeightMatrix weights = WeightMatrix.Read(layer.Tensor, alwaysSingle: false, CancellationToken.None);
        LayerSpectra spectra = SpectrumBuilder.Build(layer, weights, options, CancellationToken.None);
        Outcome<CorrelationTraps> found = CorrelationTraps.Find(spectra.Slices, [.. layer.Slices.Select(s => (s.Rows, s.Columns))]);
        return found.TryGetValue(out CorrelationTraps? traps) ? traps.Traps : [];
    }
}
