namespace Training;

/// <summary>A layer y = W x + b; the weights lie row by row, one row of <c>Inputs</c> values for each output.</summary>
internal sealed class DenseLayer(string name, int inputs, int outputs) : Layer(name, inputs, outputs, inputs)
{
    public override int Inputs => FanIn;

    public override int Outputs => outputs;

    public override void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int o = 0; o < outputs; o++)
            y[o] = Biases[o] + LaneArithmetic.Dot(Row(Weights, o), x);
    }

    public override void AddGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> outputSlopes)
    {
        for (int o = 0; o < outputs; o++)
        {
            if (outputSlopes[o] == 0)
                continue;
            LaneArithmetic.AddScaled(Row(WeightGradient, o), outputSlopes[o], x);
            BiasGradient[o] += outputSlopes[o];
        }
    }

    public override void Backward(ReadOnlySpan<float> outputSlopes, Span<float> inputSlopes)
    {
        inputSlopes.Clear();
        for (int o = 0; o < outputs; o++)
        {
            if (outputSlopes[o] != 0)
                LaneArithmetic.AddScaled(inputSlopes, outputSlopes[o], Row(Weights, o));
        }
    }
}
