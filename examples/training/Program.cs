using System.Globalization;

namespace Training;

/// <summary>Trains a small network on drawn digits and writes it as ONNX and safetensors, the same bytes on every machine.</summary>
internal static class Program
{
    private const int Success = 0;
    private const int Different = 1;
    private const int WrongUse = 2;

    public static int Main(string[] words)
    {
        (Arguments? arguments, string? problem) = Arguments.Parse(words);
        if (arguments is null)
        {
            Console.Error.WriteLine(problem);
            Console.Error.WriteLine(Arguments.Usage);
            return WrongUse;
        }

        return arguments.Repository switch
        {
            RepositoryAction.Check => CheckRepositoryModels(arguments.Folder),
            RepositoryAction.Write => WriteRepositoryModels(arguments.Folder),
            _ => TrainOne(arguments),
        };
    }

    private static int TrainOne(Arguments arguments)
    {
        TrainedModel model = TrainedModel.Train(arguments.Preset, arguments.Seed);
        foreach (ModelFormat format in arguments.Formats)
            Write(arguments.Folder, (arguments.FileName ?? arguments.Preset.Name) + format.Extension(), format.Write(model));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Preset.Name}, seed {model.Seed}, {model.Preset.Epochs} epochs: accuracy {model.TrainAccuracy:P2} in training, {model.TestAccuracy:P2} on held-out images"));
        return Success;
    }

    private static int WriteRepositoryModels(string folder)
    {
        foreach (RepositoryModel model in RepositoryModels.All)
        {
            foreach ((string fileName, byte[] bytes) in model.Make())
                Write(folder, fileName, bytes);
        }

        return Success;
    }

    private static int CheckRepositoryModels(string folder)
    {
        int exit = Success;
        foreach (string difference in RepositoryModels.Check(folder))
        {
            Console.Error.WriteLine(difference);
            exit = Different;
        }

        return exit;
    }

    // Moved into place when complete, so that an interrupted build leaves no half of a model.
    private static void Write(string folder, string fileName, byte[] bytes)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, fileName);
        File.WriteAllBytes(path + ".partial", bytes);
        File.Move(path + ".partial", path, overwrite: true);
    }
}
