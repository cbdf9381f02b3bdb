using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_typo_in_the_policy(PackageFixture packages)
{
    [Fact]
    public async Task fails_at_its_line_and_column_once_for_all_artifacts()
    {
        using Scenario scenario = packages.NewScenario("""<ItemGroup><WeightWatcherModel Include="a.safetensors;b.safetensors" /></ItemGroup>""")
            .With("weightwatcher.yml", Models.Policy.Replace("    min:", "    mni:", StringComparison.Ordinal))
            .With("a.safetensors", Models.Structured())
            .With("b.safetensors", Models.Structured());

        BuildResult build = (await scenario.Build()).Fails();

        Assert.All(build.Errors, e => Assert.StartsWith("WWG3", e.Code, StringComparison.Ordinal));
        Diagnostic typo = Assert.Single(build.Errors, e => e.Message.Contains("mni", StringComparison.Ordinal));
        Assert.Equal((scenario.File("weightwatcher.yml"), 7, 5), (typo.File, typo.Line, typo.Column));
        Assert.False(scenario.Report("b.safetensors").GetProperty("verdict").GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task and_a_policy_that_does_not_exist_fail()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel).With("model.safetensors", Models.Structured());

        BuildResult build = (await scenario.Build("-p:WeightWatcherPolicyFile=none.yml")).Fails();

        Assert.StartsWith("WWG3", Assert.Single(build.Errors).Code, StringComparison.Ordinal);
    }
}
