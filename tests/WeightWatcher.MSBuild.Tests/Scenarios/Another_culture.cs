using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Another_culture(PackageFixture packages)
{
    [Theory]
    [InlineData("de_DE.UTF-8")]
    [InlineData("tr_TR.UTF-8")]
    public async Task changes_neither_the_verdict_nor_a_byte_of_the_report(string culture)
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Random());
        BuildResult here = (await scenario.Build()).Fails();
        byte[] report = File.ReadAllBytes(scenario.ReportPath());
        File.Delete(scenario.ReportPath());

        BuildResult there = (await scenario.Build(new Dictionary<string, string> { ["LC_ALL"] = culture, ["LANG"] = culture })).Fails();

        Assert.Equal(here.Errors, there.Errors);
        Assert.Equal(report, File.ReadAllBytes(scenario.ReportPath()));
    }
}
