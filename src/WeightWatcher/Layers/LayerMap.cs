using System.Collections.Immutable;

namespace WeightWatcher.Layers;

/// <summary>Where each tensor of a checkpoint went.</summary>
/// <param name="Layers">The layers to analyse, in the order of the artifact.</param>
/// <param name="Skipped">Every other tensor, with the reason, in the order of the artifact.</param>
/// <param name="Parameters">The number of elements of all floating-point tensors that are no optimizer state, shared ones once.</param>
internal sealed record LayerMap(ImmutableArray<Layer> Layers, ImmutableArray<SkippedTensor> Skipped, long Parameters)
{
    /// <summary>True when a layer would have been analysed but for the include and exclude patterns.</summary>
    public bool HasDeselected { get; init; }
}
