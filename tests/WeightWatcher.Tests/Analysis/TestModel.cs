using System.Runtime.InteropServices;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Analysis;

/// <summary>Small models with known properties, written as safetensors.</summary>
internal sealed class TestModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>A matrix of independent standard normal entries.</summary>
    public static float[] Gaussian(int count, int seed, double sigma = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    /// <summary>A Gaussian matrix plus learned directions whose strengths fall off as a power law: what trained layers look like.</summary>
    public static float[] Trained(int rows, int columns, int seed)
    {
        float[] matrix = Gaussian(rows * columns, seed, 0.02);
        for (int k = 0; k < 12; k++)
        {
            float[] left = Gaussian(rows, seed + 100 + k), right = Gaussian(columns, seed + 200 + k);
            float strength = (float)(0.05 / Math.Pow(k + 1, 0.8));
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                    matrix[(i * columns) + j] += strength * left[i] * right[j];
            }
        }

        return matrix;
    }

    public static float[] Transpose(float[] matrix, int rows, int columns) =>
        [.. Enumerable.Range(0, rows * columns).Select(i => matrix[(i % rows * columns) + (i / rows)])];

    public string Write(params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        string path = _folder.File($"model-{Guid.NewGuid():N}.safetensors");
        SafetensorsWriter.Write(path, tensors);
        return path;
    }

    public ModelReport Analyze(AnalysisOptions options, params (string Name, long[] Shape, float[] Values)[] tensors) =>
        ModelAnalyzer.Analyze(Write(tensors), options, TestContext.Current.CancellationToken);

    public LayerReport Layer(AnalysisOptions options, long[] shape, float[] values) => Assert.Single(Analyze(options, ("w", shape, values)).Layers);

    /// <summary>The layer of a model that stores double precision.</summary>
    public LayerReport Layer(AnalysisOptions options, long[] shape, double[] values)
    {
        string path = _folder.Write($"model-{Guid.NewGuid():N}.safetensors", SafetensorsWriter.Bytes(("w", "F64", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray())));
        return Assert.Single(ModelAnalyzer.Analyze(path, options, TestContext.Current.CancellationToken).Layers);
    }

    public void Dispose() => _folder.Dispose();
}
