using WeightWatcher.Checkpoints.Composition;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>
/// Scales of whole weights that lie in a tensor of their own: <c>X.scale</c> (or <c>X.weight.scale</c>) beside the codes of <c>X.weight</c>, one number, or one for each expert. llama.cpp
/// writes them for NVFP4 and for ternary models.
/// </summary>
internal static class GgufScales
{
    private const string Weight = ".weight";
    private const string Scale = ".scale";

    /// <summary>The checkpoint whose weights are multiplied with their scales; the same one when there are none.</summary>
    public static Checkpoint Apply(Checkpoint checkpoint)
    {
        Dictionary<string, Tensor> scales = new(StringComparer.Ordinal);
        foreach (Tensor tensor in checkpoint.Tensors)
        {
            if (tensor.Name.EndsWith(Scale, StringComparison.Ordinal) && tensor.ElementType == ElementType.F32)
                scales.TryAdd(tensor.Name, tensor);
        }

        return scales.Count == 0 ? checkpoint : checkpoint.With([.. checkpoint.Tensors.Select(tensor => Scaled(tensor, scales))]);
    }

    private static Tensor Scaled(Tensor tensor, Dictionary<string, Tensor> scales)
    {
        if (tensor is not BlockTensor || !tensor.Name.EndsWith(Weight, StringComparison.Ordinal))
            return tensor;
        if (!scales.TryGetValue(tensor.Name[..^Weight.Length] + Scale, out Tensor? found) && !scales.TryGetValue(tensor.Name + Scale, out found))
            return tensor;
        bool fits = found.Count == 1 || (tensor.Shape.Length == 3 && found.Count == tensor.Shape[0]);
        long run = fits && found.Count > 0 ? tensor.Count / found.Count : 0;
        return run > 0 ? new RunScaledTensor(tensor.Name, tensor.Shape, tensor, found, run) : tensor;
    }
}
