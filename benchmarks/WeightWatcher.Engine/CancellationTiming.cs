using System.Diagnostics;
using System.Text.Json;

namespace WeightWatcher.Engine;

/// <summary>How long an analysis goes on after it was cancelled, at moments spread evenly over its duration.</summary>
internal static class CancellationTiming
{
    /// <summary>Analyses a file once to the end and then several times until a cancellation.</summary>
    public static string Run(Arguments arguments)
    {
        string path = arguments.Text(0);
        int threads = arguments.Option("--threads", Environment.ProcessorCount), runs = arguments.Option("--runs", 20);
        AnalysisOptions options = new() { MaxThreads = threads };
        Stopwatch whole = Stopwatch.StartNew();
        ModelAnalyzer.Analyze(path, options);
        double duration = whole.Elapsed.TotalMilliseconds;
        List<(double At, double Took)> found = [];
        for (int run = 0; run < runs; run++)
        {
            using CancellationTokenSource source = new();
            double at = duration * (run + 0.5) / runs;
            Stopwatch since = new();
            using Timer timer = new(
                _ =>
                {
                    since.Start();
                    source.Cancel();
                },
                null, TimeSpan.FromMilliseconds(at), Timeout.InfiniteTimeSpan);
            try
            {
                ModelAnalyzer.Analyze(path, options, source.Token);
            }
            catch (OperationCanceledException)
            {
                found.Add((at, since.Elapsed.TotalMilliseconds));
            }
        }

        double[] sorted = [.. found.Select(f => f.Took).Order()];
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["whole_ms"] = Math.Round(duration, 1),
            ["cancelled"] = sorted.Length,
            ["median_ms"] = sorted.Length == 0 ? 0 : Math.Round(sorted[sorted.Length / 2], 2),
            ["max_ms"] = sorted.Length == 0 ? 0 : Math.Round(sorted[^1], 2),
            ["slowest_at_ms"] = sorted.Length == 0 ? 0 : Math.Round(found.MaxBy(f => f.Took).At, 1),
            ["threads"] = threads,
        });
    }
}
