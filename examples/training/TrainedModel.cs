using System.Globalization;

namespace Training;

/// <summary>A network that a preset made, with how well it does. Accuracies are shares in [0, 1].</summary>
internal sealed record TrainedModel(Preset Preset, ulong Seed, Network Network, double TrainAccuracy, double TestAccuracy)
{
    private const int TestImages = 2000;

    // The images do not depend on the seed, so that two seeds are two trainings for one task.
    private const ulong DataSeed = 1;
    private const ulong TrainStream = 1, TestStream = 2, WeightStream = 3, OrderStream = 4;

    /// <summary>Runs a preset; the seed sets the first weights and the order of the images.</summary>
    public static TrainedModel Train(Preset preset, ulong seed)
    {
        GlyphSet train = Glyphs.Draw(preset.TrainingImages, new SeededRandom(DataSeed, TrainStream));
        GlyphSet test = Glyphs.Draw(TestImages, new SeededRandom(DataSeed, TestStream));
        Network network = preset.Network();
        network.Initialise(new SeededRandom(seed, WeightStream));
        Sgd sgd = new(network, preset.Sgd, new SeededRandom(seed, OrderStream));
        for (int epoch = 0; epoch < preset.Epochs; epoch++)
            sgd.RunEpoch(train);
        return new TrainedModel(preset, seed, network, network.Accuracy(train), network.Accuracy(test));
    }

    /// <summary>The model as the bytes of a safetensors file; what made it stands in the header.</summary>
    public byte[] ToSafetensors() => SafetensorsFile.Write(NamedTensor.Of(Network), [KeyValuePair.Create("format", "pt"), .. Provenance]);

    /// <summary>The model as the bytes of an ONNX file; what made it stands in the metadata properties.</summary>
    public byte[] ToOnnx() => OnnxFile.Write(Network, Provenance);

    private IReadOnlyList<KeyValuePair<string, string>> Provenance =>
    [
        KeyValuePair.Create("preset", Preset.Name),
        KeyValuePair.Create("seed", Seed.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create("epochs", Preset.Epochs.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create("train_accuracy", TrainAccuracy.ToString("F4", CultureInfo.InvariantCulture)),
        KeyValuePair.Create("test_accuracy", TestAccuracy.ToString("F4", CultureInfo.InvariantCulture)),
    ];
}
