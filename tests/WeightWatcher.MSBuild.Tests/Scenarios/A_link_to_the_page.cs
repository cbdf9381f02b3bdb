using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_link_to_the_page(PackageFixture packages)
{
    [Fact]
    public async Task of_its_code_is_behind_each_error_in_a_terminal()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel).With("pages/WWG2001.md", "# Artifact not found");

        BuildResult build = await scenario.Build("-tl:on", $"-p:_WeightWatcherPages={scenario.File("pages")}");

        Assert.Equal(1, build.ExitCode);
        Assert.Contains(new Uri(scenario.File("pages/WWG2001.md")).AbsoluteUri, build.Output, StringComparison.Ordinal);
    }
}
