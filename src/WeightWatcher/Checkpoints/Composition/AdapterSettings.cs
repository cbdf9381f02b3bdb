using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>What <c>adapter_config.json</c> says of a low-rank adapter (PEFT's <c>LoraConfig</c>).</summary>
internal sealed class AdapterSettings
{
    private const double DefaultAlpha = 8;
    private const int MaxPatternLength = 1000;
    private const int MaxPatterns = 10_000;

    private readonly string? _path;
    private readonly double? _rank;
    private readonly double _alpha;
    private readonly bool _rootScaled;
    private readonly List<(Regex Pattern, double Value)> _ranks;
    private readonly List<(Regex Pattern, double Value)> _alphas;

    private AdapterSettings(JsonElement json, string? path)
    {
        _path = path;
        _rank = json.Number("r");
        _alpha = json.Number("lora_alpha") ?? DefaultAlpha;
        _rootScaled = json.IsTrue("use_rslora");
        IsTransposed = json.IsTrue("fan_in_fan_out");
        _ranks = Patterns(json, "rank_pattern");
        _alphas = Patterns(json, "alpha_pattern");
    }

    /// <summary>True when the adapted weights are stored as [inputs, outputs].</summary>
    public bool IsTransposed { get; }

    /// <summary>The settings beside an adapter, or null when there are none.</summary>
    /// <exception cref="ArtifactException">The file is malformed.</exception>
    public static AdapterSettings? Read(SidecarFiles files) => files.Find("adapter_config.json") is { } json ? new AdapterSettings(json, files.LastPath) : null;

    /// <summary>What a module's product is multiplied by: alpha / r, or alpha / sqrt(r) with rank-stabilised scaling (https://arxiv.org/abs/2312.03732).</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="factor">The first factor, for messages.</param>
    /// <param name="rank">Its rank, that of the tensors.</param>
    public double Scale(string module, Tensor factor, long rank)
    {
        double? stated = Match(_ranks, module) ?? _rank;
        if (stated is { } expected && expected != rank)
        {
            throw new ArtifactException(
                ArtifactCodes.InvalidShape, string.Create(CultureInfo.InvariantCulture, $"the factor has rank {rank}, adapter_config.json says {expected}"))
            { Tensor = factor.Name };
        }

        double alpha = Match(_alphas, module) ?? _alpha;
        return alpha / (_rootScaled ? Math.Sqrt(rank) : rank);
    }

    private static double? Match(List<(Regex Pattern, double Value)> patterns, string module)
    {
        foreach ((Regex pattern, double value) in patterns)
        {
            if (pattern.IsMatch(module))
                return value;
        }

        return null;
    }

    /// <summary>Patterns that end a module's name, by an engine whose time is linear in the name's length whatever the pattern.</summary>
    private List<(Regex Pattern, double Value)> Patterns(JsonElement json, string key)
    {
        List<(Regex, double)> patterns = [];
        if (json.Object(key) is not { } map)
            return patterns;
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetDouble(out double value) || entry.Name.Length > MaxPatternLength || patterns.Count >= MaxPatterns)
                throw Fault($"the entry '{Printable.Text(entry.Name)}' of {key} is no pattern with a number");
            try
            {
                patterns.Add((new Regex($@"^(?:.*\.)?(?:{entry.Name})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), value));
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                throw Fault($"the pattern '{Printable.Text(entry.Name)}' of {key} cannot be used: {Printable.Text(e.Message)}");
            }
        }

        return patterns;
    }

    private ArtifactException Fault(string message) => new(ArtifactCodes.Malformed, message) { Path = _path };
}
