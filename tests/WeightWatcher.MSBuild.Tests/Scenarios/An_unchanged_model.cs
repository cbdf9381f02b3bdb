using WeightWatcher.MSBuild.Tests.Infra;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class An_unchanged_model(PackageFixture packages)
{
    [Fact]
    public async Task is_not_analysed_again_and_its_warnings_are_repeated()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.WarningPolicy)
            .With("model.safetensors", Models.Random());
        BuildResult first = (await scenario.Build()).Succeeds();
        DateTime written = File.GetLastWriteTimeUtc(scenario.ReportPath());

        // The same bytes with another time are still the same model.
        File.SetLastWriteTimeUtc(scenario.File("model.safetensors"), new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        BuildResult second = (await scenario.Build()).Succeeds();

        Assert.Single(first.Warnings);
        Assert.Equal(first.Warnings, second.Warnings);
        Assert.DoesNotContain("unchanged", Assert.Single(first.Verdicts), StringComparison.Ordinal);
        Assert.Contains("unchanged", Assert.Single(second.Verdicts), StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(scenario.ReportPath()));

        File.Delete(scenario.ReportPath());
        Assert.DoesNotContain("unchanged", Assert.Single((await scenario.Build()).Succeeds().Verdicts), StringComparison.Ordinal);
        Assert.True(File.Exists(scenario.ReportPath()));

        File.WriteAllText(scenario.Record, "{ \"version\": 1, \"artifacts\": [ nonsense");
        BuildResult afterDamage = (await scenario.Build()).Succeeds();
        Assert.Equal(first.Warnings, afterDamage.Warnings);
        Assert.DoesNotContain("unchanged", Assert.Single(afterDamage.Verdicts), StringComparison.Ordinal);
    }

    // What takes an analysis must not be loaded where nothing is analysed: loading and compiling it would cost every build.
    [Fact]
    public async Task needs_no_library_but_the_core()
    {
        using Scenario scenario = packages.NewScenario("""<ItemGroup><WeightWatcherModel Include="model.safetensors" Baseline="baselines/" /></ItemGroup>""")
            .With("weightwatcher.yml", Models.WarningPolicy + Against)
            .With("model.safetensors", Models.Random());
        string tasks = Directory.CreateDirectory(scenario.File("tasks")).FullName + Path.DirectorySeparatorChar;
        foreach (string file in Directory.EnumerateFiles(PackageFixture.BuiltTasks))
            File.Copy(file, Path.Combine(tasks, Path.GetFileName(file)));
        string folder = $"-p:WeightWatcherTasksFolder={tasks}";
        (await scenario.Build("-t:WeightWatcherUpdateBaseline", folder)).Succeeds();
        BuildResult first = (await scenario.Build(folder)).Succeeds();
        foreach (string library in (string[])["MathNet.Numerics.dll", "OxyPlot.dll", "YamlDotNet.dll"])
            File.Delete(Path.Combine(tasks, library));

        BuildResult second = (await scenario.Build(folder)).Succeeds();

        Assert.Single(first.Warnings);
        Assert.Equal(first.Warnings, second.Warnings);
        Assert.Contains("unchanged", Assert.Single(second.Verdicts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task is_judged_again_when_a_file_appears_that_says_what_its_tensors_mean()
    {
        float[] factor = [.. Enumerable.Range(0, 24 * 16).Select(i => MathF.Sin(i * i))];
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", "version: 1\nextends: none\nrules:\n  - { id: norm, metric: log_norm, per: layer, min: 99, severity: warning }\n")
            .With("model.safetensors", SafetensorsWriter.Bytes([("q.lora_A.weight", [16, 24], factor), ("q.lora_B.weight", [24, 16], factor)]));
        BuildResult first = (await scenario.Build()).Succeeds();
        Assert.Contains("unchanged", Assert.Single((await scenario.Build()).Succeeds().Verdicts), StringComparison.Ordinal);

        scenario.With("adapter_config.json", """{ "r": 16, "lora_alpha": 64 }""");
        BuildResult second = (await scenario.Build()).Succeeds();

        Assert.DoesNotContain("unchanged", Assert.Single(second.Verdicts), StringComparison.Ordinal);
        Assert.NotEqual(Assert.Single(first.Warnings).Message, Assert.Single(second.Warnings).Message);
        Assert.Contains("unchanged", Assert.Single((await scenario.Build()).Succeeds().Verdicts), StringComparison.Ordinal);
    }

    private const string Against = """
          - id: no-regression
            metric: rand_distance
            per: layer
            baseline: { max_decrease: 5% }

        """;
}
