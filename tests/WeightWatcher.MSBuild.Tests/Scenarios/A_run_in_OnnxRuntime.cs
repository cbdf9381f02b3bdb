using System.Text;
using System.Text.Json;
using WeightWatcher.MSBuild.Tests.Infra;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_run_in_OnnxRuntime(PackageFixture packages)
{
    private const string OneModel = """<ItemGroup><WeightWatcherModel Include="net.onnx" /></ItemGroup>""";

    [Fact]
    public async Task passes_a_sound_model_once_and_again_when_the_library_changes()
    {
        using Scenario scenario = packages.NewScenario(OneModel, ProjectShape.OnnxRuntime)
            .With("weightwatcher.yml", Policy("max_output_drift: 1%"))
            .With("main.onnx", RunnableOnnx.Linear())
            .With("net.onnx", RunnableOnnx.Linear(1.001f));
        BuildResult first = (await scenario.Build()).Succeeds();
        Assert.Empty(first.Warnings);
        JsonElement run = scenario.Report("net.onnx").GetProperty("runtime");
        Assert.Equal(PackageFixture.VersionOf("Microsoft.ML.OnnxRuntime"), run.GetProperty("onnxruntime").GetString());
        Assert.True(run.GetProperty("loaded").GetBoolean());
        Assert.Equal(0.001, run.GetProperty("output_drift").GetDouble(), 1e-5);

        Assert.Contains("unchanged", Assert.Single((await scenario.Build()).Succeeds().Verdicts), StringComparison.Ordinal);
        // Without a build nothing is resolved: the record and NuGet's list serve.
        (await scenario.Run("pack", "-c", "Debug", "--no-build", "--no-restore")).Succeeds();

        string named = scenario.File("libonnxruntime.so");
        File.Copy(PackageFixture.OnnxRuntime, named);
        BuildResult other = (await scenario.Build($"-p:WeightWatcherOnnxRuntimePath={named}")).Succeeds();
        Assert.DoesNotContain("unchanged", Assert.Single(other.Verdicts), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(named, Older(await File.ReadAllBytesAsync(named, TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);
        Diagnostic old = Assert.Single((await scenario.Build($"-p:WeightWatcherOnnxRuntimePath={scenario.Folder}")).FailsWith("WWG5022").Errors);
        Assert.Contains("1.19.2", old.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task needs_a_reference_only_when_the_policy_asks_for_it()
    {
        using Scenario scenario = packages.NewScenario(OneModel)
            .With("weightwatcher.yml", Policy(""))
            .With("net.onnx", RunnableOnnx.Linear());
        Diagnostic missing = Assert.Single((await scenario.Build()).FailsWith("WWG5020").Errors);
        Assert.Contains("<PackageReference Include=\"Microsoft.ML.OnnxRuntime\"", missing.Message, StringComparison.Ordinal);
        Assert.Equal(("weightwatcher.yml", 5), (Path.GetFileName(missing.File), missing.Line));
        Assert.False(scenario.Report("net.onnx").GetProperty("verdict").GetProperty("passed").GetBoolean());

        // Nothing was recorded: the reference may come.
        BuildResult named = (await scenario.Build($"-p:WeightWatcherOnnxRuntimePath={Path.GetDirectoryName(PackageFixture.OnnxRuntime)}")).Succeeds();
        Assert.DoesNotContain("unchanged", Assert.Single(named.Verdicts), StringComparison.Ordinal);
        scenario.With("weightwatcher.yml", "version: 1\nextends: none\nrules: []\ncoverage: { min: 0% }\n");
        (await scenario.Build()).Succeeds();
    }

    [Fact]
    public async Task says_of_each_bad_model_what_is_wrong_and_keeps_the_words_of_the_library_out_of_the_way()
    {
        const string models = """
            <ItemGroup>
              <WeightWatcherModel Include="broken.onnx;custom.onnx;unshapely.onnx;infinite.onnx" />
              <WeightWatcherModel Include="endless.onnx" Policy="brief.yml" />
              <WeightWatcherModel Include="drifted.onnx" Policy="drift.yml" Baseline="main.onnx" />
              <WeightWatcherModel Include="file.onnx" Policy="drift.yml" Baseline="main.onnx.wwbaseline.json" />
              <WeightWatcherModel Include="weights.safetensors" />
            </ItemGroup>
            """;
        using Scenario scenario = packages.NewScenario(models, ProjectShape.OnnxRuntime)
            .With("weightwatcher.yml", Policy(""))
            .With("brief.yml", Policy("timeout: 5s"))
            .With("drift.yml", Policy("max_output_drift: 1%"))
            .With("broken.onnx", RunnableOnnx.Broken())
            .With("custom.onnx", RunnableOnnx.CustomOperator())
            .With("unshapely.onnx", RunnableOnnx.Unshapely())
            .With("infinite.onnx", RunnableOnnx.NotFinite())
            .With("endless.onnx", RunnableOnnx.Endless())
            .With("drifted.onnx", RunnableOnnx.Linear(1.1f))
            .With("main.onnx", RunnableOnnx.Linear())
            .With("file.onnx", RunnableOnnx.Linear())
            .With("weights.safetensors", Models.Structured());
        (await scenario.Run("build", "--no-restore", "-t:WeightWatcherUpdateBaseline")).Fails();
        Assert.True(File.Exists(scenario.File("main.onnx.wwbaseline.json")));

        BuildResult result = (await scenario.Build("-p:WeightWatcherReportFormats=json%3Bjunit%3Bhtml%3Bmarkdown%3Bsarif"))
            .FailsWith("WWG1020", "WWG1021", "WWG1022", "WWG1023", "WWG1024", "WWG1025", "WWG1030", "WWG4030");
        Assert.All(result.Errors, error => Assert.Equal(5, error.Line));
        Assert.DoesNotContain("ORT_LOGGING_LEVEL", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("[E:onnxruntime", result.Output, StringComparison.Ordinal);
        string junit = await File.ReadAllTextAsync(Path.Combine(scenario.Intermediate, "weightwatcher", "infinite.onnx.report.junit.xml"), TestContext.Current.CancellationToken);
        Assert.Contains("name=\"runtime.finite_outputs\"", junit, StringComparison.Ordinal);
        Assert.Contains("Run in ONNX Runtime", await File.ReadAllTextAsync(Path.Combine(scenario.Intermediate, "weightwatcher", "infinite.onnx.report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("Run in ONNX Runtime", await File.ReadAllTextAsync(Path.Combine(scenario.Intermediate, "weightwatcher", "infinite.onnx.report.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        BuildResult wordy = (await scenario.Build("-v:detailed")).Fails();
        Assert.Contains("unshapely.onnx: ONNX Runtime: ORT_LOGGING_LEVEL_ERROR", wordy.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task finds_the_library_for_the_models_of_all_target_frameworks()
    {
        using Scenario scenario = packages.NewScenario(OneModel, ProjectShape.OnnxRuntimeTwoFrameworks)
            .With("weightwatcher.yml", Policy(""))
            .With("net.onnx", RunnableOnnx.Linear());
        Assert.Single((await scenario.Build()).Succeeds().Verdicts);
    }

    private static string Policy(string runtime) =>
        $"version: 1\nextends: none\nanalysis: {{ randomize: off, mp_fit: false, detX: false }}\nrules: []\nruntime: {{ {runtime} }}\n{(runtime.Contains("drift", StringComparison.Ordinal) ? "baseline: { path: main.onnx }\n" : "")}";

    /// <summary>The library as it is, but for what it says of its version.</summary>
    private static byte[] Older(byte[] library)
    {
        byte[] version = Encoding.ASCII.GetBytes(PackageFixture.VersionOf("Microsoft.ML.OnnxRuntime") + "\0");
        byte[] older = Encoding.ASCII.GetBytes("1.19.2\0");
        Assert.Equal(version.Length, older.Length);
        for (int at = library.AsSpan().IndexOf(version); at >= 0; at = library.AsSpan().IndexOf(version))
            older.CopyTo(library, at);
        return library;
    }
}
