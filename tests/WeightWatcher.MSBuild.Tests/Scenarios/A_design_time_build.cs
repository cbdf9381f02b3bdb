using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_design_time_build(PackageFixture packages)
{
    [Fact]
    public async Task judges_nothing()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel);

        BuildResult build = (await scenario.Build("-p:DesignTimeBuild=true")).Succeeds();

        Assert.Empty(build.Verdicts);
        Assert.False(File.Exists(scenario.Record));
    }
}
