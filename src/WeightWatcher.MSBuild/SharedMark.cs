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

    /// <summary>The length and the time of the last change of a file, or of every file in a folder.</summary>
    private static string Content(string path)
    {
        EnumerationOptions options = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        IEnumerable<FileInfo> files = Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*", options) : [new(path)];
        return string.Join('\n', files.Where(f => f.Exists).OrderBy(f => f.FullName, StringComparer.Ordinal).Select(Content));
    }

    private static string Content(FileInfo file) => string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}");

    private static string Hash(params string?[] parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
}
