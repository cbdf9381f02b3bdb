using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace WeightWatcher.Checkpoints.Keras;

/// <summary>What the path of a dataset says in the files that Keras writes.</summary>
internal static partial class KerasNames
{
    /// <summary>The group of the weights in a file of a whole model (Keras 2, and Keras 3's legacy format).</summary>
    public const string ModelWeights = "model_weights";

    private const string LegacyOptimizer = "optimizer_weights/";
    private const string Optimizer = "optimizer/";

    /// <summary>The attributes that Keras gives to the root of a file of a model, and to that of a file of weights.</summary>
    private static readonly string[] RootAttributes = ["keras_version", "layer_names", "model_config"];

    /// <summary>True for the files that Keras writes.</summary>
    /// <param name="rootAttributes">The attributes of the root group.</param>
    /// <param name="paths">The paths of the datasets.</param>
    public static bool AreOfKeras(IReadOnlySet<string> rootAttributes, IEnumerable<string> paths) =>
        RootAttributes.Any(rootAttributes.Contains) || paths.Any(path => path.StartsWith(ModelWeights + "/", StringComparison.Ordinal) || Variable().IsMatch(path));

    /// <summary>
    /// The name of a tensor: the path without the group of the weights and without the output number of TensorFlow's variables, so that
    /// <c>model_weights/dense/dense/kernel:0</c> is <c>dense/dense/kernel</c>.
    /// </summary>
    public static string OfTensor(string path)
    {
        string name = path.StartsWith(ModelWeights + "/", StringComparison.Ordinal) ? path[(ModelWeights.Length + 1)..] : path;
        return name.Length > 2 && name.EndsWith(":0", StringComparison.Ordinal) ? name[..^2] : name;
    }

    /// <summary>True for moments and steps of an optimizer.</summary>
    public static bool IsOptimizerState(string path) =>
        path.StartsWith(LegacyOptimizer, StringComparison.Ordinal) || path.StartsWith(Optimizer, StringComparison.Ordinal);

    /// <summary>
    /// The meaning of the axes: Keras keeps kernels as (kernel..., in, out), depthwise ones as (kernel..., in, multiplier), and embeddings as (entries, width).
    /// Keras 3 names the variables of a layer by their numbers, so that the rank alone must tell a kernel.
    /// </summary>
    public static TensorLayout Layout(string name, int rank)
    {
        if (rank == 2 && (name == "embeddings" || name.EndsWith("/embeddings", StringComparison.Ordinal)))
            return TensorLayout.Embedding;
        bool isKernel = name.EndsWith("kernel", StringComparison.Ordinal) || Variable().IsMatch(name);
        return rank is >= 3 and <= 5 && isKernel ? TensorLayout.KernelInOut : TensorLayout.Unspecified;
    }

    /// <summary>
    /// The matrix of a kernel of three axes that is no convolution: the projections of MultiHeadAttention, [inputs, heads, width] or [heads, width, outputs], and EinsumDense kernels, whose bias
    /// says how many axes are outputs.
    /// </summary>
    /// <param name="name">The kernel's name.</param>
    /// <param name="shape">Its three axes.</param>
    /// <param name="bias">The shape of the bias beside it, or null when there is none.</param>
    /// <param name="shapes">Receives the matrix; null when an EinsumDense kernel has no bias, so that only the configuration could tell.</param>
    /// <returns>False for all other tensors.</returns>
    public static bool IsEinsum(string name, ImmutableArray<long> shape, ImmutableArray<long>? bias, out ImmutableArray<long>? shapes)
    {
        shapes = null;
        if (shape.Length != 3 || Projection().Match(name) is not { Success: true } match)
            return false;
        string layer = match.Groups[1].Value;
        int? outputs = bias is { } given && shape.AsSpan()[^Math.Min(3, given.Length)..].SequenceEqual(given.AsSpan()) && given.Length is 1 or 2 ? given.Length : null;
        bool isOutput = layer is "attention_output" or "output_dense";
        bool isEinsum = layer.StartsWith("einsum_dense", StringComparison.Ordinal);
        if (!isOutput && !isEinsum)
        {
            // A layer of this name with one bias per output is a convolution.
            if (outputs == 1)
                return false;
            outputs = 2;
        }
        else if (isOutput)
        {
            outputs = 1;
        }

        if (outputs is { } count)
            shapes = count == 2 ? [shape[0], shape[1] * shape[2]] : [shape[0] * shape[1], shape[2]];
        return true;
    }

    /// <summary>
    /// True for a bias of several axes, which is a vector like any other when they are joined: [heads, width] of the projections of MultiHeadAttention, and likewise of EinsumDense kernels. Where a layer
    /// numbers its variables, the kernel beside it tells.
    /// </summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="kernel">The shape of the tensor that <see cref="KernelOf"/> names, or null when there is none.</param>
    public static bool IsBias(string name, ImmutableArray<long> shape, ImmutableArray<long>? kernel)
    {
        if (shape.Length < 2)
            return false;
        if (name == "bias" || name.EndsWith("/bias", StringComparison.Ordinal))
            return true;
        return kernel is { } axes && Projection().IsMatch(KernelOf(name)!) && axes.Length > shape.Length && axes.AsSpan()[^shape.Length..].SequenceEqual(shape.AsSpan());
    }

    /// <summary>The name of the kernel beside a bias whose layer numbers its variables; null for other names.</summary>
    public static string? KernelOf(string bias) => bias.EndsWith("vars/1", StringComparison.Ordinal) ? bias[..^1] + "0" : null;

    /// <summary>The name of the bias beside a kernel.</summary>
    public static string BiasOf(string kernel) => kernel.EndsWith("/0", StringComparison.Ordinal) ? kernel[..^1] + "1" : kernel[..^"kernel".Length] + "bias";

    [GeneratedRegex("""(?:^|/)(query|key|value|attention_output|query_dense|key_dense|value_dense|output_dense|einsum_dense(?:_[0-9]+)?)/(?:vars/0|kernel)$""", RegexOptions.CultureInvariant)]
    private static partial Regex Projection();

    [GeneratedRegex("""(^|/)vars/[0-9]+$""", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
