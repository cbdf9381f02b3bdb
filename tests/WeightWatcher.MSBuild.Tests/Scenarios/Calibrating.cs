using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class Calibrating(PackageFixture packages)
{
    [Fact]
    public async Task writes_a_policy_that_the_good_models_keep_and_a_random_one_breaks_and_never_replaces_a_file_unasked()
    {
        using Scenario scenario = packages.NewScenario(
            """<PropertyGroup><WeightWatcherModelGlobs>models/*.safetensors</WeightWatcherModelGlobs></PropertyGroup>""")
            .With("models/a.safetensors", Models.Structured(seed: 1, n: 192, m: 128))
            .With("models/b.safetensors", Models.Structured(seed: 2, n: 192, m: 128))
            .With("models/c.safetensors", Models.Structured(seed: 3, n: 192, m: 128));

        BuildResult calibrated = (await scenario.Build("-t:WeightWatcherCalibrate")).Succeeds();
        Assert.Contains("policy weightwatcher.yml is written from 3 models", calibrated.Output, StringComparison.Ordinal);
        string policy = await File.ReadAllTextAsync(scenario.File("weightwatcher.yml"), TestContext.Current.CancellationToken);
        Assert.Contains("id: calibrated-structure", policy, StringComparison.Ordinal);
        Assert.False(File.Exists(scenario.Record));

        (await scenario.Build()).Succeeds();
        scenario.With("models/c.safetensors", Models.Random(n: 192, m: 128));
        BuildResult random = (await scenario.Build()).Fails();
        Assert.Contains(random.Errors, e => e.ToString()!.Contains("calibrated-structure", StringComparison.Ordinal));

        (await scenario.Build("-t:WeightWatcherCalibrate")).FailsWith("WWG5010");
        Assert.Equal(policy, await File.ReadAllTextAsync(scenario.File("weightwatcher.yml"), TestContext.Current.CancellationToken));

        scenario.With("models/c.safetensors", Models.WithNaN());
        BuildResult damaged = (await scenario.Build("-t:WeightWatcherCalibrate", "-p:WeightWatcherCalibrateOverwrite=true")).Fails();
        Assert.All(damaged.Errors, e => Assert.StartsWith("WWG2", e.Code, StringComparison.Ordinal));
        Assert.Equal(policy, await File.ReadAllTextAsync(scenario.File("weightwatcher.yml"), TestContext.Current.CancellationToken));

        File.Delete(scenario.File("models/c.safetensors"));
        (await scenario.Build("-t:WeightWatcherCalibrate", "-p:WeightWatcherCalibrateOverwrite=true")).Succeeds();
        Assert.Contains("Calibrated from 2 good models", await File.ReadAllTextAsync(scenario.File("weightwatcher.yml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
