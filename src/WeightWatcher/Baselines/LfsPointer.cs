using System.Globalization;
using System.Text;

namespace WeightWatcher.Baselines;

/// <summary>A Git LFS pointer: what git stores in the place of a large file (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, "The Pointer").</summary>
/// <param name="Sha256">The SHA-256 of the file in lower-case hexadecimal.</param>
/// <param name="Size">Its size in bytes.</param>
internal sealed record LfsPointer(string Sha256, long Size)
{
    /// <summary>The size below which a pointer must be.</summary>
    public const int MaxLength = 1024;

    private const string FirstLine = "version https://git-lfs.github.com/spec/v1";

    /// <summary>The pointer, or null when the content is none.</summary>
    public static LfsPointer? TryParse(ReadOnlySpan<byte> content)
    {
        if (content.Length >= MaxLength || !content.StartsWith(Encoding.ASCII.GetBytes(FirstLine)))
            return null;
        string? oid = null;
        long? size = null;
        foreach (string line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            if (line.StartsWith("oid sha256:", StringComparison.Ordinal))
                oid = line["oid sha256:".Length..].Trim();
            else if (line.StartsWith("size ", StringComparison.Ordinal) && long.TryParse(line["size ".Length..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
                size = bytes;
        }

        bool whole = oid is { Length: 64 } && oid.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
        return whole && size is { } known ? new LfsPointer(oid!, known) : null;
    }

    /// <summary>Where the file is below a folder of LFS objects.</summary>
    public string PathIn(string storage) => Path.Combine(storage, "objects", Sha256[..2], Sha256[2..4], Sha256);
}
