using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace WeightWatcher.Assertions.Tests;

public sealed partial class Packages(Workspace workspace) : Scenarios(workspace)
{
    [Theory]
    [InlineData("WeightWatcher.Assertions", "xunit.assert", "xunit.extensibility.core")]
    [InlineData("WeightWatcher.Assertions.XunitV3", "xunit.v3.assert", "xunit.v3.extensibility.core")]
    public void Hold_what_they_promise(string id, params string[] xunit)
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(Workspace.Feed, $"{id}.{Workspace.Version}.nupkg"));
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.Contains($"lib/net10.0/{id}.dll", files);
        Assert.Contains($"lib/net10.0/{id}.xml", files);
        Assert.Contains($"build/{id}.targets", files);
        Assert.Contains($"buildTransitive/{id}.targets", files);
        Assert.Contains("README.md", files);
        Assert.Contains("docs/diagnostics/WWG5006.md", files);

        using Stream nuspec = package.GetEntry($"{id}.nuspec")!.Open();
        XElement[] dependencies = [.. XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency")];
        Assert.Equal(Workspace.Version, Version("WeightWatcher"));
        Assert.All(xunit, dependency => Assert.Equal(RepositoryFiles.VersionOf(dependency), Version(dependency)));
        Assert.Equal(["WeightWatcher", .. xunit], dependencies.Select(Id).Order(StringComparer.Ordinal));

        if (id.EndsWith("XunitV3", StringComparison.Ordinal))
            Assert.All((string[])["README.md", $"build/{id}.targets", "docs/diagnostics/WWG5006.md"], file => Assert.Contains($"{RepositoryFiles.VersionOf("xunit.v3.extensibility.core")} or later", Text(file), StringComparison.Ordinal));

        string Text(string file)
        {
            using StreamReader reader = new(package.GetEntry(file)!.Open());
            return reader.ReadToEnd();
        }

        string Version(string dependency) => (string)dependencies.Single(element => Id(element) == dependency).Attribute("version")!;
        static string Id(XElement element) => (string)element.Attribute("id")!;
    }

    [Theory]
    [InlineData("WeightWatcher")]
    [InlineData("WeightWatcher.Assertions")]
    [InlineData("WeightWatcher.Assertions.XunitV3")]
    public void Have_a_page_whose_links_lead_somewhere(string id)
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(Workspace.Feed, $"{id}.{Workspace.Version}.nupkg"));
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        using StreamReader page = new(package.GetEntry("README.md")!.Open());
        Assert.All(
            Link().Matches(page.ReadToEnd()).Select(match => match.Groups[1].Value).Where(target => !target.Contains("://", StringComparison.Ordinal)),
            target => Assert.Contains(target.Split('#')[0], files));
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
