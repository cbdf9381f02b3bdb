namespace Training;

/// <summary>A layer y = W x + b; the weights lie row by row, one row of <c>Inputs</c> values for each output.</summary>
internal sealed class DenseLayer
{
    public DenseLayer(string name, int inputs, int outputs)
    {
        (Name, Inputs, Outputs) = (name, inputs, outputs);
        (Weights, Biases) = (new float[outputs * inputs], new float[outputs]);
        (WeightGradient, BiasGradient) = (new float[outputs * inputs], new float[outputs]);
    }

    public string Name { get; }

    public int Inputs { get; }

    public int Outputs { get; }

    public float[] Weights { get; }

    public float[] Biases { get; }

    public float[] WeightGradient { get; }

    public float[] BiasGradient { get; }

    /// <summary>Entries uniform with standard deviation <paramref name="gain"/> / sqrt(inputs); biases zero.</summary>
    public void Initialise(SeededRandom random, double gain)
    {
        double bound = gain * Math.Sqrt(3.0 / Inputs);
        foreach (ref float weight in Weights.AsSpan())
            weight = (float)random.NextBetween(-bound, bound);
        Array.Clear(Biases);
    }

    public void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int o = 0; o < Outputs; o++)
            y[o] = Biases[o] + LaneArithmetic.Dot(Row(Weights, o), x);
    }

    /// <summary>Adds this sample's gradient, given the loss's slope at each output.</summary>
    public void AddGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> outputSlopes)
    {
        for (int o = 0; o < Outputs; o++)
        {
            if (outputSlopes[o] == 0)
                continue;
            LaneArithmetic.AddScaled(Row(WeightGradient, o), outputSlopes[o], x);
            BiasGradient[o] += outputSlopes[o];
        }
    }

    /// <summary>The loss's slope at each input, W' times the slopes at the outputs.</summary>
    public void Backward(ReadOnlySpan<float> outputSlopes, Span<float> inputSlopes)
    {
        inputSlopes.Clear();
        for (int o = 0; o < Outputs; o++)
        {
            if (outputSlopes[o] != 0)
                LaneArithmetic.AddScaled(inputSlopes, outputSlopes[o], Row(Weights, o));
        }
    }

    private Span<float> Row(float[] matrix, int output) => matrix.AsSpan(output * Inputs, Inputs);
}
