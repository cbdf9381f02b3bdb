using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Reporting_only(PackageFixture packages)
{
    [Fact]
    public async Task never_fails_on_the_policy_and_leaves_nothing_for_packing_to_judge()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Random());

        BuildResult report = (await scenario.Build("-t:WeightWatcherReport")).Succeeds();

        Assert.Contains("WWG1", report.Output, StringComparison.Ordinal);
        Assert.False(scenario.Report().GetProperty("verdict").GetProperty("passed").GetBoolean());
        Assert.False(File.Exists(scenario.Record));

        File.Delete(scenario.File("model.safetensors"));
        (await scenario.Build("-t:WeightWatcherReport")).FailsWith("WWG2001");
    }
}
