using System.Globalization;
using System.Text.RegularExpressions;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Layers;

/// <summary>
/// The batch normalisation that follows a layer: at inference it multiplies output c by gamma_c / sqrt(variance_c + eps) (Ioffe and Szegedy, ICML 2015, algorithm 2), which is then part of
/// the layer's effective weights.
/// </summary>
/// <param name="Gamma">The factor of each output, or null when the normalisation has none.</param>
/// <param name="Variance">The running variance of each output.</param>
/// <param name="Epsilon">What the framework adds to the variance by default.</param>
internal sealed partial record FoldedNorm(Tensor? Gamma, Tensor Variance, double Epsilon)
{
    private const double TorchEpsilon = 1e-5;

    private const double KerasEpsilon = 1e-3;

    /// <summary>Finds the normalisation of a layer by the conventions of names, or null: <c>conv1</c> and <c>bn1</c>, <c>features.0</c> and <c>features.1</c>, <c>conv2d_3</c> and <c>batch_normalization_3</c>.</summary>
    /// <param name="weight">The layer's weights.</param>
    /// <param name="tensors">All tensors of the checkpoint by name.</param>
    public static FoldedNorm? Of(Tensor weight, IReadOnlyDictionary<string, Tensor> tensors)
    {
        long outputs = weight.Layout == TensorLayout.KernelInOut ? weight.Shape[^1] : weight.Layout == TensorLayout.InOutKernel ? weight.Shape[1] : weight.Shape[0];
        if (weight.Name.EndsWith(".weight", StringComparison.Ordinal))
        {
            string layer = weight.Name[..^".weight".Length];
            foreach (string norm in Siblings(layer))
            {
                if (Vector($"{norm}.running_var") is { } variance)
                    return new FoldedNorm(Vector($"{norm}.weight"), variance, TorchEpsilon);
            }
        }
        else if (weight.Name.LastIndexOf('/') is var slash and > 0)
        {
            string norm = KerasConvolution().Replace(weight.Name[..slash], "batch_normalization");
            if (norm != weight.Name[..slash] && Vector($"{norm}/moving_variance") is { } variance)
                return new FoldedNorm(Vector($"{norm}/gamma"), variance, KerasEpsilon);
        }

        return null;

        Tensor? Vector(string name) => tensors.TryGetValue(name, out Tensor? tensor) && tensor.Shape.Length == 1 && tensor.Shape[0] == outputs && tensor.IsFloatingPoint ? tensor : null;
    }

    /// <summary>The factor of each output.</summary>
    public double[] Factors()
    {
        double[] factors = new double[Variance.Count], gamma = new double[Variance.Count];
        Variance.Read(0, factors);
        Array.Fill(gamma, 1);
        Gamma?.Read(0, gamma);
        for (int i = 0; i < factors.Length; i++)
            factors[i] = gamma[i] / Math.Sqrt(factors[i] + Epsilon);
        return factors;
    }

    private static IEnumerable<string> Siblings(string layer)
    {
        int dot = layer.LastIndexOf('.') + 1;
        string parent = layer[..dot], last = layer[dot..];
        if (int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < int.MaxValue)
            yield return string.Create(CultureInfo.InvariantCulture, $"{parent}{index + 1}");
        if (last.Contains("conv", StringComparison.Ordinal))
        {
            yield return parent + last.Replace("conv", "bn", StringComparison.Ordinal);
            yield return parent + last.Replace("conv", "norm", StringComparison.Ordinal);
        }

        yield return $"{parent}{last}_bn";
        yield return $"{parent}bn_{last}";
    }

    [GeneratedRegex("(separable_|depthwise_)?conv2d|dense")]
    private static partial Regex KerasConvolution();
}
