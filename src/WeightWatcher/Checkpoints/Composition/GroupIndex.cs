using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>The group of each input of a quantized layer, where groups are no runs of inputs: <c>g_idx</c> of GPTQ and of compressed-tensors, in the order of activations.</summary>
/// <param name="tensor">One integer for each input.</param>
/// <param name="groups">The number of groups.</param>
/// <param name="mayBeUnset">Whether -1 anywhere means that the groups are runs of inputs after all.</param>
internal sealed class GroupIndex(Tensor tensor, int groups, bool mayBeUnset)
{
    private int[]? _known;

    /// <summary>Checks that there is an integer for each input.</summary>
    /// <exception cref="ArtifactException">There is not.</exception>
    public static void Check(Tensor tensor, long inputs)
    {
        if (tensor.Shape.Length != 1 || tensor.Count != inputs || tensor.IsFloatingPoint)
            throw new ArtifactException(ArtifactCodes.InvalidShape, FormattableString.Invariant($"the groups of inputs have the shape {TensorShape.Text(tensor.Shape)}, expected [{inputs}] integers")) { Tensor = tensor.Name };
    }

    /// <summary>Reads the group of each input, the first time; empty when the groups are runs of inputs.</summary>
    /// <exception cref="ArtifactException">An input belongs to no group.</exception>
    public ReadOnlySpan<int> Read()
    {
        if (_known is { } known)
            return known;
        double[] given = new double[tensor.Count];
        tensor.Read(0, given);
        if (mayBeUnset && given.Contains(-1))
            return _known = [];
        for (int i = 0; i < given.Length; i++)
        {
            if (!(given[i] >= 0 && given[i] < groups))
                throw new ArtifactException(ArtifactCodes.TensorOutOfBounds, FormattableString.Invariant($"input {i} belongs to group {given[i]}, expected 0 to {groups - 1}")) { Tensor = tensor.Name };
        }

        return _known = Array.ConvertAll(given, g => (int)g);
    }
}
