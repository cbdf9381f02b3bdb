using System.Security.Cryptography;

namespace WeightWatcher.MSBuild;

/// <summary>The stamps of the files that decide an outcome, taken before and after the analysis, so that a file that was replaced meanwhile does not count as judged.</summary>
/// <param name="begun">The time (UTC) since which files may have been read.</param>
internal sealed class InputStamps(DateTime begun)
{
    private readonly List<FileStamp> _before = [];

    /// <summary>Stamps files that will be read.</summary>
    /// <param name="paths">Full paths.</param>
    public void Before(IEnumerable<string> paths) => _before.AddRange(paths.Select(StampWithoutHash));

    /// <summary>
    /// The stamps of what decided the outcome. None, so that the next gate judges again, when the artifact could not be read, since a file
    /// that was not there to be read may appear; when a run may end otherwise the next time; and when a file changed under the analysis.
    /// </summary>
    /// <param name="result">The outcome.</param>
    public IReadOnlyList<FileStamp> After(GateResult result)
    {
        if (!result.IsRepeatable || result.Report.Layers.IsEmpty || result.Verdict.Violations.Any(v => v.Severity == Severity.Error && v.Code.StartsWith("WWG4", StringComparison.Ordinal)))
            return [];
        try
        {
            if (_before.Exists(b => StampWithoutHash(b.Path) != b))
                return [];
            // The artifact was hashed while it was read; a large one is not read again for that.
            ArtifactInfo artifact = result.Report.Artifact;
            string? hashed = artifact is { Files: [{ } only], Sha256.Length: 64 } && _before.Exists(b => b.Path == only) ? only : null;
            IEnumerable<string> paths = _before.Select(b => b.Path).Concat(result.InputFiles).Distinct(StringComparer.Ordinal);
            FileStamp[] stamps = [.. paths.Select(p => FileStamp.Take(p, p == hashed ? artifact.Sha256 : null))];
            bool changed = stamps.Any(s => s.Modified >= begun.Ticks) || !HoldWhatWasRead(artifact, result.Report.Options, stamps)
                || (result.Baseline is { } baseline && !HoldWhatWasRead(baseline.Artifact, baseline.Options, stamps));
            return changed ? [] : stamps;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>
    /// Whether files hold what was hashed while they were read. Those that only the artifact names have no stamp from before, and one that is moved to the place of another keeps its time.
    /// </summary>
    private static bool HoldWhatWasRead(ArtifactInfo artifact, AnalysisOptions options, FileStamp[] stamps)
    {
        // The hash is of the artifact's files, and those of a base model are listed behind them.
        if (artifact.Sha256.Length != 64 || options.BaseModelPath is not null)
            return true;
        string?[] hashes = [.. artifact.Files.Select(file => Array.Find(stamps, s => s.Path == file)?.Hash)];
        if (hashes.Length == 0 || hashes.Contains(null))
            return true;
        string all = hashes.Length == 1 ? hashes[0]! : Convert.ToHexStringLower(SHA256.HashData([.. hashes.SelectMany(hash => Convert.FromHexString(hash!))]));
        return all == artifact.Sha256;
    }

    private static FileStamp StampWithoutHash(string path) => FileStamp.Take(path, knownHash: "");
}
