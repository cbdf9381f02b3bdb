namespace WeightWatcher.Assertions.Tests;

public sealed class Test_under_xunit_v3(Workspace workspace) : Scenarios(workspace)
{
    public static TheoryData<Runner> RunnersOfV3 { get; } = [Runner.XunitV3, Runner.XunitV3Platform];

    [Theory, MemberData(nameof(RunnersOfV3))]
    public async Task Has_the_report_attached_whether_it_passes_or_fails(Runner runner)
    {
        Assert.Contains("structured.safetensors.report.json", (await Outcome(runner, "Structure_meets_policy")).Attachments);
        Assert.Contains("random.safetensors.report.json", (await Outcome(runner, "Randomness_breaks_policy")).Attachments);
        Assert.Contains("truncated.safetensors.report.json", (await Outcome(runner, "Truncated_file")).Attachments);
        Assert.Empty((await Outcome(runner, "Missing_model")).Attachments);
    }

    [Theory, MemberData(nameof(RunnersOfV3))]
    public async Task Is_a_failed_assertion_and_not_an_error(Runner runner)
    {
        await Workspace.Run(runner);
        string[] causes = Workspace.OutputLines(runner.ToString(), "causes.txt");
        Assert.Contains("Missing_model: Assertion", causes);
        Assert.Contains("Misspelt_policy: Assertion", causes);
        Assert.Contains("Randomness_breaks_policy: Assertion", causes);
        Assert.Contains("Structure_meets_policy: none", causes);
        Assert.DoesNotContain(causes, line => line.EndsWith(": Exception", StringComparison.Ordinal));
    }
}
