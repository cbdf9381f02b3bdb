using System.Xml.Linq;
using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Reports_for_reviewers(PackageFixture packages)
{
    private const string TwoModels = """<ItemGroup><WeightWatcherModel Include="good.safetensors;bad.safetensors" /></ItemGroup>""";

    [Fact]
    public async Task are_written_in_every_format_with_an_overview_and_a_job_summary_and_cleaned()
    {
        using Scenario scenario = packages.NewScenario(TwoModels)
            .With("weightwatcher.yml", Models.Policy)
            .With("good.safetensors", Models.Structured())
            .With("bad.safetensors", Models.Random());
        string summary = scenario.File("summary.md"), reports = Path.Combine(scenario.Intermediate, "weightwatcher");
        Dictionary<string, string> job = new() { ["GITHUB_STEP_SUMMARY"] = summary, ["WeightWatcherReportFormats"] = "json;csv;html;sarif;junit" };

        (await scenario.Build(job)).Fails();
        (await scenario.Build(job)).Fails();

        string[] expected = [.. ((string[])["bad", "good"]).SelectMany(m => ((string[])["csv", "html", "json", "junit.xml", "md", "sarif"]).Select(f => $"{m}.safetensors.report.{f}")), "index.html"];
        Assert.Equal(expected, Directory.GetFiles(reports).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        string[] said = [.. File.ReadAllLines(summary).Where(l => l.StartsWith("## ", StringComparison.Ordinal))];
        Assert.Equal(2, said.Length);
        Assert.Contains(said, l => l.StartsWith("## ❌ `bad.safetensors` does not meet", StringComparison.Ordinal));
        Assert.Contains(said, l => l.StartsWith("## ✅ `good.safetensors` meets", StringComparison.Ordinal));
        string overview = File.ReadAllText(Path.Combine(reports, "index.html"));
        Assert.Contains("href=\"bad.safetensors.report.html\"", overview, StringComparison.Ordinal);
        Assert.Single(XDocument.Load(Path.Combine(reports, "bad.safetensors.report.junit.xml")).Descendants("failure"));

        (await scenario.Run("clean")).Succeeds();
        Assert.Empty(Directory.GetFiles(reports));
    }

    [Fact]
    public async Task leave_the_job_summary_alone_when_told_to()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured());
        string summary = scenario.File("summary.md");

        (await scenario.Build(new Dictionary<string, string> { ["GITHUB_STEP_SUMMARY"] = summary }, "-p:WeightWatcherJobSummary=off")).Succeeds();
        Assert.False(File.Exists(summary));

        (await scenario.Build(new Dictionary<string, string> { ["GITHUB_STEP_SUMMARY"] = Path.Combine(scenario.Folder, "no", "such", "folder.md") })).Succeeds();
    }
}
