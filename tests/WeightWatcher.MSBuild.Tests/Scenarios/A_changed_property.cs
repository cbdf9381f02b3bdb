using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_changed_property(PackageFixture packages)
{
    [Fact]
    public async Task is_seen_although_no_file_changed()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("lax.yml", Models.Policy.Replace("0.2", "0.0", StringComparison.Ordinal))
            .With("model.safetensors", Models.Random());
        (await scenario.Build("-p:WeightWatcherPolicyFile=lax.yml")).Succeeds();

        Assert.Single((await scenario.Build()).Fails().Errors);

        string reports = scenario.File("reports");
        (await scenario.Build("-p:WeightWatcherPolicyFile=lax.yml", "-p:WeightWatcherReportDirectory=reports/", "-p:WeightWatcherReportFormats=json%3Bcsv")).Succeeds();
        Assert.Equal("model.safetensors", scenario.Report(directory: reports).GetProperty("artifact").GetProperty("path").GetString());
        Assert.True(File.Exists(Path.Combine(reports, "model.safetensors.report.csv")));
        // The verdict in the folder that is no longer asked for must not stay behind.
        Assert.False(File.Exists(scenario.ReportPath()));

        BuildResult unknown = (await scenario.Build("-p:WeightWatcherPolicyFile=lax.yml", "-p:WeightWatcherReportFormats=json%3Bjsno")).FailsWith("WWG5007");
        Assert.Contains("'jsno'", Assert.Single(unknown.Errors).Message, StringComparison.Ordinal);
    }
}
