using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Assertions.Tests;

/// <summary>The models and policies that the written test projects judge.</summary>
internal static class ConsumerFiles
{
    private const int Rows = 96;
    private const int Columns = 48;

    public static void Write(string folder)
    {
        string models = Directory.CreateDirectory(Path.Combine(folder, "models")).FullName;
        Directory.CreateDirectory(Path.Combine(models, "set", "deeper"));
        float[] structured = LowRank(seed: 1);
        float[] random = Gaussian(Rows * Columns, seed: 2);
        float[] faulty = [.. structured];
        faulty[17] = float.NaN;

        Save("structured", ("fc1.weight", structured), ("fc2.weight", LowRank(seed: 3)));
        Save("random", ("fc1.weight", random), ("fc2.weight", Gaussian(Rows * Columns, seed: 4)));
        Save("mixed", ("fc1.weight", structured), ("fc2.weight", random), ("fc3.weight", LowRank(seed: 5)));
        Save("long-names", (LongName("query"), structured), (LongName("key"), LowRank(seed: 6)));
        Save("set/one", ("fc1.weight", structured));
        Save("set/deeper/two", ("fc1.weight", random));
        Save("nan", ("fc1.weight", faulty));
        Save("zero", ("fc1.weight", new float[Rows * Columns]), ("fc2.weight", structured));
        SafetensorsWriter.Write(Path.Combine(models, "vectors.safetensors"), ("norm.weight", [Rows], new float[Rows]));
        byte[] whole = File.ReadAllBytes(Path.Combine(models, "structured.safetensors"));
        File.WriteAllBytes(Path.Combine(models, "truncated.safetensors"), whole[..(whole.Length / 2)]);
        File.WriteAllText(
            Path.Combine(models, "pointer.safetensors"),
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n");

        File.WriteAllText(Path.Combine(folder, "structure.yml"), Policy("min: 0.25"));
        File.WriteAllText(Path.Combine(folder, "structure-warning.yml"), Policy("min: 0.25\n    severity: warning"));
        File.WriteAllText(Path.Combine(folder, "structure-no-fc2.yml"), Policy("min: 0.25", "layers:\n  exclude: [\"fc2*\"]\n"));
        File.WriteAllText(Path.Combine(folder, "no-worse.yml"), Policy("baseline: { max_decrease: 10% }"));
        File.WriteAllText(Path.Combine(folder, "typo.yml"), Policy("minn: 0.25"));

        File.WriteAllBytes(Path.Combine(models, "runs.onnx"), RunnableOnnx.Linear());
        File.WriteAllBytes(Path.Combine(models, "drifted.onnx"), RunnableOnnx.Linear(1.1f));
        File.WriteAllBytes(Path.Combine(models, "infinite.onnx"), RunnableOnnx.NotFinite());
        const string spectra = "version: 1\nextends: none\nanalysis: { randomize: off, mp_fit: false, detX: false }\nrules: []\n";
        File.WriteAllText(Path.Combine(folder, "runs.yml"), spectra + "runtime: { runs: 2 }\n");
        File.WriteAllText(Path.Combine(folder, "runs-nowhere.yml"), spectra + "runtime: {}\n");
        File.WriteAllText(Path.Combine(folder, "runs-alike.yml"), spectra + "runtime: { max_output_drift: 1% }\n");

        void Save(string name, params (string Name, float[] Values)[] layers) => SafetensorsWriter.Write(
            Path.Combine(models, name + ".safetensors"),
            [.. layers.Select(layer => (layer.Name, new long[] { Rows, Columns }, layer.Values))]);
    }

    /// <summary>One rule on the distance from randomness, so that no threshold of a built-in policy matters here. The rule's last key is on line 9.</summary>
    private static string Policy(string limit, string layers = "") =>
        $"version: 1\nextends: none\nanalysis: {{ mp_fit: false, detX: false }}\n{layers}rules:\n  - id: structure\n    metric: rand_distance\n    per: layer\n    {limit}\n";

    private static string LongName(string part) => $"model.encoder.transformer.layers.0.self_attention.{part}_projection.weight";

    /// <summary>A product of two thin Gaussian matrices: most eigenvalues are zero, which no permutation of its elements has.</summary>
    private static float[] LowRank(int seed)
    {
        const int rank = 6;
        float[] left = Gaussian(Rows * rank, seed);
        float[] right = Gaussian(rank * Columns, seed + 1000);
        float[] product = new float[Rows * Columns];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                for (int k = 0; k < rank; k++)
                    product[(row * Columns) + column] += left[(row * rank) + k] * right[(k * Columns) + column];
            }
        }

        return product;
    }

    private static float[] Gaussian(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()) * 0.1);
        return values;
    }
}
