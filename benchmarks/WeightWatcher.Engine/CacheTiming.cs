using System.Diagnostics;
using System.Text.Json;
using WeightWatcher.Caching;

namespace WeightWatcher.Engine;

/// <summary>What a second analysis of the same bytes takes with a warm cache: where they were, and under another name.</summary>
internal static class CacheTiming
{
    /// <summary>Analyses a file into an empty cache, then with it as it is, and as a copy with another path and time.</summary>
    public static string Run(Arguments arguments)
    {
        string path = arguments.Text(0), folder = Directory.CreateTempSubdirectory("weightwatcher-cache-timing-").FullName;
        string copy = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $"copy-{Environment.ProcessId}{Path.GetExtension(path)}");
        int runs = arguments.Option("--runs", 3);
        AnalysisOptions options = new() { MaxThreads = arguments.Option("--threads", Environment.ProcessorCount) };
        double Analyze(string file)
        {
            Stopwatch watch = Stopwatch.StartNew();
            ModelAnalyzer.Analyze(file, options, new LayerCache(folder), null, CancellationToken.None);
            return watch.Elapsed.TotalMilliseconds;
        }

        try
        {
            double first = Analyze(path);
            double[] unchanged = [.. Enumerable.Range(0, runs).Select(_ => Analyze(path)).Order()];
            List<double> copied = [];
            for (int run = 0; run < runs; run++)
            {
                File.Copy(path, copy, overwrite: true);
                File.SetLastWriteTimeUtc(copy, DateTime.UtcNow.AddMinutes(-1 - run));
                copied.Add(Analyze(copy));
            }

            copied.Sort();
            return JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["bytes"] = new FileInfo(path).Length,
                ["first_ms"] = Math.Round(first, 1),
                ["unchanged_ms"] = Math.Round(unchanged[runs / 2], 1),
                ["copy_ms"] = Math.Round(copied[runs / 2], 1),
                ["copy_min_ms"] = Math.Round(copied[0], 1),
            });
        }
        finally
        {
            File.Delete(copy);
            Directory.Delete(folder, recursive: true);
        }
    }
}
