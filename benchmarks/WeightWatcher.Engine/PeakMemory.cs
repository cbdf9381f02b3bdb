using System.Diagnostics;
using System.Globalization;

namespace WeightWatcher.Engine;

/// <summary>The largest resident set of this process.</summary>
internal static class PeakMemory
{
    /// <summary>Starts anew where the system can (Linux), so that what was needed to prepare a measurement does not count.</summary>
    public static void Reset()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The peak since the start of the process is reported.
        }
    }

    /// <summary>The peak in 10^6 bytes.</summary>
    public static double Megabytes()
    {
        using Process process = Process.GetCurrentProcess();
        return Math.Round(process.PeakWorkingSet64 / 1e6, 1);
    }

    /// <summary>How much of the resident set are pages of files, which are those of the runtime and its libraries and shared by all processes, in 10^6 bytes; 0 where the system does not tell.</summary>
    public static double FilesMegabytes()
    {
        const string Line = "RssFile:";
        string status = "/proc/self/status";
        string? found = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal)) : null;
        return found is null ? 0 : Math.Round(long.Parse(found[Line.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6, 1);
    }
}
