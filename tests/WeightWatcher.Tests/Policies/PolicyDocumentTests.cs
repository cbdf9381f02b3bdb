using System.Collections.Immutable;
using System.Text.RegularExpressions;
using WeightWatcher.Policies;

namespace WeightWatcher.Tests.Policies;

/// <summary>The policies in the documents are policies.</summary>
public sealed partial class PolicyDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Reference.RepositoryRoot, "docs", "policy.md"));

    public static TheoryData<string> Examples => [.. Fenced().Matches(Document).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_a_policy(string text) => Assert.Equal("weightwatcher.yml", Policy.Parse(text, Path.GetFullPath("weightwatcher.yml")).Name);

    [Fact]
    public void Every_key_of_the_language_is_in_an_example_or_a_table()
    {
        ImmutableArray<string> keys =
        [
            .. PolicyKeys.Document, .. PolicyKeys.Analysis, .. PolicyKeys.Layers, .. PolicyKeys.Rule, .. PolicyKeys.RuleBaseline, .. PolicyKeys.Baseline, .. PolicyKeys.Coverage, .. PolicyKeys.Runtime, .. PolicyKeys.RuntimeInput,
        ];
        string examples = string.Concat(Fenced().Matches(Document).Select(match => match.Value));
        Assert.All(keys, key => Assert.Matches($@"\b{key}:", examples));
    }

    [Fact]
    public void A_schema_that_an_example_names_is_a_file_of_the_repository()
    {
        string[] named = [.. SchemaName().Matches(Document).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(File.Exists(Path.Combine(Reference.RepositoryRoot, "schema", name)), name));
    }

    [Fact]
    public void The_built_in_rules_are_described()
    {
        string described = File.ReadAllText(Path.Combine(Reference.RepositoryRoot, "docs", "policies.md"));
        Assert.All(Policy.WellTrained.Rules.Concat(Policy.NoRegression.Rules), rule => Assert.Contains($"| `{rule.Id}` | {rule.Severity.ToString().ToLowerInvariant()} |", described, StringComparison.Ordinal));
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"\$schema=(\S+)")]
    private static partial Regex SchemaName();
}
