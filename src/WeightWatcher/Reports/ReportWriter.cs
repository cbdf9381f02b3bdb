using System.Collections.Immutable;
using System.Text;

namespace WeightWatcher.Reports;

/// <summary>Writes the reports of one artifact into a folder, a file per format.</summary>
public static class ReportWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The formats that can be written.</summary>
    public static ImmutableArray<string> Formats { get; } = ["json", "csv"];

    /// <summary>Writes reports. A file appears whole or not at all: it is written beside its place and moved there.</summary>
    /// <param name="result">What to report.</param>
    /// <param name="directory">The folder; made when it does not exist.</param>
    /// <param name="fileStem">The start of each file name: <c>stem.report.json</c>, <c>stem.report.csv</c>.</param>
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
                default:
                    throw new ArgumentException($"'{format}' is no report format; known are {string.Join(", ", Formats)}", nameof(formats));
            }

            string path = Path.Combine(directory, $"{fileStem}.report.{format}");
            string temporary = $"{path}.{Environment.ProcessId}.tmp";
            File.WriteAllBytes(temporary, bytes.ToArray());
            File.Move(temporary, path, overwrite: true);
            written.Add(path);
        }

        return written.ToImmutable();
    }
}
