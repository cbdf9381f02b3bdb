using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_baseline(PackageFixture packages)
{
    [Fact]
    public async Task of_an_item_is_what_the_built_in_policy_against_regressions_compares_with()
    {
        using Scenario scenario = packages.NewScenario(
            """<ItemGroup><WeightWatcherModel Include="model.safetensors" Policy="no-regression" Baseline="main\model.safetensors" /></ItemGroup>""")
            .With("model.safetensors", Models.Random(n: 192, m: 128));

        BuildResult missing = (await scenario.Build()).Fails();
        Assert.All(missing.Errors, e => Assert.StartsWith("WWG4", e.Code, StringComparison.Ordinal));

        scenario.With("main/model.safetensors", Models.Structured(n: 192, m: 128));
        BuildResult worse = (await scenario.Build()).Fails();
        Assert.Contains("fails no-regression", Assert.Single(worse.Verdicts), StringComparison.Ordinal);
        Assert.All(worse.Errors, e => Assert.StartsWith("WWG1", e.Code, StringComparison.Ordinal));

        scenario.With("model.safetensors", Models.Structured(n: 192, m: 128));
        (await scenario.Build()).Succeeds();

        // The candidate is the same as before; only what it is compared with changed.
        scenario.With("main/model.safetensors", [1, 2, 3]);
        Assert.StartsWith("WWG4", (await scenario.Build()).Fails().Errors[0].Code, StringComparison.Ordinal);
    }
}
