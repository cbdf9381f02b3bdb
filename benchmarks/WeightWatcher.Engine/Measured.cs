using System.Diagnostics;
using System.Text.Json;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Engine;

/// <summary>Repeated timings, and the JSON line that reports them.</summary>
internal static class Measured
{
    private const int MostRuns = 1000;

    /// <summary>Runs a piece of work once to warm up and then for about so many seconds.</summary>
    /// <returns>The milliseconds of each run, ascending.</returns>
    public static double[] Times(int seconds, Action work, int fewest = 3)
    {
        work();
        List<double> times = [];
        Stopwatch total = Stopwatch.StartNew();
        while (times.Count < fewest || (total.Elapsed.TotalSeconds < seconds && times.Count < MostRuns))
        {
            Stopwatch one = Stopwatch.StartNew();
            work();
            times.Add(one.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return [.. times];
    }

    /// <summary>The line; the times are divided by the number of matrices that one run computes.</summary>
    public static string Line(int n, int m, double[] times, int threads, int perRun, InstructionPath instructions, params (string Name, object Value)[] more)
    {
        Dictionary<string, object> fields = new()
        {
            ["n"] = n,
            ["m"] = m,
            ["median_ms"] = Math.Round(times[times.Length / 2] / perRun, 4),
            ["min_ms"] = Math.Round(times[0] / perRun, 4),
            ["threads"] = threads,
            ["instruction_set"] = InstructionPaths.Resolve(instructions).ToString(),
            ["peak_mb"] = PeakMemory.Megabytes(),
            ["runs"] = times.Length,
        };
        foreach ((string name, object value) in more)
            fields[name] = value;
        return JsonSerializer.Serialize(fields);
    }

    /// <summary>The option that chooses the instruction set.</summary>
    public static InstructionPath Instructions(Arguments arguments)
    {
        string name = arguments.Option("--instructions", nameof(InstructionPath.Fastest));
        return Enum.TryParse(name, out InstructionPath path) ? path : throw new FormatException($"there is no instruction set '{name}'");
    }
}
