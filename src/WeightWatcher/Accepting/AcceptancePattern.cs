using System.Collections.Immutable;
using WeightWatcher.Layers;

namespace WeightWatcher.Accepting;

/// <summary>Which changes for the worse are accepted: a pattern of layers, or <c>model</c>, and a pattern of metrics.</summary>
/// <param name="Text">As it was written: <c>encoder.*:alpha</c>.</param>
/// <param name="Layers">A glob on layer names; of values of the whole model <c>model</c> or the id of the rule.</param>
/// <param name="Metrics">A glob on metrics and on <c>removed</c>, <c>added</c>, <c>renamed</c>, <c>reshaped</c> and <c>analysis</c>.</param>
internal sealed record AcceptancePattern(string Text, string Layers, string Metrics)
{
    /// <summary>What stands for a value of the whole model in the place of a layer.</summary>
    public const string Model = "model";

    /// <summary>What stands for a baseline of other options or another version in the place of a metric.</summary>
    public const string Analysis = "analysis";

    /// <summary>Reads patterns, separated by semicolons.</summary>
    /// <param name="text">The patterns, or null for none.</param>
    /// <param name="faulty">The parts that are none.</param>
    public static ImmutableArray<AcceptancePattern> Parse(string? text, out ImmutableArray<string> faulty)
    {
        ImmutableArray<AcceptancePattern>.Builder patterns = ImmutableArray.CreateBuilder<AcceptancePattern>();
        ImmutableArray<string>.Builder others = ImmutableArray.CreateBuilder<string>();
        foreach (string part in (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // Names of layers may hold colons, names of metrics do not.
            int colon = part.LastIndexOf(':');
            if (colon > 0 && colon < part.Length - 1)
                patterns.Add(new(part, part[..colon], part[(colon + 1)..]));
            else
                others.Add(part);
        }

        faulty = others.ToImmutable();
        return patterns.ToImmutable();
    }

    /// <summary>Whether it accepts a change of a layer.</summary>
    public bool Fits(string layer, string metric) => Glob.IsMatch(Layers, layer) && Glob.IsMatch(Metrics, metric);

    /// <summary>Whether it accepts a change of a rule's value of the whole model.</summary>
    public bool FitsModel(PolicyRule rule) => (Glob.IsMatch(Layers, Model) || Glob.IsMatch(Layers, rule.Id)) && Glob.IsMatch(Metrics, rule.Metric);
}
