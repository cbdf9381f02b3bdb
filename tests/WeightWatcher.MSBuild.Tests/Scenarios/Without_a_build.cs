using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Without_a_build(PackageFixture packages)
{
    [Theory]
    [InlineData("pack")]
    [InlineData("publish")]
    public async Task what_the_last_gate_recorded_is_judged_before_anything_leaves(string command)
    {
        using Scenario scenario = packages.NewScenario("""
            <PropertyGroup><WeightWatcherGateDependsOn>Train</WeightWatcherGateDependsOn></PropertyGroup>
            <Target Name="Train">
              <Message Importance="high" Text="Training." />
              <ItemGroup><WeightWatcherModel Include="model.safetensors" /></ItemGroup>
            </Target>
            """)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured());

        (await scenario.Run(command, "--no-build", "-c", "Debug")).Fails();
        (await scenario.Build()).Succeeds();

        BuildResult good = (await scenario.Run(command, "--no-build", "-c", "Debug")).Succeeds();
        Assert.Single(good.Verdicts);
        Assert.DoesNotContain("Training.", good.Output, StringComparison.Ordinal);
        foreach (string package in Directory.GetFiles(scenario.Folder, "*.nupkg", SearchOption.AllDirectories))
            File.Delete(package);
        if (Directory.Exists(Path.Combine(scenario.File("bin"), "Debug", "net10.0", "publish")))
            Directory.Delete(Path.Combine(scenario.File("bin"), "Debug", "net10.0", "publish"), recursive: true);

        scenario.With("model.safetensors", Models.Random());
        Assert.Single((await scenario.Run(command, "--no-build", "-c", "Debug")).Fails().Errors);
        Assert.Empty(Directory.GetFiles(scenario.Folder, "*.nupkg", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(Path.Combine(scenario.File("bin"), "Debug", "net10.0", "publish")));

        File.Delete(scenario.Record);
        (await scenario.Run(command, "--no-build", "-c", "Debug")).FailsWith("WWG5003");
    }
}
