using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Ctrl_C(PackageFixture packages)
{
    [Fact]
    public async Task stops_an_analysis_promptly_and_leaves_no_record_of_success()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal to a process group");
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Random(n: 3000, m: 3000));
        string built = Path.Combine(scenario.File("bin"), "Debug", "net10.0", "app.dll");

        // The assembly is copied to its place right before the gate starts; a while later the analysis is under way.
        BuildResult build = await scenario.BuildAndInterrupt(
            () => File.Exists(built) && DateTime.UtcNow - File.GetLastWriteTimeUtc(Path.Combine(scenario.Intermediate, "app.csproj.FileListAbsolute.txt")) > TimeSpan.FromSeconds(2),
            atMost: TimeSpan.FromSeconds(20));

        Assert.NotEqual(0, build.ExitCode);
        Assert.Empty(build.Verdicts);
        Assert.Empty(build.Errors);
        Assert.False(File.Exists(scenario.Record));
    }
}
