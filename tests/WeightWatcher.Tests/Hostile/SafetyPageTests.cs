using System.Reflection;
using System.Text.RegularExpressions;
using WeightWatcher.Codes;

namespace WeightWatcher.Tests.Hostile;

/// <summary>The page that lists the malformed cases names tests and codes that exist.</summary>
public sealed partial class SafetyPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Reference.RepositoryRoot, "docs", "safety.md"));

    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        HashSet<string> tests = [.. typeof(SafetyPageTests).Assembly.GetTypes().SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .Where(m => m.GetCustomAttributes<FactAttribute>().Any()).Select(m => m.Name)];
        string[] named = [.. TestName().Matches(Page).Select(m => m.Groups[1].Value)];
        Assert.True(named.Length > 80, $"only {named.Length} tests are named");
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    [Fact]
    public void Every_code_that_the_page_names_exists() =>
        Assert.DoesNotContain(CodeName().Matches(Page), match => DiagnosticCatalog.Find(match.Value) is null);

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"WWG\d{4}")]
    private static partial Regex CodeName();
}
