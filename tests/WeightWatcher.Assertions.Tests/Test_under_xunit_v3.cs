namespace WeightWatcher.Assertions.Tests;

public sealed class Test_under_xunit_v3(Workspace workspace) : Scenarios(workspace)
{
    public static TheoryData<Runner> RunnersOfV3 { get; } = [Runner.XunitV3, Runner.XunitV3Platform];

    [Theory, MemberData(nameof(RunnersOfV3))]
    public async Task Has_the_report_attached_whether_it_passes_or_fails(Runner runner)
    {
        await HasReport("Structure_meets_policy", "structured.safetensors");
        await HasReport("Randomness_breaks_policy", "random.safetensors");
        await HasReport("Truncated_file", "truncated.safetensors");
        Assert.Empty((await Outcome(runner, "Missing_model")).Attachments);

        // A runner may add an extension of its own.
        async Task HasReport(string scenario, string model) =>
            Assert.Collection(
                (await Outcome(runner, scenario)).Attachments.Order(StringComparer.Ordinal),
                page => Assert.StartsWith(model + ".report.html", page, StringComparison.Ordinal),
                data => Assert.StartsWith(model + ".report.json", data, StringComparison.Ordinal));
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
