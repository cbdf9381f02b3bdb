using WeightWatcher.Codes;

namespace WeightWatcher.Tests.Codes;

public sealed class DiagnosticPagesTests
{
    private static readonly string Folder = Path.Combine(Reference.RepositoryRoot, "docs", "diagnostics");

    [Fact]
    public void Every_code_has_a_page_and_every_page_a_code() =>
        Assert.Equal(
            DiagnosticCatalog.All.Select(code => Path.GetFileName(code.DocumentationPath)),
            Directory.GetFiles(Folder, "WWG*").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_page_has_its_title_an_example_and_a_way_out() =>
        Assert.All(DiagnosticCatalog.All, code =>
        {
            string page = File.ReadAllText(Path.Combine(Reference.RepositoryRoot, code.DocumentationPath));
            Assert.StartsWith($"# {code.Id}: {code.Title}\n", page, StringComparison.Ordinal);
            Assert.DoesNotContain("summary>", page, StringComparison.Ordinal);
            Assert.Contains("\nA message, for example:\n\n    ", page, StringComparison.Ordinal);
            Assert.Contains("\n## What to do\n\n", page, StringComparison.Ordinal);
        });

    [Fact]
    public void The_list_of_codes_names_each_with_its_title()
    {
        string list = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(DiagnosticCatalog.All, code => Assert.Contains($"| [{code.Id}]({code.Id}.md) | {code.Title} |", list, StringComparison.Ordinal));
    }
}
