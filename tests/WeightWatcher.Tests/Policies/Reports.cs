using System.Collections.Immutable;
using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Policies;

/// <summary>Reports made by hand, for what a policy says of them.</summary>
internal static class Reports
{
    public static ModelReport Of(Policy policy, params LayerReport[] layers) => new()
    {
        Artifact = new ArtifactInfo("models/net.onnx", "onnx", "", 1),
        Options = policy.Analysis,
        Layers = [.. layers],
        Skipped = [],
        Summary = [new("coverage", Measurement.Of(0.95)), new("parameters", Measurement.Of(1000))],
    };

    public static LayerReport Layer(string name, params (string Metric, double Value)[] metrics) =>
        With(name, [.. metrics.Select(metric => (metric.Metric, Measurement.Of(metric.Value)))]);

    public static LayerReport With(string name, params (string Metric, Measurement Value)[] metrics)
    {
        (string, Measurement)[] shape = [("N", Measurement.Of(64)), ("M", Measurement.Of(32)), ("rf", Measurement.Of(1))];
        return new LayerReport
        {
            LayerId = 1,
            Name = name,
            LayerType = "dense",
            Shape = [64, 32],
            Status = "success",
            Metrics = [.. shape.Where(own => metrics.All(metric => metric.Metric != own.Item1)).Concat(metrics).Select(metric => new KeyValuePair<string, Measurement>(metric.Item1, metric.Item2))],
        };
    }

    public static LayerReport Faulty(string name, LayerFault fault) =>
        With(name, ("alpha", Measurement.Failed("faulty"))) with { Fault = fault, FaultDetail = "weight [0, 3] is NaN", Status = "failed" };

    /// <summary>A policy of one rule, <c>id: r</c>, whose other keys are given as one flow mapping.</summary>
    public static Policy Rule(string keys) => Policy.Parse($"version: 1\nrules:\n  - {{ id: r, {keys} }}\n");

    public static ImmutableArray<Violation> Judge(string keys, params LayerReport[] layers)
    {
        Policy policy = Rule(keys);
        return policy.Judge(Of(policy, layers)).Violations;
    }
}
