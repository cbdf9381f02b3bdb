using System.Collections.Immutable;
using System.Text.RegularExpressions;
using WeightWatcher.Metrics;

namespace WeightWatcher.Tests.Documentation;

/// <summary>Every column that a rule can use has a page with its definition and a rule that is one.</summary>
public sealed partial class MetricPagesTests
{
    private static readonly string Folder = Path.Combine(Reference.RepositoryRoot, "docs", "metrics");

    private static readonly ImmutableArray<string> Columns = [.. MetricCatalog.Layer.Concat(MetricCatalog.Model).Select(metric => metric.Name)];

    public static TheoryData<string> Names => [.. Columns];

    [Fact]
    public void Every_column_has_a_page() =>
        Assert.Empty(Columns.Where(column => !File.Exists(Path.Combine(Folder, $"{column}.md"))));

    [Fact]
    public void The_index_lists_every_page_once()
    {
        string index = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Columns, column => Assert.Single(Regex.Matches(index, Regex.Escape($"| [{column}]({column}.md) | "))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_has_all_its_parts_and_a_rule_on_its_column(string column)
    {
        string page = File.ReadAllText(Path.Combine(Folder, $"{column}.md"));
        Assert.StartsWith($"# {column}\n\n", page, StringComparison.Ordinal);
        ImmutableArray<string> parts = [.. Heading().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.Equal(["Definition", "Range", "How to read it", "When it misleads", "A rule"], parts);
        Assert.All(Heading().Split(page).Where((_, i) => i > 0 && i % 2 == 0), part => Assert.True(part.Trim().Length > 5));
        Policy policy = Policy.Parse(Assert.Single(Fenced().Matches(page)).Groups[1].Value);
        PolicyRule rule = Assert.Single(policy.Rules);
        Assert.True(rule.Metric == column || rule.When.Any(condition => condition.Metric == column));
    }

    [GeneratedRegex("^## (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
