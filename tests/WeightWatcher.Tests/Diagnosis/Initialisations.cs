using System.Collections.Immutable;

namespace WeightWatcher.Tests.Diagnosis;

/// <summary>Weights as the usual initialisers draw them, (out, in, kernel...) as PyTorch stores them.</summary>
internal static class Initialisations
{
    /// <summary>Seven usual initialisations.</summary>
    public static ImmutableArray<string> Kinds { get; } = ["he-normal", "glorot-normal", "torch-uniform", "glorot-uniform", "keras-he-normal", "normal-0.02", "orthogonal"];

    /// <summary>Draws the weights of a shape.</summary>
    public static float[] Draw(string kind, long[] shape, int seed)
    {
        Random random = new(seed);
        int count = (int)shape.Aggregate(1L, (a, b) => a * b);
        double kernel = (double)count / (shape[0] * shape[1]), inputs = shape[1] * kernel, outputs = shape[0] * kernel;
        Func<double> draw = kind switch
        {
            "he-normal" => () => Normal(random) * Math.Sqrt(2 / inputs),
            "glorot-normal" => () => Normal(random) * Math.Sqrt(2 / (inputs + outputs)),
            "normal-0.02" => () => Normal(random) * 0.02,
            "torch-uniform" => () => Uniform(random) / Math.Sqrt(inputs),
            "glorot-uniform" => () => Uniform(random) * Math.Sqrt(6 / (inputs + outputs)),
            "keras-he-normal" => () => Truncated(random) * Math.Sqrt(2 / inputs) / 0.87962566103423978,
            "orthogonal" => () => Normal(random),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
        double[] values = [.. Enumerable.Range(0, count).Select(_ => draw())];
        if (kind == "orthogonal")
            Orthogonalize(values, (int)shape[0], count / (int)shape[0]);
        return [.. values.Select(x => (float)x)];
    }

    /// <summary>A standard normal number.</summary>
    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Uniform(Random random) => (2 * random.NextDouble()) - 1;

    private static double Truncated(Random random)
    {
        double x = Normal(random);
        while (Math.Abs(x) > 2)
            x = Normal(random);
        return x;
    }

    /// <summary>Gram and Schmidt, twice, over the shorter side.</summary>
    private static void Orthogonalize(double[] matrix, int rows, int columns)
    {
        (int lines, int length, int across, int along) = rows <= columns ? (rows, columns, columns, 1) : (columns, rows, 1, columns);
        double[][] basis = [.. Enumerable.Range(0, lines).Select(i => Enumerable.Range(0, length).Select(k => matrix[(i * across) + (k * along)]).ToArray())];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < lines; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    double product = 0;
                    for (int k = 0; k < length; k++)
                        product += basis[i][k] * basis[j][k];
                    for (int k = 0; k < length; k++)
                        basis[i][k] -= product * basis[j][k];
                }

                double norm = Math.Sqrt(basis[i].Sum(x => x * x));
                for (int k = 0; k < length; k++)
                    basis[i][k] /= norm;
            }
        }

        for (int i = 0; i < lines; i++)
        {
            for (int k = 0; k < length; k++)
                matrix[(i * across) + (k * along)] = basis[i][k];
        }
    }
}
