using WeightWatcher.MSBuild.Tests.Infra;

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
}
