using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WeightWatcher.MSBuild;

/// <summary>
/// Marks by which one run of a project with several target frameworks knows what another was given or found. They are hashes, because MSBuild
/// changes some characters of what one target hands to another.
/// </summary>
internal static class SharedMark
{
    /// <summary>The mark of an artifact: its path, what it is judged by, and what is there now. A target framework may build it again.</summary>
    public static string Of(ModelItem item, GateSettings settings) =>
        Hash("model", item.Path, item.Policy ?? settings.PolicyFile, item.Baseline, item.BaseModel, Content(item.Path));

    /// <summary>The mark of a pattern.</summary>
    public static string Of(string pattern) => Hash("pattern", pattern);

    /// <summary>The mark of a pattern <c>layer:metric</c> that fits a change of what a run updates, or none.</summary>
    public static string OfAcceptance(string pattern, bool used) => Hash(used ? "used" : "unused", pattern);

    /// <summary>Where a file, or each file in a folder, is with all links followed, its length and the time of its last change.</summary>
    private static string Content(string path) =>
        string.Join('\n', (Directory.Exists(path) ? FileStamp.EntriesOf(path).Where(File.Exists) : [path]).Select(file => FileStamp.Take(file, knownHash: "")).Select(Content));

    private static string Content(FileStamp stamp) => string.Create(CultureInfo.InvariantCulture, $"{stamp.Path} {stamp.Target} {stamp.Length} {stamp.Modified}");

    private static string Hash(params string?[] parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
}
