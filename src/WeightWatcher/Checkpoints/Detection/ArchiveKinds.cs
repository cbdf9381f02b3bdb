using System.Buffers.Binary;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Detection;

/// <summary>Says what a ZIP archive is that no reader takes, from the names in its central directory.</summary>
internal static class ArchiveKinds
{
    private const int MaxEntriesRead = 1000;
    private const int MaxCommentBytes = 65_535;
    private const int EndRecordBytes = 22;
    private const int EntryBytes = 46;

    /// <summary>The kind, or null when the file is no ZIP archive.</summary>
    public static ContentKind? Identify(ReadOnlySpan<byte> head, ByteSource file)
    {
        if (!head.StartsWith("PK\x03\x04"u8) && !head.StartsWith("PK\x05\x06"u8))
            return null;
        List<string>? names = EntryNames(file);
        if (names is null)
            return new(ArtifactCodes.Truncated, "the file begins as a ZIP archive but has no directory at its end: it was cut off");
        string what = names switch
        {
            _ when names.Count == 0 => "an empty ZIP archive",
            _ when names.All(n => n.EndsWith(".npy", StringComparison.Ordinal)) => "a NumPy archive (.npz)",
            _ when names.Contains("[Content_Types].xml") => "an Office document or a NuGet package",
            _ when names.Contains("META-INF/MANIFEST.MF") => "a Java archive",
            _ when names.Contains("Manifest.json") && names.Any(n => n.EndsWith(".mlmodel", StringComparison.Ordinal)) => "a Core ML package",
            _ => $"a ZIP archive without a PyTorch, Keras or NumPy model (its first entry is '{Printable.Text(names[0])}')",
        };
        return new(ArtifactCodes.UnsupportedKind, $"the file is {what}, which cannot be read as a model");
    }

    /// <summary>The names of the first entries (APPNOTE.TXT 6.3.10, sections 4.3.12 and 4.3.16), or null when there is no central directory.</summary>
    private static List<string>? EntryNames(ByteSource file)
    {
        int tailLength = (int)Math.Min(file.Length, MaxCommentBytes + EndRecordBytes);
        byte[] tail = new byte[tailLength];
        file.Read(file.Length - tailLength, tail);
        int end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || end + EndRecordBytes > tailLength)
            return null;
        uint count = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(end + 10));
        long at = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        List<string> names = [];
        Span<byte> entry = stackalloc byte[EntryBytes];
        for (uint i = 0; i < Math.Min(count, MaxEntriesRead) && at <= file.Length - EntryBytes; i++)
        {
            file.Read(at, entry);
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]);
            if (!entry.StartsWith("PK\x01\x02"u8) || at + EntryBytes + nameLength > file.Length)
                break;
            byte[] name = new byte[nameLength];
            file.Read(at + EntryBytes, name);
            names.Add(Encoding.UTF8.GetString(name));
            at += EntryBytes + nameLength + BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        }

        return names;
    }
}
