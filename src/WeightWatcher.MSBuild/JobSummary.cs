using System.Security.Cryptography;
using System.Text;

namespace WeightWatcher.MSBuild;

/// <summary>
/// The summary of a job of continuous integration: a file to which every step adds Markdown (GitHub names it in <c>GITHUB_STEP_SUMMARY</c>). What is said of an
/// artifact is there once, however often the gate runs in a step.
/// </summary>
internal static class JobSummary
{
    /// <summary>The most bytes of the file: GitHub shows none that is larger than 1 MiB.</summary>
    public const int MostBytes = 1_000_000;

    private const int Attempts = 50;

    /// <summary>Writes what is said of an artifact in the place of what was said before, or at the end.</summary>
    /// <param name="path">The file; made when it does not exist.</param>
    /// <param name="artifact">What identifies the artifact and what it is judged by.</param>
    /// <param name="markdown">What is said of it.</param>
    /// <exception cref="IOException">The file cannot be written, or another process does not let go of it.</exception>
    public static void Update(string path, string artifact, string markdown)
    {
        using FileStream file = Open(path);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(artifact)))[..16];
        string start = $"<!-- weightwatcher {key} -->\n", end = $"<!-- end of weightwatcher {key} -->\n";
        string text = Encoding.UTF8.GetString(bytes);
        int from = text.IndexOf(start, StringComparison.Ordinal);
        int to = from < 0 ? -1 : text.LastIndexOf(end, StringComparison.Ordinal);
        string before = to < 0 ? text : text[..from], after = to < 0 ? "" : text[(to + end.Length)..];
        if (before.Length > 0 && !before.EndsWith('\n'))
            before += "\n";
        string? updated = new[] { markdown, FirstLine(markdown) }.Select(said => $"{before}{start}{said.TrimEnd('\n')}\n\n{end}{after}").FirstOrDefault(whole => Encoding.UTF8.GetByteCount(whole) <= MostBytes);
        if (updated is null)
            return;
        file.Position = 0;
        file.Write(Encoding.UTF8.GetBytes(updated));
        file.SetLength(file.Position);
    }

    /// <summary>The verdict alone: what is said where the file has no room for more.</summary>
    private static string FirstLine(string markdown) => markdown[..(markdown.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? end : markdown.Length)];

    // Projects that build at the same time take turns.
    private static FileStream Open(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < Attempts && Directory.Exists(Path.GetDirectoryName(path)))
            {
                Thread.Sleep(20);
            }
        }
    }
}
