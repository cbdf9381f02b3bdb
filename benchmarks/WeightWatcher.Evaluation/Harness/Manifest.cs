using System.Collections.Immutable;
using System.Globalization;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>A checkpoint whose worth is known.</summary>
/// <param name="Family">Models of one architecture and task.</param>
/// <param name="Run">One training of the family.</param>
/// <param name="Loss">What training lowers: a validation loss or a share of errors; smaller is better.</param>
/// <param name="Path">The full path of the file.</param>
internal sealed record KnownModel(string Family, string Run, double Loss, string Path)
{
    /// <summary>What identifies the checkpoint in a list: its file name says what the family and run do not.</summary>
    public string Key => $"{Family}-{Run}-{System.IO.Path.GetFileName(Path)}";
}

/// <summary>A list of checkpoints: a line each of family, run, loss and path with tabs or blanks between, the checkpoints of a run in the order of training.</summary>
internal static class Manifest
{
    /// <summary>Reads a list; paths are relative to its folder.</summary>
    public static ImmutableArray<KnownModel> Read(string path)
    {
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        ImmutableArray<KnownModel>.Builder models = ImmutableArray.CreateBuilder<KnownModel>();
        foreach (string line in File.ReadLines(path).Where(l => l.Length > 0 && l[0] != '#'))
        {
            string[] words = line.Split([' ', '\t'], 4, StringSplitOptions.RemoveEmptyEntries);
            models.Add(new KnownModel(words[0], words[1], double.Parse(words[2], CultureInfo.InvariantCulture), System.IO.Path.Combine(folder, words[3])));
        }

        return models.ToImmutable();
    }
}
