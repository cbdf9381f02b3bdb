using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Patterns(PackageFixture packages)
{
    [Fact]
    public async Task find_what_the_build_has_just_made()
    {
        using Scenario scenario = packages.NewScenario("""
            <PropertyGroup>
              <WeightWatcherGateDependsOn>Train</WeightWatcherGateDependsOn>
            </PropertyGroup>
            <Target Name="Train">
              <PropertyGroup><WeightWatcherModelGlobs>$(OutDir)models/**/*.safetensors</WeightWatcherModelGlobs></PropertyGroup>
              <Copy Condition="'$(Trained)' != 'false'" SourceFiles="weights" DestinationFiles="$(OutDir)models/a/net.safetensors" />
            </Target>
            """)
            .With("weightwatcher.yml", Models.Policy)
            .With("weights", Models.Random());

        BuildResult nothing = (await scenario.Build("-p:Trained=false")).FailsWith("WWG5005");
        Assert.Contains("models/**/*.safetensors", Assert.Single(nothing.Errors).Message, StringComparison.Ordinal);

        BuildResult build = (await scenario.Build()).Fails();
        Assert.Contains("bin/Debug/net10.0/models/a/net.safetensors fails", Assert.Single(build.Verdicts), StringComparison.Ordinal);
        Assert.True(File.Exists(scenario.ReportPath("net.safetensors")));
    }
}
