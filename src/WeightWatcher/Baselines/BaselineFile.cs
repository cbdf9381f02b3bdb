using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Baselines;

/// <summary>Baseline files on disk: <c>*.wwbaseline.json</c>, a text that people review and commit.</summary>
internal static class BaselineFile
{
    /// <summary>The largest file that is read, in bytes: some twenty thousand layers.</summary>
    public const int MaxLength = 64 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The full path.</param>
    /// <exception cref="BaselineException">The file is missing, malformed, or of another version.</exception>
    public static Baseline Load(string path)
    {
        try
        {
            return BaselineFileReader.Read(JsonTextReader.Read(ReadBytes(path)), System.IO.Path.GetFileName(path)) with { FilePath = path };
        }
        catch (BaselineException e)
        {
            throw e.In(path);
        }
    }

    /// <summary>Writes a file; see <see cref="Baseline.Save"/>.</summary>
    /// <param name="baseline">What to write.</param>
    /// <param name="path">The full path.</param>
    /// <param name="formerName">The name in the file that is replaced of a layer that was renamed, or null.</param>
    public static bool Save(Baseline baseline, string path, Func<string, string?> formerName)
    {
        JsonValue next = BaselineFileWriter.ToJson(baseline, formerName);
        try
        {
            byte[]? known = File.Exists(path) ? ReadBytes(path) : null;
            string newLine = "\n";
            if (known is not null)
            {
                JsonTextMerge.Carry(JsonTextReader.Read(known), next, BaselineFileWriter.Identity);
                newLine = known.AsSpan().IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
            }

            string text = JsonTextWriter.Write(next);
            byte[] bytes = Utf8.GetBytes(newLine == "\n" ? text : text.ReplaceLineEndings(newLine));
            if (known is not null && known.AsSpan().SequenceEqual(bytes))
                return false;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            // Tests that run in parallel write in one process.
            string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
            try
            {
                File.WriteAllBytes(temporary, bytes);
                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }

            return true;
        }
        catch (BaselineException e)
        {
            throw e.In(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BaselineException(BaselineCodes.NotWritable, $"the baseline file '{Printable.Text(path)}' cannot be written: {Printable.Text(e.Message)}", null, e) { Path = path };
        }
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (file.Length > MaxLength)
                throw new BaselineException(BaselineCodes.Malformed, FormattableString.Invariant($"the file has {file.Length} bytes; a baseline file has at most {MaxLength}"));
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BaselineException(BaselineCodes.NotFound, $"there is no baseline file '{Printable.Text(path)}'", null, e) { Path = path };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BaselineException(BaselineCodes.Unreadable, $"the file cannot be read: {Printable.Text(e.Message)}", null, e) { Path = path };
        }
    }
}
