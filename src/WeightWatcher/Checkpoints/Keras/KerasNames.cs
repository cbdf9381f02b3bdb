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

    [GeneratedRegex("""(^|/)vars/[0-9]+$""", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
