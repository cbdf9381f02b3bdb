using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_project_reference(PackageFixture packages)
{
    [Fact]
    public async Task has_the_referenced_project_judged_once()
    {
        using Scenario scenario = packages.NewScenario("");
        packages.AddProject(
            Directory.CreateDirectory(scenario.File("lib")).FullName,
            "<PropertyGroup><AssemblyName>lib</AssemblyName></PropertyGroup>" + Scenario.OneModel,
            ProjectShape.TwoFrameworks);
        packages.AddProject(
            Directory.CreateDirectory(scenario.File("app")).FullName,
            """
            <PropertyGroup><WeightWatcherAllowNoModels>true</WeightWatcherAllowNoModels></PropertyGroup>
            <ItemGroup><ProjectReference Include="../lib/app.csproj" /></ItemGroup>
            """,
            ProjectShape.TwoFrameworks);
        scenario.With("weightwatcher.yml", Models.WarningPolicy).With("lib/model.safetensors", Models.Random());

        foreach (string[] arguments in (string[][])[["-m:2"], ["-graph"]])
        {
            BuildResult build = (await scenario.Run("build", ["app", "--no-restore", .. arguments])).Succeeds();
            Assert.True(build.Verdicts.Count == 1, build.Output);
        }
    }
}
