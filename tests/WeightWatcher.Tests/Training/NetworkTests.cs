using Training;

namespace WeightWatcher.Tests.Training;

public class NetworkTests
{
    [Fact]
    public void The_gradient_is_the_slope_of_the_cross_entropy()
    {
        Network network = new(6, 5, 4, 3);
        network.Initialise(new SeededRandom(7, 1), gain: 1);
        float[] image = [0.3f, 0.9f, 0.1f, 0.7f, 0.5f, 0.2f];
        const int digit = 2;
        network.AddGradient(image, digit, weight: 1);

        const float step = 1f / 256;
        foreach (DenseLayer layer in network.Layers)
        {
            for (int i = 0; i < layer.Weights.Length; i++)
            {
                float kept = layer.Weights[i];
                layer.Weights[i] = kept + step;
                double above = CrossEntropy(network.Forward(image), digit);
                layer.Weights[i] = kept - step;
                double below = CrossEntropy(network.Forward(image), digit);
                layer.Weights[i] = kept;
                Assert.Equal((above - below) / (2 * step), layer.WeightGradient[i], 2e-4);
            }
        }
    }

    [Fact]
    public void Initial_entries_have_the_standard_deviation_one_over_the_root_of_the_inputs()
    {
        DenseLayer layer = new("fc", inputs: 400, outputs: 100);
        layer.Initialise(new SeededRandom(7, 1), gain: 1);
        double variance = layer.Weights.Average(w => (double)w * w);
        Assert.Equal(1.0 / 400, variance, 1e-4 / 4);
        Assert.All(layer.Weights, w => Assert.InRange(w, -Math.Sqrt(3.0 / 400), Math.Sqrt(3.0 / 400)));
        Assert.All(layer.Biases, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_network_of_nan_weights_is_right_about_no_image()
    {
        Network network = new(Glyphs.PixelCount, Glyphs.DigitCount);
        Array.Fill(network.Layers[0].Weights, float.NaN);
        Assert.Equal(0, network.Accuracy(Glyphs.Draw(10, new SeededRandom(1, 1))));
    }

    private static double CrossEntropy(ReadOnlySpan<float> logits, int digit)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit);
        return Math.Log(sum) - logits[digit];
    }
}
