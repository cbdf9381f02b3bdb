using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using WeightWatcher.Checkpoints;
using WeightWatcher.Checkpoints.Composition;

namespace WeightWatcher.Layers;

/// <summary>
/// Tensors that hold the weights of several layers: the experts of a mixture, one behind the other, and the query, key and value projections of an attention block. Each part is read by
/// itself, so that no more than one of them is in memory for one layer.
/// </summary>
internal static partial class FusedWeights
{
    private static readonly ImmutableArray<string> Projections = ["q", "k", "v"];

    /// <summary>The parts of a tensor, or none when it is one layer's.</summary>
    public static ImmutableArray<Tensor> Split(Tensor tensor, string layerName)
    {
        ImmutableArray<long> shape = tensor.Shape;
        if (shape.Length == 3 && shape[0] > 1 && AreExperts(tensor))
        {
            long size = shape[1] * shape[2];
            return [.. Enumerable.Range(0, (int)shape[0]).Select(i => new ReshapedTensor(string.Create(CultureInfo.InvariantCulture, $"{layerName}[{i}]"), tensor, shape[1..], i * size))];
        }

        if (shape.Length == 2 && shape[0] == 3 * shape[1] && tensor.Name.EndsWith("in_proj_weight", StringComparison.Ordinal))
        {
            long size = shape[1] * shape[1];
            return [.. Projections.Select((p, i) => new ReshapedTensor($"{layerName}[{p}]", tensor, [shape[1], shape[1]], i * size))];
        }

        return [];
    }

    /// <summary>True for the biases of all experts, which look like a matrix.</summary>
    public static bool AreBiases(Tensor tensor) => tensor.Shape.Length == 2 && tensor.Name.EndsWith("bias", StringComparison.Ordinal) && AreExperts(tensor);

    private static bool AreExperts(Tensor tensor) => tensor.Layout == TensorLayout.Unspecified && Experts().IsMatch(tensor.Name);

    /// <summary>
    /// The names that fused experts have in Transformers' checkpoints (Llama 4, gpt-oss, Qwen 3.5, Granite and JetMoE) and in GGUF. A number behind <c>experts</c> says that an expert is a module of its own.
    /// </summary>
    [GeneratedRegex(@"(?:^|[._/])experts[._/](?![0-9])|_exps(?:\.|$)|(?:block_sparse_moe|mlp|moe)\.(?:input|output)_linear", RegexOptions.CultureInvariant)]
    private static partial Regex Experts();
}
