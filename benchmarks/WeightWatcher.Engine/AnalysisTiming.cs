using System.Collections.Immutable;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Engine;

/// <summary>The time of the analysis of a whole artifact, in process.</summary>
internal static class AnalysisTiming
{
    /// <summary>Runs the command; n and m are of the layer with the most elements.</summary>
    public static string Run(Arguments arguments)
    {
        string path = arguments.Text(0);
        ModelReport? report = null;
        double[] times = Measured.Times(arguments.Option("--seconds", 3), () => report = ModelAnalyzer.Analyze(path));
        ImmutableArray<long> shape = report!.Layers.MaxBy(l => l.Shape.Aggregate(1.0, (a, b) => a * b))!.Shape;
        int n = (int)shape.Max(), m = (int)shape.Min();
        return Measured.Line(n, m, times, Environment.ProcessorCount, 1, InstructionPath.Fastest, ("layers", report.Layers.Length), ("bytes", report.Artifact.SizeBytes));
    }
}
