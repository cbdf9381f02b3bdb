using WeightWatcher.MSBuild.Tests.Infra;
using WeightWatcher.Tests.Checkpoints.Writers;

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

    [Fact]
    public async Task stops_a_run_in_OnnxRuntime_and_blames_nothing_on_the_model()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal to a process group");
        using Scenario scenario = packages.NewScenario("""<ItemGroup><WeightWatcherModel Include="net.onnx" /></ItemGroup>""", ProjectShape.OnnxRuntime)
            .With("weightwatcher.yml", "version: 1\nextends: none\nanalysis: { randomize: off, mp_fit: false, detX: false }\nrules: []\nruntime: {}\n")
            .With("net.onnx", RunnableOnnx.Endless());

        BuildResult build = await scenario.BuildAndInterrupt(() => Runs(scenario.Folder), atMost: TimeSpan.FromSeconds(20));

        Assert.NotEqual(0, build.ExitCode);
        Assert.Empty(build.Verdicts);
        Assert.Empty(build.Errors);
        Assert.False(File.Exists(scenario.Record));
        Assert.False(Runs(scenario.Folder));
    }

    /// <summary>Whether a process has the native library loaded that was started from the build of a folder, whose environment names it.</summary>
    private static bool Runs(string folder) => Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])).Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains("WeightWatcher.Worker", StringComparison.Ordinal)
                && File.ReadAllText(Path.Combine(process, "environ")).Contains(folder, StringComparison.Ordinal)
                && File.ReadAllText(Path.Combine(process, "maps")).Contains("libonnxruntime", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or is somebody else's.
            return false;
        }
    });
}
