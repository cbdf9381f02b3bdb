namespace Training;

/// <summary>Layers with ReLU between them; the last one's outputs are the logits of the digits.</summary>
internal sealed class Network
{
    private readonly float[][] _values;
    private readonly float[][] _slopes;

    public Network(params Layer[] layers)
    {
        Layers = layers;
        int[] sizes = [layers[0].Inputs, .. layers.Select(layer => layer.Outputs)];
        _values = [.. sizes.Select(size => new float[size])];
        _slopes = [.. sizes.Select(size => new float[size])];
    }

    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>Dense layers <c>fc1</c> of 256 x 200, <c>fc2</c> of 200 x 100 and <c>fc3</c> of 100 x 10.</summary>
    public static Network Perceptron() =>
        new(new DenseLayer("fc1", Glyphs.PixelCount, 200), new DenseLayer("fc2", 200, 100), new DenseLayer("fc3", 100, Glyphs.DigitCount));

    /// <summary>Convolutions <c>conv1</c> (5 x 5, stride 2) and <c>conv2</c> (3 x 3), then dense layers <c>fc1</c> and <c>fc2</c>.</summary>
    public static Network Convolutional()
    {
        ConvolutionLayer first = new("conv1", new ConvolutionShape(InputChannels: 1, Glyphs.Side, OutputChannels: 16, Kernel: 5, Stride: 2));
        ConvolutionLayer second = new("conv2", new ConvolutionShape(InputChannels: 16, first.Shape.OutputSide, OutputChannels: 32, Kernel: 3, Stride: 1));
        return new(first, second, new DenseLayer("fc1", second.Outputs, 64), new DenseLayer("fc2", 64, Glyphs.DigitCount));
    }

    public void Initialise(SeededRandom random)
    {
        foreach (Layer layer in Layers)
            layer.Initialise(random);
    }

    /// <summary>The logits of one image; valid until the next call.</summary>
    public ReadOnlySpan<float> Forward(ReadOnlySpan<float> image)
    {
        image.CopyTo(_values[0]);
        for (int i = 0; i < Layers.Count; i++)
        {
            Layers[i].Forward(_values[i], _values[i + 1]);
            if (i + 1 < Layers.Count)
                RectifyInPlace(_values[i + 1]);
        }

        return _values[^1];
    }

    /// <summary>Adds to every layer the gradient of the cross-entropy of one image, times <paramref name="weight"/>.</summary>
    public void AddGradient(ReadOnlySpan<float> image, int digit, float weight)
    {
        ReadOnlySpan<float> logits = Forward(image);
        Softmax.SlopesOfCrossEntropy(logits, digit, weight, _slopes[^1]);
        for (int i = Layers.Count - 1; i >= 0; i--)
        {
            Layers[i].AddGradient(_values[i], _slopes[i + 1]);
            if (i == 0)
                break;
            Layers[i].Backward(_slopes[i + 1], _slopes[i]);
            for (int j = 0; j < _slopes[i].Length; j++)
            {
                if (_values[i][j] == 0)
                    _slopes[i][j] = 0;
            }
        }
    }

    /// <summary>The share of the images whose digit has the largest logit, in [0, 1].</summary>
    public double Accuracy(GlyphSet set)
    {
        int right = 0;
        for (int i = 0; i < set.Count; i++)
        {
            if (IndexOfLargest(Forward(set.Image(i))) == set.Digits[i])
                right++;
        }

        return (double)right / set.Count;
    }

    // NaN stays NaN, so that a training that diverged is seen in every layer it reaches.
    private static void RectifyInPlace(Span<float> values)
    {
        foreach (ref float value in values)
        {
            if (value < 0)
                value = 0;
        }
    }

    // A network whose logits are NaN names no digit.
    private static int? IndexOfLargest(ReadOnlySpan<float> logits)
    {
        int? best = null;
        for (int i = 0; i < logits.Length; i++)
        {
            if (!float.IsNaN(logits[i]) && (best is null || logits[i] > logits[best.Value]))
                best = i;
        }

        return best;
    }
}
