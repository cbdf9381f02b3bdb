using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_report_that_cannot_be_written(PackageFixture packages)
{
    [Fact]
    public async Task fails_the_build_until_it_can_be_written()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured())
            .With("reports", "a file where the folder should be");
        const string Reports = "-p:WeightWatcherReportDirectory=reports/";
        (await scenario.Build(Reports)).FailsWith("WWG5004");

        File.Delete(scenario.File("reports"));
        BuildResult second = (await scenario.Build(Reports)).Succeeds();

        Assert.DoesNotContain("unchanged", Assert.Single(second.Verdicts), StringComparison.Ordinal);
        Assert.True(File.Exists(scenario.ReportPath(directory: scenario.File("reports"))));
    }

    [Fact]
    public async Task is_no_fault_of_the_gate_when_it_is_its_record_or_its_list()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured());
        // Folders where the files should be.
        Directory.CreateDirectory(scenario.Record);
        Directory.CreateDirectory(Path.Combine(scenario.Intermediate, "weightwatcher.gate.files"));
        BuildResult result = (await scenario.Build()).FailsWith("WWG5004");
        Assert.Equal(2, result.Errors.Count);
        Assert.Contains(" passes ", Assert.Single(result.Verdicts), StringComparison.Ordinal);
    }
}
