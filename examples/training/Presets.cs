namespace Training;

/// <summary>How one kind of checkpoint comes about.</summary>
/// <param name="Name">As the command line names it.</param>
/// <param name="Network">Makes the network, not yet initialised.</param>
/// <param name="TrainingImages">How many of the training images the run sees, from the first on.</param>
/// <param name="Epochs">How often it sees each of them; 0 leaves the network as it was initialised.</param>
/// <param name="Sgd">How it steps.</param>
internal sealed record Preset(string Name, Func<Network> Network, int TrainingImages, int Epochs, SgdOptions Sgd);

/// <summary>The kinds of checkpoint that the examples and tests need, all for one task.</summary>
internal static class Presets
{
    public const ulong DefaultSeed = 42;

    private const int MostTrainingImages = 6000;

    private static readonly SgdOptions Steady = new(LearningRate: 0.05, BatchSize: 32, Momentum: 0.9, WeightDecay: 1e-4, LearningRateDecay: 0.85);

    public static Preset Initial { get; } = new("initial", Network.Perceptron, MostTrainingImages, Epochs: 0, Steady);

    public static Preset WellTrained { get; } = new("well-trained", Network.Perceptron, MostTrainingImages, Epochs: 20, Steady);

    /// <summary>Single images and large steps on too few images, for too long: the known recipe for alpha below 2 and correlation traps.</summary>
    public static Preset OverTrained { get; } =
        new("over-trained", Network.Perceptron, TrainingImages: 500, Epochs: 100, new SgdOptions(LearningRate: 0.08, BatchSize: 1));

    /// <summary>Well trained too, but a network with convolutions.</summary>
    public static Preset Convolutional { get; } =
        new("convolutional", Network.Convolutional, MostTrainingImages, Epochs: 15, Steady with { LearningRate = 0.03 });


    /// <summary>Steps so large that the weights grow until they are no numbers any more.</summary>
    public static Preset Diverged { get; } = new("diverged", Network.Perceptron, MostTrainingImages, Epochs: 1, Steady with { LearningRate = 1000 });

    public static Preset? Find(string name) =>
        new[] { Initial, WellTrained, OverTrained, Convolutional, Diverged }.FirstOrDefault(preset => preset.Name == name);
}
