using System.Collections.Immutable;

namespace WeightWatcher.Policies;

/// <summary>The policies that come with the library, as YAML files in the assembly, read by the parser that reads every other policy.</summary>
internal static class BuiltInPolicies
{
    private static readonly ImmutableDictionary<string, Lazy<Policy>> Policies =
        new[] { "well-trained", "no-regression" }.ToImmutableDictionary(name => name, name => new Lazy<Policy>(() => Read(name)), StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } = ["well-trained", "no-regression"];

    /// <summary>The policy of that name, or null.</summary>
    public static Policy? Find(string name) => Policies.TryGetValue(name, out Lazy<Policy>? policy) ? policy.Value : null;

    private static Policy Read(string name)
    {
        string resource = $"WeightWatcher.Policies.BuiltIn.{name}.yml";
        using Stream stream = typeof(BuiltInPolicies).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the assembly has no resource {resource}");
        using StreamReader text = new(stream);
        return PolicyParser.Parse(text.ReadToEnd(), null, name, $"{name} (built-in)");
    }
}
