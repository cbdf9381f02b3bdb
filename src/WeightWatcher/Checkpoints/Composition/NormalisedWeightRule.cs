namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// Weights that PyTorch keeps in parts. Weight normalisation: <c>W_g</c> and <c>W_v</c>, or <c>parametrizations.W.original0</c> and <c>original1</c>. Spectral normalisation: <c>W_orig</c> with <c>W_u</c> and
/// <c>W_v</c>, or <c>parametrizations.W.original</c> with <c>parametrizations.W.0._u</c> and <c>_v</c>. Names alone prove nothing: the shapes of the parts must fit.
/// </summary>
internal static class NormalisedWeightRule
{
    private const string Parametrizations = "parametrizations.";

    public static void Apply(TensorSet set)
    {
        foreach (Tensor tensor in set.All())
        {
            string name = tensor.Name;
            if (!tensor.IsFloatingPoint)
                continue;
            if (name.EndsWith("_v", StringComparison.Ordinal) && set.Find(name[..^1] + "g") is { } g)
                WeightNorm(set, name[..^2], tensor, g);
            else if (name.EndsWith(".original1", StringComparison.Ordinal) && set.Find(name[..^1] + "0") is { } original0 && Parametrized(name, ".original1") is { } weight)
                WeightNorm(set, weight, tensor, original0);
            else if (name.EndsWith("_orig", StringComparison.Ordinal) && set.Find(name[..^4] + "u") is { } u && set.Find(name[..^4] + "v") is { } v)
                SpectralNorm(set, name[..^5], tensor, u, v);
            else if (name.EndsWith(".original", StringComparison.Ordinal) && Parametrized(name, ".original") is { } parametrized)
                Parametrization(set, name[..^"original".Length], parametrized, tensor);
        }
    }

    private static void WeightNorm(TensorSet set, string name, Tensor direction, Tensor magnitude)
    {
        if (direction.Shape.Length < 2 || direction.Count == 0 || !magnitude.IsFloatingPoint || Axis(direction, magnitude) is not { } axis)
            return;
        set.Compose(new WeightNormTensor(name, direction, magnitude, axis), magnitude, direction);
    }

    /// <summary>The axis that the magnitudes keep apart, -1 when there is one magnitude, or null when they do not fit.</summary>
    private static int? Axis(Tensor direction, Tensor magnitude)
    {
        if (magnitude.Shape.Length != direction.Shape.Length)
            return magnitude.Count == 1 ? -1 : null;
        int? axis = null;
        for (int i = 0; i < direction.Shape.Length; i++)
        {
            if (magnitude.Shape[i] == 1)
                continue;
            if (magnitude.Shape[i] != direction.Shape[i] || axis is not null)
                return null;
            axis = i;
        }

        // All ones: the norms are over all axes but one that has a single index, or but none; both are the same number.
        return axis ?? -1;
    }

    private static void Parametrization(TensorSet set, string prefix, string weight, Tensor original)
    {
        if (set.Find(prefix + "0._u") is { } left && set.Find(prefix + "0._v") is { } right)
            SpectralNorm(set, weight, original, left, right);
        else if (original.Shape.Length >= 2)
            set.Leave(original, "a parametrization of a weight that is not known: the weight itself is not in the file");
    }

    private static void SpectralNorm(TensorSet set, string name, Tensor weight, Tensor left, Tensor right)
    {
        bool fits = weight.Shape.Length >= 2 && left.Shape.Length == 1 && right.Shape.Length == 1 && weight.Count > 0 && left.IsFloatingPoint && right.IsFloatingPoint;
        if (fits && left.Count == weight.Shape[0] && right.Count == weight.Count / weight.Shape[0])
            set.Compose(new SpectralNormTensor(name, weight, left, right), weight, left, right);
        else if (weight.Shape.Length >= 2)
            set.Leave(weight, "a spectrally normalised weight whose vectors do not fit its first axis");
    }

    /// <summary>The weight's name in <c>a.parametrizations.weight.original</c>: <c>a.weight</c>; null for other names.</summary>
    private static string? Parametrized(string name, string suffix)
    {
        string weight = name[..^suffix.Length];
        int at = weight.LastIndexOf(Parametrizations, StringComparison.Ordinal);
        return at < 0 || (at > 0 && weight[at - 1] != '.') ? null : weight.Remove(at, Parametrizations.Length);
    }
}
