using System.Collections.Immutable;
using System.Text;
using WeightWatcher.Reports.Html;

namespace WeightWatcher.Reports;

/// <summary>Writes the reports of one artifact, a file per format.</summary>
public static class ReportWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The formats that can be written.</summary>
    public static ImmutableArray<string> Formats { get; } = ["json", "csv", "markdown", "html", "sarif", "junit"];

    /// <summary>The name of a report's file: <c>net.onnx.report.json</c>.</summary>
    /// <param name="fileStem">The start of the name.</param>
    /// <param name="format">A name out of <see cref="Formats"/>.</param>
    public static string FileName(string fileStem, string format) => $"{fileStem}.report.{format switch { "markdown" => "md", "junit" => "junit.xml", _ => format }}";

    /// <summary>The bytes of a report.</summary>
    /// <param name="result">What to report.</param>
    /// <param name="format">A name out of <see cref="Formats"/>.</param>
    /// <param name="baseDirectory">Paths are shown relative to this folder.</param>
    /// <returns>UTF-8 without a mark; null for <c>sarif</c> of an incomplete scan, because uploading one would close the alerts of the last complete one.</returns>
    /// <exception cref="ArgumentException">The format is unknown.</exception>
    public static byte[]? Render(GateResult result, string format, string? baseDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        using MemoryStream bytes = new();
        switch (format)
        {
            case "json":
                JsonReport.Write(bytes, result.Report, result.Verdict, baseDirectory);
                break;
            case "csv":
                using (StreamWriter text = new(bytes, Utf8, leaveOpen: true))
                    CsvReport.Write(text, result.Report);
                break;
            case "markdown":
                return Utf8.GetBytes(MarkdownReport.Write(result, baseDirectory));
            case "html":
                return Utf8.GetBytes(HtmlReport.Write(result, baseDirectory));
            case "sarif":
                if (!SarifReport.CanWrite(result))
                    return null;
                SarifReport.Write(bytes, result, baseDirectory);
                break;
            case "junit":
                JUnitReport.Write(bytes, result, baseDirectory);
                break;
            default:
                throw new ArgumentException($"'{format}' is no report format; known are {string.Join(", ", Formats)}", nameof(format));
        }

        return bytes.ToArray();
    }

    /// <summary>Writes reports. A file appears whole or not at all: it is written beside its place and moved there.</summary>
    /// <param name="result">What to report.</param>
    /// <param name="directory">The folder; made when it does not exist.</param>
    /// <param name="fileStem">The start of each file name, see <see cref="FileName"/>.</param>
    /// <param name="formats">Names out of <see cref="Formats"/>, lower case.</param>
    /// <param name="baseDirectory">Paths are shown relative to this folder.</param>
    /// <returns>The full paths of the written files, in the order of <paramref name="formats"/>.</returns>
    /// <exception cref="ArgumentException">A format is unknown.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static ImmutableArray<string> Write(GateResult result, string directory, string fileStem, IEnumerable<string> formats, string? baseDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentException.ThrowIfNullOrEmpty(fileStem);
        ArgumentNullException.ThrowIfNull(formats);
        Directory.CreateDirectory(directory);
        ImmutableArray<string>.Builder written = ImmutableArray.CreateBuilder<string>();
        foreach (string format in formats)
        {
            string path = Path.Combine(directory, FileName(fileStem, format));
            if (Render(result, format, baseDirectory) is not { } bytes)
            {
                // An earlier scan's report must not pass for this one's.
                File.Delete(path);
                continue;
            }

            WriteWhole(path, bytes);
            written.Add(path);
        }

        return written.ToImmutable();
    }

    /// <summary>Writes a file beside its place and moves it there.</summary>
    internal static void WriteWhole(string path, byte[] bytes)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
    }
}
