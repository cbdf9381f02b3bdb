using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Without_a_policy_file(PackageFixture packages)
{
    [Fact]
    public async Task the_built_in_policy_judges_and_errors_point_at_the_artifact()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel).With("model.safetensors", Models.Random(n: 512, m: 256));

        BuildResult build = (await scenario.Build()).Fails();

        Assert.Contains("fails well-trained", Assert.Single(build.Verdicts), StringComparison.Ordinal);
        Assert.All(build.Errors, e => Assert.Equal((scenario.File("model.safetensors"), 1, 1), (e.File, e.Line, e.Column)));
    }

    [Fact]
    public async Task of_its_own_a_project_takes_the_nearest_one_within_its_repository()
    {
        using Scenario scenario = packages.NewScenario("").With("weightwatcher.yml", Models.WarningPolicy);
        string inner = scenario.File("src/app");
        Directory.CreateDirectory(inner);
        packages.AddProject(inner, Scenario.OneModel);
        scenario.With("src/app/model.safetensors", Models.Random());

        BuildResult build = (await scenario.Run("build", "src/app", "--no-restore")).Succeeds();
        Assert.Equal(scenario.File("weightwatcher.yml"), Assert.Single(build.Warnings).File);

        scenario.With("src/weightwatcher.yml", Models.Policy);
        build = (await scenario.Run("build", "src/app", "--no-restore")).Fails();
        Assert.Equal(scenario.File("src/weightwatcher.yml"), Assert.Single(build.Errors).File);
    }
}
