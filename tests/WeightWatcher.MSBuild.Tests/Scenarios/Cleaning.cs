using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Cleaning(PackageFixture packages)
{
    [Fact]
    public async Task removes_the_record_and_the_reports_and_nothing_else()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel + "<PropertyGroup><WeightWatcherReportDirectory>reports/</WeightWatcherReportDirectory></PropertyGroup>")
            .With("weightwatcher.yml", Models.Policy)
            .With("reports/mine.txt", "not the gate's")
            .With("model.safetensors", Models.Structured());
        (await scenario.Build()).Succeeds();
        Assert.True(File.Exists(scenario.File("reports/model.safetensors.report.json")));

        (await scenario.Run("clean")).Succeeds();

        Assert.Equal(["mine.txt"], Directory.GetFiles(scenario.File("reports")).Select(Path.GetFileName));
        Assert.False(File.Exists(scenario.Record));
        Assert.True(File.Exists(scenario.File("model.safetensors")));
    }
}
