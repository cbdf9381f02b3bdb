namespace Training;

/// <summary>How a run of stochastic gradient descent steps.</summary>
/// <param name="LearningRate">The first epoch's step size, on the mean loss of a batch.</param>
/// <param name="BatchSize">Images per step, at least 1; the last batch of an epoch may be smaller.</param>
/// <param name="Momentum">In [0, 1): the share of the previous step that is kept.</param>
/// <param name="WeightDecay">The share of each weight taken off per unit of learning rate; biases are spared.</param>
/// <param name="LearningRateDecay">In (0, 1]: the factor on the step size after each epoch.</param>
internal sealed record SgdOptions(double LearningRate, int BatchSize, double Momentum = 0, double WeightDecay = 0, double LearningRateDecay = 1);

/// <summary>Stochastic gradient descent with momentum and weight decay, over the images in a new random order each epoch.</summary>
internal sealed class Sgd
{
    private readonly Network _network;
    private readonly SgdOptions _options;
    private readonly SeededRandom _random;
    private readonly List<(float[] Weights, float[] Gradient, float[] Velocity, float Decay)> _parameters = [];
    private double _learningRate;

    public Sgd(Network network, SgdOptions options, SeededRandom random)
    {
        (_network, _options, _random, _learningRate) = (network, options, random, options.LearningRate);
        foreach (Layer layer in network.Layers)
        {
            _parameters.Add((layer.Weights, layer.WeightGradient, new float[layer.Weights.Length], (float)options.WeightDecay));
            _parameters.Add((layer.Biases, layer.BiasGradient, new float[layer.Biases.Length], 0));
        }
    }

    /// <summary>Shows the network every image once.</summary>
    public void RunEpoch(GlyphSet set)
    {
        int[] order = [.. Enumerable.Range(0, set.Count)];
        _random.Shuffle(order);
        foreach (int[] batch in order.Chunk(_options.BatchSize))
        {
            foreach (int image in batch)
                _network.AddGradient(set.Image(image), set.Digits[image], 1f / batch.Length);
            Step();
        }

        _learningRate *= _options.LearningRateDecay;
    }

    // velocity = momentum velocity + gradient + decay weights; weights -= rate velocity.
    private void Step()
    {
        foreach ((float[] weights, float[] gradient, float[] velocity, float decay) in _parameters)
        {
            LaneArithmetic.Scale(velocity, (float)_options.Momentum);
            LaneArithmetic.AddScaled(velocity, 1, gradient);
            LaneArithmetic.AddScaled(velocity, decay, weights);
            LaneArithmetic.AddScaled(weights, (float)-_learningRate, velocity);
            Array.Clear(gradient);
        }
    }
}
