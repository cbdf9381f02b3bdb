using System.Text.RegularExpressions;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// Low-rank adapters: the factors of a module become one weight <c>module.lora_BA</c>. PEFT's names (<c>lora_A</c> and <c>lora_B</c>, <c>lora_embedding_A</c> and <c>B</c>), and those of diffusers and kohya
/// (<c>lora.down</c>, <c>lora_down</c>, with <c>alpha</c> beside them).
/// </summary>
internal static partial class AdapterRule
{
    /// <summary>How many weights a stored one may stand for: that of rank 1 between layers of 16384.</summary>
    private const long MaxGrowth = 8192;

    /// <summary>What PEFT puts before the names of the model that it wraps.</summary>
    private const string WrapperPrefix = "base_model.model.";

    public static void Apply(TensorSet set)
    {
        AdapterSettings? settings = null;
        bool hasSettings = false;
        foreach (Tensor down in set.All())
        {
            if (!down.IsFloatingPoint || !down.Name.Contains("lora", StringComparison.Ordinal) || DownName().Match(down.Name) is not { Success: true } match)
                continue;
            string partner = Partner(match);
            if (!hasSettings)
            {
                settings = AdapterSettings.Read(set.Files);
                hasSettings = true;
            }

            Apply(set, match, down, set.Require(partner, down), settings);
        }
    }

    private static void Apply(TensorSet set, Match match, Tensor down, Tensor up, AdapterSettings? settings)
    {
        string module = match.Groups["module"].Value;
        bool isEmbedding = match.Groups["part"].Value == "lora_embedding_A";
        string own = module.StartsWith(WrapperPrefix, StringComparison.Ordinal) ? module[WrapperPrefix.Length..] : module;
        bool fits = down.Shape.Length >= 2 && up.Shape.Length >= 2 && down.Count > 0 && up.Count > 0 && down.Shape[0] == up.Shape[1] && up.IsFloatingPoint
            && up.Shape.AsSpan()[2..].IndexOfAnyExcept(1) < 0 && (!isEmbedding || (down.Shape.Length == 2 && up.Shape.Length == 2));
        if (!fits)
        {
            throw new ArtifactException(
                ArtifactCodes.InvalidShape, $"the factors {TensorShape.Text(down.Shape)} and {TensorShape.Text(up.Shape)} of a low-rank adapter do not fit each other")
            { Tensor = down.Name };
        }

        long rank = down.Shape[0];
        Tensor? alpha = set.Find(module + ".alpha") is { Count: 1, IsFloatingPoint: true } given ? given : null;
        double scale = 1;
        if (alpha is not null)
        {
            alpha.Read(0, new Span<double>(ref scale));
            scale /= rank;
        }
        else if (settings is not null)
        {
            scale = settings.Scale(own, down, rank);
        }
        else
        {
            set.Note("There is no adapter_config.json beside the adapter, so its products are not scaled by alpha / r.");
        }

        Tensor? magnitudes = set.Find($"{module}.lora_magnitude_vector{match.Groups["adapter"].Value}.weight") ?? set.Find($"{module}.lora_magnitude_vector{match.Groups["adapter"].Value}");
        Int128 outputs = up.Shape[0];
        Int128 elements = outputs * (down.Count / rank);
        bool isLarge = down.Count > Array.MaxLength || up.Count > Array.MaxLength;
        if (isLarge || elements > MaxGrowth * (Int128)(down.Count + up.Count) || elements > Array.MaxLength)
        {
            set.Leave(down, FormattableString.Invariant($"a product of {elements} weights, more than its factors justify"));
            set.Leave(up, FormattableString.Invariant($"a product of {elements} weights, more than its factors justify"));
            return;
        }

        bool isTransposed = isEmbedding || (settings is { IsTransposed: true } && down.Shape.Length == 2);
        set.Compose(
            new LowRankTensor(own + ".lora_BA", own + ".weight", down, up, scale, isTransposed) { Magnitudes = magnitudes },
            down,
            up,
            alpha,
            magnitudes);
    }

    private static string Partner(Match match)
    {
        string up = match.Groups["part"].Value switch
        {
            "lora_A" => "lora_B",
            "lora_embedding_A" => "lora_embedding_B",
            "lora_down" => "lora_up",
            _ => match.Groups["part"].Value.Replace("down", "up", StringComparison.Ordinal),
        };
        return $"{match.Groups["module"].Value}{match.Groups["joint"].Value}{up}{match.Groups["adapter"].Value}{match.Groups["tail"].Value}";
    }

    [GeneratedRegex(@"^(?<module>.+?)(?<joint>[._])(?<part>lora_A|lora_embedding_A|lora_down|lora\.down)(?<adapter>(?:\.(?!weight$)[^.]+)?)(?<tail>(?:\.weight)?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DownName();
}
