using WeightWatcher.Layers;

namespace WeightWatcher.Evaluation.Simulations;

/// <summary>Layers in memory, as the mapping of a checkpoint would describe them.</summary>
internal static class RandomLayers
{
    /// <summary>A dense layer, or a convolution with a kernel of k x k.</summary>
    /// <param name="n">Rows of a matrix, at least <paramref name="m"/>.</param>
    /// <param name="m">Its columns.</param>
    /// <param name="kernel">k; 1 for a dense layer.</param>
    /// <param name="values">The elements, as PyTorch orders them: outputs, inputs, kernel.</param>
    public static Layer Of(int n, int m, int kernel, float[] values)
    {
        int slices = kernel * kernel;
        return new Layer
        {
            Id = 1,
            Name = "w",
            Type = kernel == 1 ? LayerType.Dense : LayerType.Conv2D,
            Tensor = new MemoryTensor(kernel == 1 ? [n, m] : [n, m, kernel, kernel], values),
            N = n,
            M = m,
            KernelSize = slices,
            Slices = [.. Enumerable.Range(0, slices).Select(k => new MatrixSlice(n, m, k, (long)m * slices, slices))],
        };
    }

    /// <summary>Independent elements: standard normal ones, or uniform ones of the same variance.</summary>
    public static float[] Entries(int count, bool uniform, RandomNumbers random)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(uniform ? Math.Sqrt(3) * ((2 * random.Unit()) - 1) : random.Normal());
        return values;
    }
}
