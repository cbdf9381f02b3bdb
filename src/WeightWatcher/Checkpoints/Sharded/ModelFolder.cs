using System.Text.RegularExpressions;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Sharded;

/// <summary>Finds the model in a folder.</summary>
internal static partial class ModelFolder
{
    /// <summary>What to look for, best first: an index stands for its shards, and safetensors are preferred to pickles of the same model.</summary>
    private static readonly string[] Patterns = ["*.safetensors.index.json", "*.safetensors", "*.bin.index.json", "*.onnx", "*.gguf", "*.npz", "*.pt", "*.pth", "*.bin", "*.ckpt", "*.keras", "*.h5", "*.hdf5"];

    /// <summary>What model files are called when they are the only ones of their kind; a file of another name beside one is a variant of it.</summary>
    private static readonly string[] UsualNames =
    [
        "model.safetensors", "diffusion_pytorch_model.safetensors", "adapter_model.safetensors", "pytorch_model.bin", "diffusion_pytorch_model.bin", "adapter_model.bin", "model.onnx",
        "model.keras", "tf_model.h5",
    ];

    private const int MostSubfolders = 100;

    /// <summary>The one model in a folder.</summary>
    /// <param name="folder">The full path of an existing folder.</param>
    /// <returns>The model's path, and a sentence on models that lie there too and are not read, or null.</returns>
    /// <exception cref="ArtifactException"><c>WWG2009</c> when there is no model, or more than one of the best kind.</exception>
    public static (string Path, string? Note) FindModel(string folder)
    {
        try
        {
            foreach (string pattern in Patterns)
            {
                string[] found = Models(folder, pattern);
                if (found.Length == 0)
                    continue;
                string? usual = UsualNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(found.Contains);
                if (found.Length == 1 || usual is not null || (pattern == "*.gguf" && IsOneModel(found)))
                {
                    string model = usual ?? found[0];
                    if (pattern != "*.gguf" && PartName.Of(Path.GetFileName(model)) is { Count: > 1 } part)
                        throw Refusal(folder, $"the folder holds {part} of a model, '{Printable.Text(Path.GetFileName(model))}', and no index that names the others");
                    return (model, NoteOn(folder, model, usual is null ? [] : found));
                }

                throw Refusal(folder, $"the folder holds several models without an index that joins them: {Names(found)}; name one of them");
            }

            throw Refusal(folder, WhyNone(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException(ArtifactCodes.Unreadable, $"the folder cannot be listed: {Printable.Text(e.Message)}", e) { Path = folder };
        }
    }

    /// <summary>The files of a pattern, in the order of their names, without what training programs keep beside a model.</summary>
    private static string[] Models(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(folder, pattern).Where(file => !TrainingState().IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal)];

    private static string? NoteOn(string folder, string model, string[] sameKind)
    {
        string[] others = [.. sameKind.Concat(UsualNames.Select(name => Path.Combine(folder, name)).Where(File.Exists)).Distinct(StringComparer.Ordinal).Where(file => file != model && !IsShardedBy(model, file))];
        return others.Length == 0 ? null : $"The folder's model is '{Printable.Text(Path.GetFileName(model))}'; {Names(others)} beside it {(others.Length == 1 ? "was" : "were")} not read.";
    }

    /// <summary>True for a file that an index may name.</summary>
    private static bool IsShardedBy(string model, string file) => model.EndsWith(Path.GetExtension(file) + ".index.json", StringComparison.Ordinal);

    private static string WhyNone(string folder)
    {
        if (File.Exists(Path.Combine(folder, "saved_model.pb")))
            return "the folder is a TensorFlow SavedModel, which cannot be read; save the model as .keras or .h5, or convert it to ONNX";
        string[] models = [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Take(MostSubfolders).Where(inner => Array.Exists(Patterns, pattern => Models(inner, pattern).Length > 0))];
        return models.Length == 0
            ? "expected a model file or a folder with one, found a folder without any"
            : $"expected a model file or a folder with one, found a folder whose models lie in folders of their own: {Names(models)}; name one of them";
    }

    private static string Names(string[] paths) =>
        string.Join(", ", paths.Take(3).Select(path => $"'{Printable.Text(Path.GetFileName(path))}'")) + (paths.Length > 3 ? " and more" : "");

    /// <summary>True when all GGUF files of a folder are parts of one model, the first of which then comes first by name.</summary>
    private static bool IsOneModel(string[] files) =>
        files.Select(f => PartName.Of(Path.GetFileName(f))?.Series ?? f).Distinct(StringComparer.Ordinal).Take(2).Count() == 1;

    /// <summary>The state of optimizers, schedules and random numbers, and arguments, as Transformers' Trainer and Accelerate name them.</summary>
    [GeneratedRegex(@"^(?:(?:optimizer|scheduler|scaler)(?:_[0-9]+)?\.(?:pt|bin)|rng_state(?:_[0-9]+)?\.pth|training_args\.bin)$", RegexOptions.CultureInvariant)]
    private static partial Regex TrainingState();

    private static ArtifactException Refusal(string folder, string message) => new(ArtifactCodes.Unreadable, message) { Path = folder };
}
