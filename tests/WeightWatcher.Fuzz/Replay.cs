using System.Diagnostics;
using WeightWatcher.Tests.Hostile;

namespace WeightWatcher.Fuzz;

/// <summary>Gives stored inputs to a reader, one by one, outside the fuzzer.</summary>
internal static class Replay
{
    /// <summary>Prints how each ended.</summary>
    /// <returns>True when the reader kept its promises on all of them.</returns>
    public static bool Run(ReaderTarget target, string[] files)
    {
        bool kept = true;
        string folder = Directory.CreateTempSubdirectory("weightwatcher-fuzz-").FullName;
        target.Prepare(folder);
        foreach (string file in files)
        {
            long start = Stopwatch.GetTimestamp();
            string ending;
            try
            {
                ending = target.Run(File.ReadAllBytes(file), folder) ?? "read";
            }
            catch (Exception e)
            {
                kept = false;
                ending = $"FAILED: {e}";
            }

            Console.WriteLine(FormattableString.Invariant($"{file}: {ending} ({Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms)"));
        }

        Directory.Delete(folder, recursive: true);
        return kept;
    }
}
