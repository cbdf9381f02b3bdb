using System.Globalization;
using System.Text.RegularExpressions;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>
/// A model in several GGUF files, <c>name-00001-of-00003.gguf</c> and so on, as llama.cpp's gguf-split writes it. Whichever of them is named, all are read, in the order of their numbers;
/// all must lie in one folder and agree on what they say of each other.
/// </summary>
internal static partial class GgufSplit
{
    /// <summary>The model of all files.</summary>
    /// <param name="file">The file that was named.</param>
    /// <param name="named">What was read from it.</param>
    /// <param name="metadata">What it says of the other files: that there are others.</param>
    /// <param name="read">Reads another file.</param>
    /// <exception cref="ArtifactException">A file is missing, malformed, or belongs to another model.</exception>
    public static Checkpoint Join(ArtifactFile file, Checkpoint named, GgufMetadata metadata, Func<ArtifactFile, (Checkpoint Checkpoint, GgufMetadata Metadata)> read)
    {
        Match match = PartName().Match(Path.GetFileName(file.Path));
        if (!match.Success)
        {
            string note = string.Create(CultureInfo.InvariantCulture, $"The file is one of {metadata.SplitCount} parts of a model, whose names do not follow from its own; only the tensors in it were read.");
            return With(named, named.Tensors, named.Unreadable, [file], [note, .. named.Notes]);
        }

        int own = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        RequireAgreement(file, metadata, own, metadata.SplitCount, int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture));
        List<Checkpoint> parts = [];
        List<ArtifactFile> others = [];
        try
        {
            for (int number = 1; number <= metadata.SplitCount; number++)
            {
                if (number == own)
                {
                    parts.Add(named);
                    continue;
                }

                string name = string.Create(CultureInfo.InvariantCulture, $"{match.Groups["name"].Value}-{number:D5}-of-{metadata.SplitCount:D5}.gguf");
                ArtifactFile other = ArtifactFile.Open(ContainedPath.Resolve(file, name, allowBlobStore: true));
                others.Add(other);
                try
                {
                    (Checkpoint part, GgufMetadata said) = read(other);
                    RequireAgreement(other, said, number, metadata.SplitCount, (int)metadata.SplitCount);
                    parts.Add(part);
                }
                catch (ArtifactException e)
                {
                    throw e.With(other.Path, "gguf");
                }
            }

            Checkpoint joined = With(named, [.. parts.SelectMany(p => p.Tensors)], [.. parts.SelectMany(p => p.Unreadable)], [file, .. others], [.. parts.SelectMany(p => p.Notes)]);
            RequireNames(joined, metadata);
            return joined;
        }
        catch
        {
            foreach (ArtifactFile other in others)
                other.Dispose();
            throw;
        }
    }

    private static Checkpoint With(
        Checkpoint named, IEnumerable<Tensor> tensors, IEnumerable<UnreadableTensor> unreadable, IEnumerable<ArtifactFile> files, IEnumerable<string> notes) =>
        new() { Format = named.Format, Tensors = [.. tensors], Unreadable = [.. unreadable], Files = [.. files], Notes = [.. notes] };

    private static void RequireAgreement(ArtifactFile file, GgufMetadata metadata, int number, uint count, int countInName)
    {
        if (metadata.SplitCount != count || countInName != count || number < 1 || number > count || (metadata.SplitNumber is { } said && said != number - 1))
        {
            throw new ArtifactException(
                ArtifactCodes.Malformed,
                string.Create(CultureInfo.InvariantCulture, $"the file says that it is part {metadata.SplitNumber + 1} of {metadata.SplitCount}, expected part {number} of {countInName} by its name"))
            { Path = file.Path };
        }
    }

    private static void RequireNames(Checkpoint joined, GgufMetadata metadata)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (string name in joined.Tensors.Select(t => t.Name).Concat(joined.Unreadable.Select(t => t.Name)))
        {
            if (!names.Add(name))
                throw new ArtifactException(ArtifactCodes.DuplicateTensor, "the tensor lies in two parts of the model") { Tensor = name };
        }

        if (metadata.SplitTensors is { } expected && expected != names.Count)
            throw new ArtifactException(ArtifactCodes.Malformed, string.Create(CultureInfo.InvariantCulture, $"the parts hold {names.Count} tensors, expected {expected}"));
    }

    [GeneratedRegex(@"^(?<name>.+)-(?<number>[0-9]{5})-of-(?<count>[0-9]{5})\.gguf$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex PartName();
}
