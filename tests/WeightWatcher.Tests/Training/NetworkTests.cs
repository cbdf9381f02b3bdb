using Training;

namespace WeightWatcher.Tests.Training;

public class NetworkTests
{
    [Fact]
    public void The_gradient_of_dense_layers_is_the_slope_of_the_cross_entropy() =>
        CheckGradient(new Network(new DenseLayer("fc1", 25, 5), new DenseLayer("fc2", 5, 4), new DenseLayer("fc3", 4, 3)));

    [Fact]
    public void The_gradient_of_convolutions_is_the_slope_of_the_cross_entropy() =>
        CheckGradient(new Network(
            new ConvolutionLayer("conv1", new ConvolutionShape(InputChannels: 1, InputSide: 5, OutputChannels: 3, Kernel: 2, Stride: 1)),
            new ConvolutionLayer("conv2", new ConvolutionShape(InputChannels: 3, InputSide: 4, OutputChannels: 2, Kernel: 2, Stride: 2)),
            new DenseLayer("fc1", 8, 3)));

    [Fact]
    public void A_convolution_sums_the_products_under_its_kernel()
    {
        ConvolutionLayer layer = new("conv", new ConvolutionShape(InputChannels: 2, InputSide: 3, OutputChannels: 1, Kernel: 2, Stride: 1));
        float[] image = [.. Enumerable.Range(1, 18).Select(i => (float)i)];
        layer.Weights[0] = 1;
        layer.Weights[3] = 10;
        layer.Weights[4] = 100;
        layer.Biases[0] = 0.5f;
        float[] output = new float[4];
        layer.Forward(image, output);

        // Channel 0, upper left and lower right of each 2 x 2 patch, and channel 1, upper left.
        Assert.Equal([1 + 50 + 1000.5f, 2 + 60 + 1100.5f, 4 + 80 + 1300.5f, 5 + 90 + 1400.5f], output);
    }

    [Fact]
    public void Initial_entries_have_the_standard_deviation_one_over_the_root_of_the_inputs()
    {
        DenseLayer layer = new("fc", 400, 100);
        layer.Initialise(new SeededRandom(7, 1));
        double variance = layer.Weights.Average(w => (double)w * w);
        Assert.Equal(1.0 / 400, variance, 1e-4 / 4);
        Assert.All(layer.Weights, w => Assert.InRange(w, -Math.Sqrt(3.0 / 400), Math.Sqrt(3.0 / 400)));
        Assert.All(layer.Biases, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_network_of_nan_weights_is_right_about_no_image()
    {
        Network network = new(new DenseLayer("fc", Glyphs.PixelCount, Glyphs.DigitCount));
        Array.Fill(network.Layers[0].Weights, float.NaN);
        Assert.Equal(0, network.Accuracy(Glyphs.Draw(10, new SeededRandom(1, 1))));
    }

    private static void CheckGradient(Network network)
    {
        SeededRandom random = new(7, 1);
        network.Initialise(random);
        float[] image = [.. Enumerable.Range(0, network.Layers[0].Inputs).Select(_ => (float)random.NextDouble())];
        const int digit = 2;
        network.AddGradient(image, digit, weight: 1);

        foreach (Layer layer in network.Layers)
        {
            CheckSlopes(network, image, digit, layer.Weights, layer.WeightGradient);
            CheckSlopes(network, image, digit, layer.Biases, layer.BiasGradient);
        }
    }

    private static void CheckSlopes(Network network, float[] image, int digit, float[] parameters, float[] gradient)
    {
        const float step = 1f / 256;
        for (int i = 0; i < parameters.Length; i++)
        {
            float kept = parameters[i];
            parameters[i] = kept + step;
            double above = CrossEntropy(network.Forward(image), digit);
            parameters[i] = kept - step;
            double below = CrossEntropy(network.Forward(image), digit);
            parameters[i] = kept;
            Assert.Equal((above - below) / (2 * step), gradient[i], 2e-4);
        }
    }

    private static double CrossEntropy(ReadOnlySpan<float> logits, int digit)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit);
        return Math.Log(sum) - logits[digit];
    }
}
