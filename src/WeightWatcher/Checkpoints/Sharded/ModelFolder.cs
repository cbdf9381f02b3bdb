using System.Globalization;
using System.Text.RegularExpressions;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Sharded;

/// <summary>Finds the model in a folder.</summary>
internal static partial class ModelFolder
{
    /// <summary>What to look for, best first: an index stands for its shards, and safetensors are preferred to pickles of the same model.</summary>
    private static readonly string[] Patterns = ["*.safetensors.index.json", "*.safetensors", "*.bin.index.json", "*.onnx", "*.gguf", "*.npz", "*.pt", "*.pth", "*.bin", "*.ckpt", "*.keras", "*.h5", "*.hdf5"];

    /// <summary>The one model in a folder.</summary>
    /// <param name="folder">The full path of an existing folder.</param>
    /// <exception cref="ArtifactException"><c>WWG2009</c> when there is no model, or more than one of the best kind.</exception>
    public static string FindModel(string folder)
    {
        try
        {
            foreach (string pattern in Patterns)
            {
                string[] found = [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal).Take(4)];
                if (found.Length == 1 || (found.Length > 1 && pattern == "*.gguf" && IsOneModel(folder)))
                    return found[0];
                if (found.Length > 1)
                {
                    string names = string.Join(", ", found.Take(3).Select(file => $"'{Printable.Text(Path.GetFileName(file))}'"));
                    throw Refusal(folder, string.Create(CultureInfo.InvariantCulture, $"the folder holds several models without an index that joins them: {names}{(found.Length > 3 ? " and more" : "")}; name one of them"));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactException(ArtifactCodes.Unreadable, $"the folder cannot be listed: {Printable.Text(e.Message)}", e) { Path = folder };
        }

        throw Refusal(folder, "expected a model file or a folder with one, found a folder without any");
    }

    /// <summary>True when all GGUF files of a folder are parts of one model, the first of which then comes first by name.</summary>
    private static bool IsOneModel(string folder) =>
        Directory.EnumerateFiles(folder, "*.gguf").Select(f => PartOf().Replace(Path.GetFileName(f), "")).Distinct(StringComparer.Ordinal).Take(2).Count() == 1;

    [GeneratedRegex(@"-[0-9]{5}(?=-of-[0-9]{5}\.gguf$)", RegexOptions.CultureInvariant)]
    private static partial Regex PartOf();

    private static ArtifactException Refusal(string folder, string message) => new(ArtifactCodes.Unreadable, message) { Path = folder };
}
