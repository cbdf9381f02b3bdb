using System.Collections.Immutable;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>Reads the text of a policy file: UTF-8, or UTF-16 with a byte order mark, of a bounded size.</summary>
internal static class PolicyFile
{
    /// <summary>The largest file that is read, in bytes. The longest sensible policy has a hundredth of that.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>Reads a policy from a file.</summary>
    /// <param name="path">The full path.</param>
    /// <exception cref="PolicyException">The file is missing, unreadable or no usable policy.</exception>
    public static Policy Load(string path)
    {
        string name = Printable.Text(Path.GetFileName(path));
        return PolicyParser.Parse(ReadText(path, name), path, name);
    }

    private static string ReadText(string path, string name)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > MaxLength)
                throw Fault(path, name, PolicyFileCodes.TooLarge, FormattableString.Invariant($"the file has {file.Length} bytes; a policy has at most {MaxLength}"));
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return Decode(bytes);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Fault(path, name, PolicyFileCodes.NotFound, $"there is no policy file '{Printable.Text(path)}'", missing);
        }
        catch (DecoderFallbackException noText)
        {
            throw Fault(path, name, PolicyFileCodes.Unreadable, "the file is not text in UTF-8", noText);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Fault(path, name, PolicyFileCodes.Unreadable, $"the file cannot be read: {Printable.Text(unreadable.Message)}", unreadable);
        }
    }

    private static string Decode(byte[] bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => Strict(new UTF8Encoding(false, true), bytes.AsSpan(3)),
        [0xFF, 0xFE, ..] => Strict(new UnicodeEncoding(false, false, true), bytes.AsSpan(2)),
        [0xFE, 0xFF, ..] => Strict(new UnicodeEncoding(true, false, true), bytes.AsSpan(2)),
        _ => Strict(new UTF8Encoding(false, true), bytes),
    };

    private static string Strict(Encoding encoding, ReadOnlySpan<byte> bytes) => encoding.GetString(bytes);

    private static PolicyException Fault(string path, string name, DiagnosticCode code, string message, Exception? cause = null) =>
        new(path, name, ImmutableArray.Create(new PolicyFault(code, 1, 1, message)), cause);
}
