using System.Collections.Immutable;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Assertions;

/// <summary>The names of a model's layers, without reading a weight.</summary>
internal static class LayerList
{
    public static ImmutableArray<string> Of(string path, AnalysisOptions options)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(path);
        return [.. checkpoint.Tensors.Where(t => t.Shape.Length >= 2 && t.Shape.Min() >= options.MinEvals).Select(t => t.Name)];
    }
}
