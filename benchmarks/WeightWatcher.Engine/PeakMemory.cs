using System.Diagnostics;

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
}
