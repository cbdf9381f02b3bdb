using System.Collections.Immutable;

namespace WeightWatcher.Baselines;

/// <summary>
/// Which layer of a baseline is which of a model: first by name, then, of those that are left, by weights, then by shape of matrix and type in the order of the artifacts,
/// where as many are left on both sides.
/// </summary>
internal sealed class LayerMatching
{
    private readonly Dictionary<string, string> _former = new(StringComparer.Ordinal);

    private LayerMatching()
    {
    }

    /// <summary>Layers of the model that the baseline does not have, in the order of the model.</summary>
    public ImmutableArray<LayerReport> Added { get; private set; } = [];

    /// <summary>Layers of the baseline that the model does not have, in the order of the baseline.</summary>
    public ImmutableArray<LayerReport> Removed { get; private set; } = [];

    /// <summary>Layers that have another name in the baseline, in the order of the model.</summary>
    public ImmutableArray<LayerPair> Renamed { get; private set; } = [];

    /// <summary>Layers of one name and two shapes, in the order of the model.</summary>
    public ImmutableArray<LayerPair> Reshaped { get; private set; } = [];

    /// <summary>The name in the baseline of a layer of the model that is in both with one shape, or null.</summary>
    public string? FormerName(string name) => _former.GetValueOrDefault(name);

    /// <summary>Matches the layers of two reports. The slices of a layer that is not pooled stay together.</summary>
    public static LayerMatching Of(ModelReport model, ModelReport baseline)
    {
        LayerMatching matching = new();
        List<LayerReport> ours = Firsts(model);
        List<LayerReport> theirs = Firsts(baseline);
        Dictionary<string, LayerReport> byName = theirs.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        Dictionary<string, int> ourSlices = Slices(model), theirSlices = Slices(baseline);
        List<LayerPair> reshaped = [];
        List<LayerReport> left = [];
        foreach (LayerReport layer in ours)
        {
            if (!byName.Remove(layer.Name, out LayerReport? known))
                left.Add(layer);
            else if (ShapeOf(layer, ourSlices) == ShapeOf(known, theirSlices))
                matching._former.Add(layer.Name, layer.Name);
            else
                reshaped.Add(new(layer, known));
        }

        List<LayerReport> gone = [.. theirs.Where(layer => byName.ContainsKey(layer.Name))];
        List<LayerPair> renamed = [];
        Dictionary<LayerReport, object> shapes = new(ReferenceEqualityComparer.Instance);
        foreach (LayerReport layer in left)
            shapes.Add(layer, ShapeOf(layer, ourSlices));
        foreach (LayerReport layer in gone)
            shapes.Add(layer, ShapeOf(layer, theirSlices));
        Pair(left, gone, renamed, layer => layer.WeightHash.Length == 0 ? null : (shapes[layer], layer.WeightHash));
        Pair(left, gone, renamed, layer => (shapes[layer], layer.LayerType));
        Pair(left, gone, renamed, layer => shapes[layer]);
        foreach (LayerPair pair in renamed)
            matching._former.Add(pair.Layer.Name, pair.Baseline.Name);
        matching.Added = [.. left];
        matching.Removed = [.. gone];
        matching.Renamed = [.. renamed.OrderBy(pair => pair.Layer.LayerId)];
        matching.Reshaped = [.. reshaped];
        return matching;
    }

    /// <summary>Pairs what has one key, in order, where as many have it on both sides.</summary>
    private static void Pair(List<LayerReport> left, List<LayerReport> gone, List<LayerPair> pairs, Func<LayerReport, object?> key)
    {
        ILookup<object, LayerReport> theirs = gone.Where(layer => key(layer) is not null).ToLookup(layer => key(layer)!);
        foreach (IGrouping<object, LayerReport> group in left.Where(layer => key(layer) is not null).GroupBy(layer => key(layer)!).ToArray())
        {
            LayerReport[] ours = [.. group];
            LayerReport[] same = [.. theirs[group.Key]];
            if (ours.Length != same.Length)
                continue;
            for (int i = 0; i < ours.Length; i++)
            {
                pairs.Add(new(ours[i], same[i]));
                left.Remove(ours[i]);
                gone.Remove(same[i]);
            }
        }
    }

    private static List<LayerReport> Firsts(ModelReport report) => [.. report.Layers.DistinctBy(layer => layer.Name, StringComparer.Ordinal)];

    private static Dictionary<string, int> Slices(ModelReport report) =>
        report.Layers.GroupBy(layer => layer.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    // A format may store the transpose or another order of the kernel axes; the matrices are what is compared.
    private static (double N, double M, double Kernel, int Slices) ShapeOf(LayerReport layer, Dictionary<string, int> slices) =>
        (layer["N"].Value, layer["M"].Value, layer["rf"].Value, slices[layer.Name]);
}

/// <summary>A layer of a model and what it is, or was, in the baseline; of a layer that is not pooled the first slice.</summary>
internal sealed record LayerPair(LayerReport Layer, LayerReport Baseline);
