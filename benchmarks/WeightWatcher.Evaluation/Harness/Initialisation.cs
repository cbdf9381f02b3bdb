using WeightWatcher.Evaluation.Simulations;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>The usual first weights of a layer.</summary>
internal static class Initialisation
{
    /// <summary>Uniform within 1 / sqrt(fan-in), the default of PyTorch's layers.</summary>
    public static ModelTensor FanInUniform(ModelTensor tensor, RandomNumbers random)
    {
        double bound = 1 / Math.Sqrt(tensor.Columns);
        return Fill(tensor, () => bound * ((2 * random.Unit()) - 1));
    }

    /// <summary>Normal with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010).</summary>
    public static ModelTensor GlorotNormal(ModelTensor tensor, RandomNumbers random)
    {
        double field = tensor.Shape.Skip(2).Aggregate(1.0, (a, b) => a * b);
        double sigma = Math.Sqrt(2 / (tensor.Columns + (tensor.Rows * field)));
        return Fill(tensor, () => sigma * random.Normal());
    }

    /// <summary>Normal with variance 2 / fan-in (He and others 2015).</summary>
    public static ModelTensor HeNormal(ModelTensor tensor, RandomNumbers random)
    {
        double sigma = Math.Sqrt(2.0 / tensor.Columns);
        return Fill(tensor, () => sigma * random.Normal());
    }

    /// <summary>Rows, or columns where there are fewer, that are orthonormal (Saxe and others 2014).</summary>
    public static ModelTensor Orthogonal(ModelTensor tensor, RandomNumbers random)
    {
        int rows = tensor.Rows, columns = tensor.Columns;
        double[][] vectors = LowRank.Orthonormal(Math.Min(rows, columns), Math.Max(rows, columns), random);
        float[] values = new float[tensor.Values.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                values[(i * columns) + j] = (float)(rows <= columns ? vectors[i][j] : vectors[j][i]);
        }

        return tensor with { Values = values };
    }

    private static ModelTensor Fill(ModelTensor tensor, Func<double> entry)
    {
        float[] values = new float[tensor.Values.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)entry();
        return tensor with { Values = values };
    }
}
