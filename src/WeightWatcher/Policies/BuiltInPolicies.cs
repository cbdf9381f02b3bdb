using System.Collections.Immutable;

namespace WeightWatcher.Policies;

/// <summary>The policies that come with the library, as YAML files in the assembly, read by the parser that reads every other policy.</summary>
internal static class BuiltInPolicies
{
    /// <summary>What the names of built-in policies end with where the source of a rule is told.</summary>
    public const string SourceSuffix = " (built-in)";

    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } = ["well-trained", "no-regression"];

    // In the order of the names.
    private static readonly Lazy<Policy>[] Policies = [.. Names.Select(name => new Lazy<Policy>(() => Read(name)))];

    /// <summary>The policy of that name, or null.</summary>
    public static Policy? Find(string name) => Names.IndexOf(name) is var place and >= 0 ? Policies[place].Value : null;

    private static Policy Read(string name)
    {
        string resource = $"WeightWatcher.Policies.BuiltIn.{name}.yml";
        using Stream stream = typeof(BuiltInPolicies).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the assembly has no resource {resource}");
        using StreamReader text = new(stream);
        return PolicyParser.Parse(text.ReadToEnd(), null, name, name + SourceSuffix);
    }
}
