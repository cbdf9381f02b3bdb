using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Policies;

/// <summary>Both built-in policies name the damage that was done to a trained model of the repository, by the rule that is made for it.</summary>
public sealed class BuiltInPoliciesOnDamagedModelsTests
{
    private const string Damaged = "fc2";

    private static readonly string Good = Path.Combine(Reference.RepositoryRoot, "examples", "models", "well-trained.safetensors");

    [Theory]
    [InlineData("none", null, null)]
    [InlineData("eight-bits", null, null)]
    [InlineData("reset", "untrained-layer", "reset-layer")]
    [InlineData("shuffled", null, "lost-structure")]
    [InlineData("strides", null, "scrambled-layer")]
    [InlineData("reordered", null, null)]
    [InlineData("noise", null, "added-noise")]
    [InlineData("half-dead", "dead-columns", "more-dead-columns")]
    [InlineData("scaled", "rescaled-layer", "changed-scale")]
    [InlineData("two-bits", "coarse-values", "coarser-values")]
    [InlineData("bit-flip", "flipped-bit", "new-flipped-bit")]
    [InlineData("low-rank", "cut-rank", "lost-rank")]
    [InlineData("missing", "missing-weights", "WWG4006")]
    public void Damage_to_one_layer_is_named(string damage, string? wellTrained, string? noRegression)
    {
        using TemporaryFolder folder = new();
        string copy = folder.File("model.safetensors");
        WriteDamaged(copy, damage);
        ModelReport report = Analyze(copy), baseline = Analyze(Good);
        AssertNamed(wellTrained, Policy.WellTrained.Judge(report));
        AssertNamed(noRegression, Policy.NoRegression.Judge(report, baseline));
    }

    private static void AssertNamed(string? expected, Verdict verdict)
    {
        string[] errors = [.. verdict.Violations.Where(v => v.Severity == Severity.Error).Select(v => v.Rule ?? v.Code)];
        if (expected is null)
            Assert.Empty(errors);
        else
            Assert.Contains(expected, errors);
    }

    private static void WriteDamaged(string path, string damage)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Good, TestContext.Current.CancellationToken);
        SafetensorsWriter.Write(
            path,
            [
                .. checkpoint.Tensors
                    .Where(t => damage != "missing" || t.Name != Damaged + ".weight")
                    .Select(t => (t.Name, t.Shape.ToArray(), t.Name == Damaged + ".weight" ? Damage(Values(t), (int)t.Shape[0], (int)t.Shape[1], damage) : Values(t))),
            ]);
    }

    private static float[] Values(Tensor tensor)
    {
        double[] values = new double[tensor.Count];
        tensor.Read(0, values);
        return [.. values.Select(v => (float)v)];
    }

    private static float[] Damage(float[] weights, int rows, int columns, string damage)
    {
        Random random = new(23);
        float largest = weights.Max(MathF.Abs);
        double sd = Math.Sqrt(weights.Average(w => (double)w * w));
        switch (damage)
        {
            case "eight-bits":
                return [.. weights.Select(w => MathF.Round(w / largest * 127) * largest / 127)];
            case "reset":
                return [.. weights.Select(_ => (float)(((2 * random.NextDouble()) - 1) / Math.Sqrt(columns)))];
            case "shuffled":
                random.Shuffle(weights);
                return weights;
            case "strides":
                // A file in column-major order read as if it were in row-major order.
                return [.. Enumerable.Range(0, weights.Length).Select(at => weights[(at % rows * columns) + (at / rows)])];
            case "reordered":
                int[] order = [.. Enumerable.Range(0, rows)];
                random.Shuffle(order);
                return [.. order.SelectMany(row => weights[(row * columns)..((row + 1) * columns)])];
            case "noise":
                return [.. weights.Select(w => w + (float)(sd * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
            case "half-dead":
                Array.Clear(weights, 0, rows / 2 * columns);
                return weights;
            case "scaled":
                return [.. weights.Select(w => 100 * w)];
            case "two-bits":
                return [.. weights.Select(w => ((2 * MathF.Round(((w / largest) + 1) * 1.5f)) - 3) * largest / 3)];
            case "bit-flip":
                weights[Array.FindIndex(weights, w => Math.Abs(w) > sd / 3)] *= 65536;
                return weights;
            case "low-rank":
                return LowRank(weights, rows, columns, Math.Min(rows, columns) / 10);
            default:
                return weights;
        }
    }

    // Orthogonal iteration; converges far enough for a matrix of that rank near the best one.
    private static float[] LowRank(float[] weights, int rows, int columns, int rank)
    {
        Random random = new(29);
        double[][] basis = [.. Enumerable.Range(0, rank).Select(_ => Enumerable.Range(0, columns).Select(_ => random.NextDouble() - 0.5).ToArray())];
        double[][] image = [];
        for (int pass = 0; pass < 8; pass++)
        {
            for (int i = 0; i < rank; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    double dot = basis[i].Zip(basis[j], (a, b) => a * b).Sum();
                    basis[i] = [.. basis[i].Zip(basis[j], (a, b) => a - (dot * b))];
                }

                double norm = Math.Sqrt(basis[i].Sum(a => a * a));
                basis[i] = [.. basis[i].Select(a => a / norm)];
            }

            image = [.. basis.Select(v => Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, columns).Sum(c => weights[(r * columns) + c] * v[c])).ToArray())];
            if (pass < 7)
                basis = [.. image.Select(u => Enumerable.Range(0, columns).Select(c => Enumerable.Range(0, rows).Sum(r => weights[(r * columns) + c] * u[r])).ToArray())];
        }

        return [.. Enumerable.Range(0, rows * columns).Select(at => (float)Enumerable.Range(0, rank).Sum(k => image[k][at / columns] * basis[k][at % columns]))];
    }

    private static ModelReport Analyze(string path) => ModelAnalyzer.Analyze(path, Policy.NoRegression.Analysis, TestContext.Current.CancellationToken);
}
