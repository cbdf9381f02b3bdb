using System.Text.Json;
using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_good_model_passes(PackageFixture packages)
{
    [Fact]
    public async Task and_its_report_says_so()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured());

        BuildResult build = (await scenario.Build()).Succeeds();

        Assert.Contains("model.safetensors passes weightwatcher.yml (1 layer)", Assert.Single(build.Verdicts), StringComparison.Ordinal);
        Assert.Empty(build.Warnings);
        JsonElement report = scenario.Report();
        Assert.True(report.GetProperty("verdict").GetProperty("passed").GetBoolean());
        Assert.Equal("model.safetensors", report.GetProperty("artifact").GetProperty("path").GetString());
        Assert.Equal("safetensors", report.GetProperty("artifact").GetProperty("format").GetString());
        Assert.DoesNotContain(scenario.Folder, File.ReadAllText(scenario.ReportPath()), StringComparison.Ordinal);
    }
}
