using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_swapped_model(PackageFixture packages)
{
    [Fact]
    public async Task is_judged_again_even_when_it_is_older_and_as_long()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured());
        (await scenario.Build()).Succeeds();

        scenario.With("model.safetensors", Models.Random());
        File.SetLastWriteTimeUtc(scenario.File("model.safetensors"), new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));

        Assert.Single((await scenario.Build()).Fails().Errors);
    }
}
