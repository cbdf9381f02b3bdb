using System.Collections.Immutable;
using WeightWatcher.Evaluation.Harness;

namespace WeightWatcher.Evaluation.Simulations;

/// <summary>How often a policy calls models well trained that nobody trained: each usual initialisation at each of twenty shapes, alone and together.</summary>
internal static class UntrainedModels
{
    private const int MostLayers = 8;

    private static readonly ImmutableArray<(int N, int M)> Shapes =
    [
        (10, 10), (20, 12), (32, 32), (64, 10), (64, 64), (100, 30), (128, 64), (200, 200), (256, 128), (300, 100), (256, 256), (512, 64), (512, 512), (784, 300), (1000, 250), (1024, 768),
        (2048, 256), (1024, 1024), (2048, 1024), (4096, 1024),
    ];

    private static readonly ImmutableArray<(string Name, Func<int, int, RandomNumbers, float[]> Draw)> Kinds =
    [
        ("He normal", (n, m, random) => Normal(n, m, Math.Sqrt(2.0 / m), random)),
        ("Glorot normal", (n, m, random) => Normal(n, m, Math.Sqrt(2.0 / (n + m)), random)),
        ("normal 0.02", (n, m, random) => Normal(n, m, 0.02, random)),
        ("uniform 1 / sqrt(fan-in)", (n, m, random) => Uniform(n, m, 1 / Math.Sqrt(m), random)),
        ("Glorot uniform", (n, m, random) => Uniform(n, m, Math.Sqrt(6.0 / (n + m)), random)),
        ("truncated He normal", Truncated),
        ("orthogonal", (n, m, random) => Initialisation.Orthogonal(new ModelTensor("w", [n, m], new float[n * m]), random).Values),
        ("normal, columns scaled with 10 % jitter", (n, m, random) => Jittered(n, m, random)),
    ];

    /// <summary>Prints how many models of each initialisation pass.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="draws">How many models of each kind; of shapes above a million weights a quarter, at least one.</param>
    /// <param name="folder">An empty folder for the models and what is known of their layers.</param>
    /// <param name="output">Receives the table.</param>
    public static void Run(Policy policy, int draws, string folder, TextWriter output)
    {
        output.WriteLine($"| initialisation | models of one layer | of them pass | models of up to {MostLayers} layers | of them pass | which |\n|---|---|---|---|---|---|");
        foreach ((string name, Func<int, int, RandomNumbers, float[]> draw) in Kinds)
        {
            List<string> passed = [];
            List<ModelTensor> layers = [];
            int single = 0, singlePassed = 0, several = 0, severalPassed = 0;
            for (int seed = 0; seed < draws; seed++)
            {
                List<ModelTensor> ofSeed = [];
                foreach ((int n, int m) in Shapes.Where(s => s.N * s.M < 1_000_000 || seed < Math.Max(1, draws / 4)))
                {
                    ModelTensor layer = new($"layer{ofSeed.Count}.weight", [n, m], draw(n, m, new RandomNumbers((ulong)seed + 1, n + (m << 13))));
                    ofSeed.Add(layer);
                    single++;
                    if (Passes([layer]))
                    {
                        singlePassed++;
                        passed.Add($"{n} x {m}");
                    }
                }

                layers.AddRange(ofSeed);
            }

            RandomNumbers deal = new(1);
            for (int model = 0; model < 3 * draws; model++)
            {
                ModelTensor[] some = [.. Enumerable.Range(0, 2 + deal.Below(MostLayers - 1)).Select(i => layers[deal.Below(layers.Count)] with { Name = $"layer{i}.weight" })];
                several++;
                if (Passes(some))
                {
                    severalPassed++;
                    passed.Add(string.Join(", ", some.Select(t => $"{t.Shape[0]} x {t.Shape[1]}")));
                }
            }

            output.WriteLine($"| {name} | {single} | {singlePassed} | {several} | {severalPassed} | {string.Join("; ", passed.Take(5))} |");
            output.Flush();
        }

        bool Passes(ModelTensor[] tensors)
        {
            string path = Path.Combine(folder, "model.safetensors");
            SafetensorsWriter.Write(path, new ModelTensors([.. tensors]), half: false);
            return ModelGate.Run(new GateRequest { ArtifactPath = path, Policy = policy, CacheDirectory = Path.Combine(folder, "cache"), MaxThreads = 2 }).Verdict.Passed;
        }
    }

    private static float[] Normal(int n, int m, double sigma, RandomNumbers random) => MatrixPopulation.Entries(n, m, () => sigma * random.Normal());

    private static float[] Uniform(int n, int m, double bound, RandomNumbers random) => MatrixPopulation.Entries(n, m, () => bound * ((2 * random.Unit()) - 1));

    // Within two standard deviations, and scaled so that the variance is that of He, as Keras does.
    private static float[] Truncated(int n, int m, RandomNumbers random) => MatrixPopulation.Entries(n, m, () =>
    {
        double x = random.Normal();
        while (Math.Abs(x) > 2)
            x = random.Normal();
        return x * Math.Sqrt(2.0 / m) / 0.87962566103423978;
    });

    private static float[] Jittered(int n, int m, RandomNumbers random)
    {
        double[] scales = [.. Enumerable.Range(0, m).Select(_ => 1 + (0.1 * random.Normal()))];
        float[] w = Normal(n, m, Math.Sqrt(2.0 / m), random);
        for (int i = 0; i < w.Length; i++)
            w[i] *= (float)scales[i % m];
        return w;
    }
}
