using System.Collections.Immutable;
using System.Globalization;

namespace WeightWatcher.Diagnosis;

/// <summary>
/// Weights that the names of the other tensors say should be there: a bias whose layer has no weight, though other layers have both; and a weight that every
/// block of a numbered series has but one inside it. What a layer leaves that was lost when a model was saved or cut.
/// </summary>
internal static class MissingWeights
{
    /// <summary>The fewest layers with bias and weight that make a bias without weight an exception.</summary>
    private const int FewestWhole = 2;

    /// <summary>Biases without weight are the model's habit, and no loss, above this share of the whole layers.</summary>
    private const double Habit = 0.5;

    /// <summary>The fewest blocks of a series in which the same weight must be.</summary>
    private const int FewestBlocks = 3;

    /// <summary>What exporters to ONNX call a weight that lost its name: what bears names then says nothing of what is missing.</summary>
    private const string RenamedPrefix = "onnx::";

    /// <summary>The weights that are missing by the names of the others, as paths of the layers that lack them; in order.</summary>
    /// <param name="tensors">Name and number of dimensions of every tensor of the artifact.</param>
    public static ImmutableArray<string> Find(IReadOnlyCollection<(string Name, int Dimensions)> tensors)
    {
        if (tensors.Any(t => t.Name.StartsWith(RenamedPrefix, StringComparison.Ordinal)))
            return [];
        return [.. WithoutWeight(tensors).Union(HolesInSeries(tensors), StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static ImmutableArray<string> WithoutWeight(IReadOnlyCollection<(string Name, int Dimensions)> tensors)
    {
        HashSet<string> whole = new(StringComparer.Ordinal);
        List<string> biased = [];
        foreach ((string name, int dimensions) in tensors)
        {
            string[] path = Split(name);
            if (path.Length < 2)
                continue;
            if (dimensions == 1 && path[^1] == "bias")
            {
                biased.Add(Join(path, path.Length - 1));
                continue;
            }

            // A weight counts for every module that it lies in; a vector counts where it scales.
            if (dimensions >= 2 || path[^1] is "weight" or "gamma" or "scale" or "running_mean" or "running_var" or "moving_mean")
            {
                for (int depth = 1; depth < path.Length; depth++)
                    whole.Add(Join(path, depth));
            }
        }

        string[] without = [.. biased.Where(layer => !whole.Contains(layer))];
        int with = biased.Count - without.Length;
        return with >= FewestWhole && without.Length <= Habit * with ? [.. without] : [];
    }

    private static IEnumerable<string> HolesInSeries(IReadOnlyCollection<(string Name, int Dimensions)> tensors)
    {
        Dictionary<string, SortedDictionary<int, HashSet<string>>> series = new(StringComparer.Ordinal);
        HashSet<(string Prefix, string Suffix)> matrices = [];
        foreach ((string name, int dimensions) in tensors)
        {
            string[] path = Split(name);
            for (int i = 0; i + 1 < path.Length; i++)
            {
                if (!int.TryParse(path[i], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                    continue;
                string prefix = Join(path, i), suffix = string.Join('.', path[(i + 1)..]);
                if (!series.TryGetValue(prefix, out SortedDictionary<int, HashSet<string>>? blocks))
                    series[prefix] = blocks = [];
                if (!blocks.TryGetValue(index, out HashSet<string>? members))
                    blocks[index] = members = new HashSet<string>(StringComparer.Ordinal);
                members.Add(suffix);
                if (dimensions >= 2)
                    matrices.Add((prefix, suffix));
            }
        }

        foreach ((string prefix, string suffix) in matrices)
        {
            SortedDictionary<int, HashSet<string>> blocks = series[prefix];
            int[] without = [.. blocks.Where(block => !block.Value.Contains(suffix)).Select(block => block.Key)];
            if (without is not [int hole] || blocks.Count <= FewestBlocks || hole == blocks.Keys.First() || hole == blocks.Keys.Last())
                continue;

            // A block of another kind lacks more, or has what the others have not.
            string module = suffix.Contains('.', StringComparison.Ordinal) ? suffix[..(suffix.LastIndexOf('.') + 1)] : "";
            HashSet<string> rest = blocks[hole];
            if (blocks.Values.Any(block => block.Contains(suffix) && rest.IsSubsetOf(block) && block.Except(rest).All(name => name.StartsWith(module, StringComparison.Ordinal))))
                yield return string.Create(CultureInfo.InvariantCulture, $"{(prefix.Length == 0 ? "" : prefix + ".")}{hole}.{suffix}");
        }
    }

    // Keras ends names with an output number.
    private static string[] Split(string name) => (name.EndsWith(":0", StringComparison.Ordinal) ? name[..^2] : name).Split('.', '/');

    private static string Join(string[] path, int length) => string.Join('.', path, 0, length);
}
