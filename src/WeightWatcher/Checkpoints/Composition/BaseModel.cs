using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// Sets a model against the one that it was trained from. Of an adapter: each adapted weight of the base, the product, and their sum. Of any other checkpoint: what was added to each weight.
/// Weights are matched by name and shape and by nothing else.
/// </summary>
internal static class BaseModel
{
    /// <summary>The checkpoint of the model whose tensors are those to analyse; its files are the model's alone.</summary>
    /// <param name="model">The model.</param>
    /// <param name="origin">What it was trained from; stays open as long as the result is read.</param>
    /// <exception cref="ArtifactException"><c>WWG2027</c> when no weight matches.</exception>
    public static Checkpoint Compare(Checkpoint model, Checkpoint origin)
    {
        Dictionary<string, Tensor> known = new(StringComparer.Ordinal);
        foreach (Tensor tensor in origin.Tensors)
            known.TryAdd(tensor.Name, tensor);
        ImmutableArray<Tensor>.Builder tensors = ImmutableArray.CreateBuilder<Tensor>();
        ImmutableArray<UnreadableTensor>.Builder unreadable = ImmutableArray.CreateBuilder<UnreadableTensor>();
        unreadable.AddRange(model.Unreadable);
        bool isAdapter = model.Tensors.Any(t => t is LowRankTensor);
        HashSet<string> matched = new(StringComparer.Ordinal);
        foreach (Tensor tensor in model.Tensors)
        {
            bool isWeight = isAdapter ? tensor is LowRankTensor : tensor.IsFloatingPoint && !tensor.IsOptimizerState && tensor.Shape.Length >= 2;
            if (!isWeight)
            {
                tensors.Add(tensor);
                continue;
            }

            string name = tensor is LowRankTensor product ? product.WeightName : tensor.Name;
            if (WhyUnmatched(tensor, name, known) is { } reason)
            {
                unreadable.Add(UnreadableTensor.Weight(tensor.Name, tensor.Shape, reason));
                continue;
            }

            matched.Add(name);
            if (tensor is LowRankTensor lowRank)
                AddSum(lowRank, known[name], tensors);
            else
                tensors.Add(new SumTensor(tensor.Name, tensor, known[name], subtract: true));
        }

        if (matched.Count == 0)
            throw NothingMatches(model, origin);
        if (!isAdapter)
        {
            HashSet<string> names = new(model.Tensors.Select(t => t.Name), StringComparer.Ordinal);
            foreach (Tensor tensor in origin.Tensors)
            {
                if (tensor.IsFloatingPoint && !tensor.IsOptimizerState && tensor.Shape.Length >= 2 && !names.Contains(tensor.Name))
                    unreadable.Add(new UnreadableTensor(tensor.Name, tensor.Shape, "in the base model only"));
            }
        }

        string what = isAdapter ? "each weight that the adapter changes, its change and their sum" : "what was added to each weight";
        return new Checkpoint
        {
            Format = model.Format,
            Tensors = tensors.ToImmutable(),
            Unreadable = unreadable.ToImmutable(),
            Files = model.Files,
            LookedFor = [.. model.LookedFor, .. origin.LookedFor],
            Notes = [.. model.Notes, $"Layers are {what} of the base model '{Printable.Text(Path.GetFileName(origin.Files[0].Path))}'; {matched.Count} weights matched by name and shape."],
        };
    }

    private static void AddSum(LowRankTensor product, Tensor weight, ImmutableArray<Tensor>.Builder tensors)
    {
        string name = product.WeightName.EndsWith(".weight", StringComparison.Ordinal) ? product.WeightName[..^".weight".Length] : product.WeightName;
        Tensor sum = new SumTensor(name + ".lora_merged", weight, product, subtract: false);
        tensors.Add(weight);
        tensors.Add(product);
        if (product.Magnitudes is not { } lengths)
            tensors.Add(sum);
        else if (lengths.Count == sum.Shape[0])
            tensors.Add(new WeightNormTensor(sum.Name, sum, lengths, 0));
        else
            throw new ArtifactException(ArtifactCodes.InvalidShape, FormattableString.Invariant($"there are {lengths.Count} lengths for {sum.Shape[0]} outputs")) { Tensor = lengths.Name };
    }

    private static string? WhyUnmatched(Tensor tensor, string name, Dictionary<string, Tensor> known)
    {
        if (!known.TryGetValue(name, out Tensor? other))
            return $"the base model has no tensor '{Printable.Text(name)}'";
        if (!other.Shape.AsSpan().SequenceEqual(tensor.Shape.AsSpan()))
            return $"the base model's '{Printable.Text(name)}' has the shape {TensorShape.Text(other.Shape)}";
        if (!other.IsFloatingPoint)
            return $"the base model's '{Printable.Text(name)}' holds {other.ElementTypeName}, not floating-point weights";
        bool sameAxes = tensor.Layout == other.Layout || tensor.Layout == TensorLayout.Unspecified || other.Layout == TensorLayout.Unspecified;
        return sameAxes ? null : $"the base model's '{Printable.Text(name)}' has its axes in another order";
    }

    private static ArtifactException NothingMatches(Checkpoint model, Checkpoint origin)
    {
        string expected = model.Tensors.Select(t => t is LowRankTensor product ? product.WeightName : t.Name).FirstOrDefault() ?? "";
        string found = origin.Tensors.Select(t => t.Name).FirstOrDefault() ?? "";
        return new ArtifactException(
            ArtifactCodes.BaseModelMismatch,
            $"no weight matches the base model '{Printable.Text(Path.GetFileName(origin.Files[0].Path))}' by name and shape: the artifact's first weight is '{Printable.Text(expected)}', the base model's is '{Printable.Text(found)}'")
        { Path = model.Files[0].Path };
    }
}
