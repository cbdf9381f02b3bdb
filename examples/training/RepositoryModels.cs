namespace Training;

/// <summary>A model that examples/models holds: its file name without extension, how it is made and in which formats.</summary>
internal sealed record RepositoryModel(string Name, Preset Preset, ulong Seed, params ModelFormat[] Formats)
{
    /// <summary>The file names and bytes of this model, made now.</summary>
    public IEnumerable<(string FileName, byte[] Bytes)> Make()
    {
        TrainedModel model = TrainedModel.Train(Preset, Seed);
        return Formats.Select(format => (Name + format.Extension(), format.Write(model)));
    }
}

/// <summary>All models of examples/models.</summary>
internal static class RepositoryModels
{
    // Another seed than the first three, so that it is also an independent training of about the same accuracy.
    private const ulong SeriesSeed = 43;

    public static IReadOnlyList<RepositoryModel> All { get; } =
    [
        new("initial", Presets.Initial, Presets.DefaultSeed, ModelFormat.Safetensors),
        new("well-trained", Presets.WellTrained, Presets.DefaultSeed, ModelFormat.Onnx, ModelFormat.Safetensors),
        new("over-trained", Presets.OverTrained, Presets.DefaultSeed, ModelFormat.Onnx, ModelFormat.Safetensors),
        new("convolutional", Presets.Convolutional, Presets.DefaultSeed, ModelFormat.Onnx, ModelFormat.Safetensors),
        new("diverged", Presets.Diverged, Presets.DefaultSeed, ModelFormat.Safetensors),
        new("epoch-01", Presets.WellTrained with { Epochs = 1 }, SeriesSeed, ModelFormat.Safetensors),
        new("epoch-20", Presets.WellTrained, SeriesSeed, ModelFormat.Safetensors),
    ];

    /// <summary>Makes every model again and gives a sentence for each file that is missing or differs.</summary>
    public static IEnumerable<string> Check(string folder)
    {
        foreach (RepositoryModel model in All)
        {
            foreach ((string fileName, byte[] bytes) in model.Make())
            {
                string path = Path.Combine(folder, fileName);
                if (!File.Exists(path))
                    yield return $"{fileName} is missing.";
                else if (!bytes.AsSpan().SequenceEqual(File.ReadAllBytes(path)))
                    yield return $"{fileName} is not what this program makes.";
            }
        }
    }
}
