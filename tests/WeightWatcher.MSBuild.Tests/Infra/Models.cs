using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.MSBuild.Tests.Infra;

/// <summary>Small models whose spectra are known by construction.</summary>
internal static class Models
{
    /// <summary>A rule that <see cref="Structured"/> keeps and <see cref="Random"/> breaks, on line 4, without built-in thresholds.</summary>
    public const string Policy = """
        version: 1
        extends: none
        rules:
          - id: not-random
            metric: rand_distance
            per: layer
            min: 0.2

        """;

    /// <summary><see cref="Policy"/> that only warns.</summary>
    public const string WarningPolicy = Policy + "    severity: warning\n";

    /// <summary>One layer with the power-law spectrum of a trained one: far from what its shuffled elements have.</summary>
    public static byte[] Structured(int seed = 1, int n = 96, int m = 64, params string[] layers) => Bytes(layers, _ => PowerLaw(seed, n, m, 8), n, m);

    /// <summary>A layer with the spectrum of a trained one, stronger or weaker, and two that stay what they are.</summary>
    public static byte[] Mixed(int n, int m, double strength, string first = "fc1") =>
        Bytes([first, "fc2", "fc3"], layer => PowerLaw(layer + 1, n, m, layer == 0 ? strength : 8), n, m);

    private static float[] PowerLaw(int seed, int n, int m, double strength)
    {
        Random random = new(seed);
        float[] w = Gaussian(random, n * m, 0.05);
        for (int rank = 1; rank <= m / 2; rank++)
        {
            double scale = strength / Math.Pow(rank, 1.2);
            float[] left = Gaussian(random, n, 1 / Math.Sqrt(n));
            float[] right = Gaussian(random, m, 1 / Math.Sqrt(m));
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < m; j++)
                    w[(i * m) + j] += (float)(scale * left[i] * right[j]);
            }
        }

        return w;
    }

    /// <summary>Layers of independent Gaussian elements: what initialisation leaves.</summary>
    public static byte[] Random(int seed = 1, int n = 96, int m = 64, params string[] layers) =>
        Bytes(layers, layer => Gaussian(new Random(seed + layer), n * m, 0.1), n, m);

    /// <summary>A structured layer with one weight that is not a number.</summary>
    public static byte[] WithNaN()
    {
        byte[] bytes = Structured();
        BitConverter.TryWriteBytes(bytes.AsSpan(^4..), float.NaN);
        return bytes;
    }

    private static byte[] Bytes(string[] layers, Func<int, float[]> values, int n, int m) =>
        SafetensorsWriter.Bytes([.. (layers.Length == 0 ? ["fc1"] : layers).Select((name, i) => ($"{name}.weight", new long[] { n, m }, values(i)))]);

    private static float[] Gaussian(Random random, int count, double sigma)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }
}
