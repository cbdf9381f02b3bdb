using System.Collections.Immutable;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Engine;

/// <summary>The time and the memory of the analysis of a whole artifact, in process, and where the time goes.</summary>
internal static class AnalysisTiming
{
    /// <summary>Analyses a file; n and m are of the layer with the most elements.</summary>
    public static string Run(Arguments arguments) => Run(arguments, arguments.Text(0));

    /// <summary>Analyses a generated model, written to a temporary file first.</summary>
    public static string RunModel(Arguments arguments)
    {
        ModelShapes shapes = ModelShapes.Of(arguments.Text(0));
        string path = Path.Combine(Path.GetTempPath(), $"{shapes.Name}-{Environment.ProcessId}.safetensors");
        try
        {
            GeneratedModel.Write(shapes, path);
            GC.Collect();
            return Run(arguments, path, ("model", shapes.Name));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes a generated model to a file.</summary>
    public static string Write(Arguments arguments)
    {
        GeneratedModel.Write(ModelShapes.Of(arguments.Text(0)), arguments.Text(1));
        return $$"""{"written":{{System.Text.Json.JsonSerializer.Serialize(arguments.Text(1))}}}""";
    }

    // The peak after the first run is that of one analysis; later ones find what earlier ones left and the collector has not looked at yet.
    private static string Run(Arguments arguments, string path, params ReadOnlySpan<(string Name, object Value)> about)
    {
        int threads = arguments.Option("--threads", Environment.ProcessorCount);
        AnalysisOptions options = new() { MaxThreads = threads };
        options = arguments.Option("--semantics", "strict") == "compatible" ? options with { Semantics = Semantics.Compatible } : options;
        PeakMemory.Reset();
        double before = PeakMemory.Megabytes(), peak = 0;
        ModelReport? report = null;
        List<StageTimes> stages = [];
        double[] times = Measured.Times(
            arguments.Option("--seconds", 3),
            () =>
            {
                stages.Add(new StageTimes());
                report = ModelAnalyzer.Analyze(path, options, null, null, CancellationToken.None, stages[^1]);
                if (stages.Count == 1)
                    peak = PeakMemory.Megabytes();
            },
            fewest: arguments.Option("--runs", 3));
        ImmutableArray<long> shape = report!.Layers.MaxBy(l => l.Shape.Aggregate(1.0, (a, b) => a * b))!.Shape;
        int n = (int)shape.Max(), m = (int)shape.Min();
        List<(string, object)> fields = [.. about, ("layers", report.Layers.Length), ("bytes", report.Artifact.SizeBytes), ("start_mb", before), ("peak_of_one_mb", peak), ("shared_files_mb", PeakMemory.FilesMegabytes())];
        // Medians over the runs, without the first, which compiles.
        fields.AddRange(stages.Skip(1).SelectMany(s => s.Milliseconds).GroupBy(s => s.Stage, s => s.Milliseconds)
            .Select(s => ($"{s.Key.ToString().ToLowerInvariant()}_thread_ms", (object)Math.Round(s.Order().ElementAt(s.Count() / 2), 1))));
        return Measured.Line(n, m, times, threads, 1, InstructionPath.Fastest, [.. fields]);
    }
}
