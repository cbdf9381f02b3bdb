using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class No_models(PackageFixture packages)
{
    [Fact]
    public async Task fail_unless_they_are_allowed_or_the_gate_is_off()
    {
        using Scenario scenario = packages.NewScenario("");

        (await scenario.Build()).FailsWith("WWG5001");
        Assert.Empty((await scenario.Build("-p:WeightWatcherAllowNoModels=true")).Succeeds().Warnings);
        Assert.Empty((await scenario.Build("-p:WeightWatcherEnabled=false")).Succeeds().Warnings);
    }
}
