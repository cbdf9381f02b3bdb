namespace Training;

/// <summary>Dense layers <c>fc1</c>, <c>fc2</c>, ... with ReLU between them; the last one's outputs are the logits of the digits.</summary>
internal sealed class Network
{
    private readonly float[][] _values;
    private readonly float[][] _slopes;

    /// <summary>The sizes run from the inputs to the logits.</summary>
    public Network(params int[] sizes)
    {
        Layers = [.. Enumerable.Range(1, sizes.Length - 1).Select(i => new DenseLayer($"fc{i}", sizes[i - 1], sizes[i]))];
        _values = [.. sizes.Select(size => new float[size])];
        _slopes = [.. sizes.Select(size => new float[size])];
    }

    public IReadOnlyList<DenseLayer> Layers { get; }

    public void Initialise(SeededRandom random, double gain)
    {
        foreach (DenseLayer layer in Layers)
            layer.Initialise(random, gain);
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
