using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Detection;

/// <summary>Names the kind of a file that is no readable model, so that the message says what lies there instead of one.</summary>
internal static class ContentKinds
{
    /// <summary>Tells what the content is.</summary>
    /// <param name="head">The first bytes of the file, up to 4096 and at least one.</param>
    /// <param name="file">The whole file.</param>
    public static ContentKind Identify(ReadOnlySpan<byte> head, ByteSource file) =>
        TextKinds.IdentifyGitLfs(head)
        ?? FromSignature(head)
        ?? ArchiveKinds.Identify(head, file)
        ?? TextKinds.Identify(head, file.Length)
        ?? Unknown(head, file.Length);

    private static ContentKind? FromSignature(ReadOnlySpan<byte> head)
    {
        string? what = BinarySignatures.Find(head);
        return what is null ? null : new(ArtifactCodes.UnsupportedKind, $"the file is {what}, which cannot be read as a model");
    }

    private static ContentKind Unknown(ReadOnlySpan<byte> head, long length)
    {
        string bytes = string.Join(' ', head[..Math.Min(8, head.Length)].ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
        string zeros = head.IndexOfAnyExcept((byte)0) < 0 ? "; it begins with nothing but zero bytes, as a download that was never finished does" : "";
        return new(
            ArtifactCodes.UnknownFormat,
            string.Create(CultureInfo.InvariantCulture, $"the content is of no known model format: {length} bytes that begin with {bytes}{zeros}"));
    }
}
