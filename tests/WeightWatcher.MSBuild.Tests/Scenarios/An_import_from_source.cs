using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class An_import_from_source(PackageFixture packages)
{
    // SDK targets that come after the import overwrite what it set; a gate that is lost in that way passes everything.
    [Theory]
    [InlineData("<TargetFramework>net10.0</TargetFramework>")]
    [InlineData("<TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks>")]
    public async Task in_the_body_of_a_project_is_as_good_as_the_package(string frameworks)
    {
        using Scenario scenario = packages.NewScenario("");
        string build = Path.Combine(PackageFixture.Repository, "src", "WeightWatcher.MSBuild", "build", "WeightWatcher.MSBuild");
        Directory.Delete(scenario.File("obj"), recursive: true);
        scenario
            .With("app.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <Import Project="{build}.props" />
                  <PropertyGroup>
                    {frameworks}
                    <EnableWindowsTargeting>true</EnableWindowsTargeting>
                    <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>
                    <UseSharedCompilation>false</UseSharedCompilation>
                  </PropertyGroup>
                  {Scenario.OneModel}
                  <Import Project="{build}.targets" />
                </Project>
                """)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Random());

        BuildResult result = await scenario.Run("build", "-clp:NoSummary", $"-p:WeightWatcherTasksFolder={PackageFixture.BuiltTasks}");

        Assert.Equal(4, Assert.Single(result.Fails().Errors).Line);
        Assert.Single(result.Verdicts);
    }
}
