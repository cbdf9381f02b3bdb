using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class An_old_MSBuild(PackageFixture packages)
{
    [Fact]
    public async Task is_told_what_is_needed()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel);

        BuildResult build = (await scenario.Build("-p:_WeightWatcherMSBuildVersion=17.14.0")).FailsWith("WWG5002");

        Assert.Contains("17.14.0", Assert.Single(build.Errors).Message, StringComparison.Ordinal);
    }
}
