namespace Training;

/// <summary>The shape of a square convolution without padding. Images are channels x side x side, row by row.</summary>
internal sealed record ConvolutionShape(int InputChannels, int InputSide, int OutputChannels, int Kernel, int Stride)
{
    public int OutputSide => ((InputSide - Kernel) / Stride) + 1;

    /// <summary>The places where the kernel is laid.</summary>
    public int Places => OutputSide * OutputSide;

    public int PatchLength => InputChannels * Kernel * Kernel;
}

/// <summary>A convolution; the weights are output channels x input channels x kernel x kernel.</summary>
internal sealed class ConvolutionLayer(string name, ConvolutionShape shape)
    : Layer(name, shape.PatchLength, shape.OutputChannels, shape.InputChannels, shape.Kernel, shape.Kernel)
{
    private readonly float[] _patch = new float[shape.PatchLength];
    private readonly int[] _offsets = OffsetsInPatch(shape);

    public ConvolutionShape Shape => shape;

    public override int Inputs => shape.InputChannels * shape.InputSide * shape.InputSide;

    public override int Outputs => shape.OutputChannels * shape.Places;

    public override void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int place = 0; place < shape.Places; place++)
        {
            Gather(x, place);
            for (int o = 0; o < shape.OutputChannels; o++)
                y[(o * shape.Places) + place] = Biases[o] + LaneArithmetic.Dot(Row(Weights, o), _patch);
        }
    }

    public override void AddGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> outputSlopes)
    {
        for (int place = 0; place < shape.Places; place++)
        {
            Gather(x, place);
            for (int o = 0; o < shape.OutputChannels; o++)
            {
                float slope = outputSlopes[(o * shape.Places) + place];
                if (slope == 0)
                    continue;
                LaneArithmetic.AddScaled(Row(WeightGradient, o), slope, _patch);
                BiasGradient[o] += slope;
            }
        }
    }

    public override void Backward(ReadOnlySpan<float> outputSlopes, Span<float> inputSlopes)
    {
        inputSlopes.Clear();
        for (int place = 0; place < shape.Places; place++)
        {
            Array.Clear(_patch);
            for (int o = 0; o < shape.OutputChannels; o++)
            {
                float slope = outputSlopes[(o * shape.Places) + place];
                if (slope != 0)
                    LaneArithmetic.AddScaled(_patch, slope, Row(Weights, o));
            }

            int corner = Corner(place);
            for (int i = 0; i < _patch.Length; i++)
                inputSlopes[corner + _offsets[i]] += _patch[i];
        }
    }

    private void Gather(ReadOnlySpan<float> x, int place)
    {
        int corner = Corner(place);
        for (int i = 0; i < _patch.Length; i++)
            _patch[i] = x[corner + _offsets[i]];
    }

    // Where in an image of the first channel the kernel's first entry lies.
    private int Corner(int place) => (place / shape.OutputSide * shape.Stride * shape.InputSide) + (place % shape.OutputSide * shape.Stride);

    private static int[] OffsetsInPatch(ConvolutionShape shape) =>
    [
        .. from channel in Enumerable.Range(0, shape.InputChannels)
           from row in Enumerable.Range(0, shape.Kernel)
           from column in Enumerable.Range(0, shape.Kernel)
           select (((channel * shape.InputSide) + row) * shape.InputSide) + column,
    ];
}
