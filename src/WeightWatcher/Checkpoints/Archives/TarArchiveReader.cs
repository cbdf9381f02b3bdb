using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Archives;

/// <summary>
/// The regular files of an uncompressed tar archive, as windows into it (POSIX.1-2008 <c>pax</c>, ustar and GNU headers). Links, devices and names
/// that lead out of the archive are refused; so are two members of one name.
/// </summary>
internal sealed class TarArchiveReader
{
    private const int BlockLength = 512;
    private const int MaxExtendedLength = 64 * 1024;
    private const int MagicOffset = 257;
    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;

    private readonly Dictionary<string, (ByteSource Bytes, long Offset)> _members = new(StringComparer.Ordinal);

    private TarArchiveReader()
    {
    }

    /// <summary>The names of the regular files.</summary>
    public IReadOnlyCollection<string> Names => _members.Keys;

    /// <summary>True when a file starts as a tar archive does.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> head) => head.Length >= BlockLength && head[MagicOffset..].StartsWith("ustar"u8);

    /// <summary>Reads the headers of an archive.</summary>
    /// <exception cref="ArtifactException">The archive is truncated or malformed, or holds a member that is no regular file or folder.</exception>
    public static TarArchiveReader Open(ByteSource file, ReadMeter meter)
    {
        TarArchiveReader archive = new();
        byte[] header = new byte[BlockLength];
        long at = 0;
        while (at < file.Length)
        {
            meter.Step();
            if (file.Length - at < BlockLength)
                throw new ArtifactException(ArtifactCodes.Truncated, "the tar archive ends inside a header") { Offset = at };
            file.Read(at, header);
            if (header.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                RequireZeros(file, at, meter);
                return archive;
            }

            long length = ReadHeader(header, at, out string name, out char type);
            long data = at + BlockLength;
            if (length > file.Length - data)
                throw new ArtifactException(ArtifactCodes.Truncated, FormattableString.Invariant($"tar member '{Printable.Text(name)}' should have {length} bytes, but the file ends")) { Offset = data };
            if (type is '0' or '\0')
            {
                meter.Charge(256 + (2L * name.Length));
                if (!archive._members.TryAdd(name, (file.Slice(data, length), data)))
                    throw Bad($"the tar archive has two members named '{Printable.Text(name)}'", at);
            }
            else if (type is 'x' or 'g')
                RequireHarmless(file.Slice(data, length), data);
            else if (type != '5')
                throw Bad($"tar member '{Printable.Text(name)}' is neither a file nor a folder", at);
            at = data + ((length + BlockLength - 1) / BlockLength * BlockLength);
        }

        throw new ArtifactException(ArtifactCodes.Truncated, "the tar archive ends without its closing block of zeros") { Offset = file.Length };
    }

    /// <summary>The bytes of a file of the archive and where they start in it.</summary>
    /// <exception cref="ArtifactException">There is no such file.</exception>
    public ByteSource Require(string name, out long offset)
    {
        if (!_members.TryGetValue(name, out (ByteSource Bytes, long Offset) member))
            throw new ArtifactException(ArtifactCodes.Malformed, $"the tar archive has no member '{name}'");
        offset = member.Offset;
        return member.Bytes;
    }

    private static void RequireZeros(ByteSource file, long at, ReadMeter meter)
    {
        byte[] block = new byte[(int)Math.Min(file.Length - at, 64 * 1024)];
        for (; at < file.Length; at += block.Length)
        {
            meter.Step();
            Span<byte> part = block.AsSpan(0, (int)Math.Min(block.Length, file.Length - at));
            file.Read(at, part);
            int other = part.IndexOfAnyExcept((byte)0);
            if (other >= 0)
                throw Bad("something follows the end of the tar archive", at + other);
        }
    }

    private static long ReadHeader(ReadOnlySpan<byte> header, long at, out string name, out char type)
    {
        long sum = 0;
        for (int i = 0; i < BlockLength; i++)
            sum += i is >= ChecksumOffset and < ChecksumOffset + ChecksumLength ? ' ' : header[i];
        if (Octal(header.Slice(ChecksumOffset, ChecksumLength), at) != sum)
            throw Bad("a tar header has a wrong checksum", at);
        type = (char)header[156];
        name = Text(header[..100]);
        string prefix = Text(header.Slice(345, 155));
        if (prefix.Length > 0 && header[MagicOffset..].StartsWith("ustar\0"u8))
            name = $"{prefix}/{name}";
        if (name.StartsWith("./", StringComparison.Ordinal))
            name = name[2..];
        if (name.StartsWith('/') || name.Contains('\\', StringComparison.Ordinal) || Array.IndexOf(name.Split('/'), "..") >= 0)
            throw new ArtifactException(ArtifactCodes.PathEscapes, $"tar member '{Printable.Text(name)}' has a name that leads out of the archive") { Offset = at };
        return Number(header.Slice(124, 12), at);
    }

    /// <summary>Extended headers may give times and owners; a name or a length in them would be a second truth.</summary>
    private static void RequireHarmless(ByteSource extended, long at)
    {
        if (extended.Length > MaxExtendedLength)
            throw new ArtifactException(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"an extended tar header has {extended.Length} bytes; the most is {MaxExtendedLength}")) { Offset = at };
        byte[] bytes = new byte[(int)extended.Length];
        extended.Read(0, bytes);
        string text = Encoding.Latin1.GetString(bytes);
        if (text.Contains(" path=", StringComparison.Ordinal) || text.Contains(" size=", StringComparison.Ordinal) || text.Contains(" linkpath=", StringComparison.Ordinal))
            throw Bad("an extended tar header changes the name or length of a member", at);
    }

    /// <summary>Octal digits, or base 256 when the first bit is set, as GNU tar writes sizes of 8 GB and more.</summary>
    private static long Number(ReadOnlySpan<byte> field, long at)
    {
        if ((field[0] & 0x80) == 0)
            return Octal(field, at);
        Int128 value = field[0] & 0x7F;
        foreach (byte b in field[1..])
            value = (value << 8) | b;
        return value <= long.MaxValue / 2 ? (long)value : throw Bad("a tar member has an impossible length", at);
    }

    private static long Octal(ReadOnlySpan<byte> field, long at)
    {
        string digits = Text(field).Trim();
        long value = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7')
                throw Bad("a number in a tar header is not octal", at);
            value = (value * 8) + (digit - '0');
        }

        return value;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? field : field[..end]);
    }

    private static ArtifactException Bad(string message, long offset) => new(ArtifactCodes.Malformed, message) { Offset = offset };
}
