namespace Training;

/// <summary>A linear map with trained weights and biases, and the slopes of the loss that training adds up for them.</summary>
internal abstract class Layer
{
    /// <summary>The weights' shape has the outputs (units or channels) first; each of these has <paramref name="fanIn"/> weights in a row.</summary>
    protected Layer(string name, int fanIn, params int[] weightShape)
    {
        (Name, FanIn, WeightShape) = (name, fanIn, weightShape);
        (Weights, Biases) = (new float[weightShape[0] * fanIn], new float[weightShape[0]]);
        (WeightGradient, BiasGradient) = (new float[Weights.Length], new float[Biases.Length]);
    }

    public string Name { get; }

    /// <summary>The weights that make one output value.</summary>
    public int FanIn { get; }

    public int[] WeightShape { get; }

    /// <summary>The values that go in for one image.</summary>
    public abstract int Inputs { get; }

    /// <summary>The values that come out for one image.</summary>
    public abstract int Outputs { get; }

    public float[] Weights { get; }

    public float[] Biases { get; }

    public float[] WeightGradient { get; }

    public float[] BiasGradient { get; }

    /// <summary>Entries uniform with standard deviation 1 / sqrt(fan-in); biases zero.</summary>
    public void Initialise(SeededRandom random)
    {
        double bound = Math.Sqrt(3.0 / FanIn);
        foreach (ref float weight in Weights.AsSpan())
            weight = (float)random.NextBetween(-bound, bound);
        Array.Clear(Biases);
    }

    public abstract void Forward(ReadOnlySpan<float> x, Span<float> y);

    /// <summary>Adds one image's gradient, given the loss's slope at each output.</summary>
    public abstract void AddGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> outputSlopes);

    /// <summary>The loss's slope at each input.</summary>
    public abstract void Backward(ReadOnlySpan<float> outputSlopes, Span<float> inputSlopes);

    /// <summary>The weights or their gradient that belong to one output.</summary>
    protected Span<float> Row(float[] matrix, int output) => matrix.AsSpan(output * FanIn, FanIn);
}
