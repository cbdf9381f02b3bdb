using System.Globalization;

namespace Training;

/// <summary>The command line of <see cref="Program"/>: either one preset to train, or a folder of the repository's own models to write or check.</summary>
internal sealed record Arguments
{
    public const string Usage =
        """
        usage: --out FOLDER [--preset NAME] [--name FILE] [--formats LIST] [--seed NUMBER] [--epochs NUMBER]
               --repository-models FOLDER
               --check FOLDER
          --preset             initial, well-trained (default), over-trained, convolutional or diverged
          --name               file name without extension; the preset's name by default
          --formats            onnx, safetensors or both with a comma between (default)
          --seed               first weights and order of the images; 42 by default
          --epochs             instead of the preset's own number
          --repository-models  writes every model of examples/models
          --check              makes every model of examples/models again and compares the bytes
        """;

    public required string Folder { get; init; }

    public RepositoryAction? Repository { get; init; }

    public Preset Preset { get; init; } = Presets.WellTrained;

    public string? FileName { get; init; }

    public IReadOnlyList<ModelFormat> Formats { get; init; } = Enum.GetValues<ModelFormat>();

    public ulong Seed { get; init; } = Presets.DefaultSeed;

    /// <summary>Reads the arguments, or says in one sentence what is wrong with them.</summary>
    public static (Arguments? Arguments, string? Problem) Parse(IReadOnlyList<string> words)
    {
        Arguments arguments = new() { Folder = "" };
        int? epochs = null;
        for (int i = 0; i < words.Count; i += 2)
        {
            string key = words[i];
            if (i + 1 == words.Count)
                return (null, $"{key} needs a value.");
            string value = words[i + 1];
            switch (key)
            {
                case "--out":
                    arguments = arguments with { Folder = value, Repository = null };
                    break;
                case "--repository-models":
                    arguments = arguments with { Folder = value, Repository = RepositoryAction.Write };
                    break;
                case "--check":
                    arguments = arguments with { Folder = value, Repository = RepositoryAction.Check };
                    break;
                case "--preset" when Presets.Find(value) is { } preset:
                    arguments = arguments with { Preset = preset };
                    break;
                case "--name" when value.Length > 0 && value == Path.GetFileName(value):
                    arguments = arguments with { FileName = value };
                    break;
                case "--formats" when ParseFormats(value) is { } formats:
                    arguments = arguments with { Formats = formats };
                    break;
                case "--seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed):
                    arguments = arguments with { Seed = seed };
                    break;
                case "--epochs" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count):
                    epochs = count;
                    break;
                default:
                    return (null, $"'{key} {value}' is not understood.");
            }
        }

        if (arguments.Folder.Length == 0)
            return (null, "A folder is needed: --out, --repository-models or --check.");
        return (arguments with { Preset = arguments.Preset with { Epochs = epochs ?? arguments.Preset.Epochs } }, null);
    }

    private static List<ModelFormat>? ParseFormats(string list)
    {
        List<ModelFormat> formats = [];
        foreach (string word in list.Split(','))
        {
            if (ModelFormats.Find(word) is not { } format)
                return null;
            formats.Add(format);
        }

        return formats;
    }
}

/// <summary>What to do with the repository's own models.</summary>
internal enum RepositoryAction
{
    Write,
    Check,
}
