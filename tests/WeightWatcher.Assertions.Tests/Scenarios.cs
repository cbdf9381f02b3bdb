namespace WeightWatcher.Assertions.Tests;

/// <summary>What scenario tests share: the workspace, the runners, and what every failure must look like.</summary>
public abstract class Scenarios(Workspace workspace)
{
    public static TheoryData<Runner> Runners { get; } = [.. Enum.GetValues<Runner>()];

    protected Workspace Workspace { get; } = workspace;

    private protected async Task<TestOutcome> Outcome(Runner runner, string scenario) => (await Workspace.Run(runner)).Of(scenario);

    private protected async Task AssertPasses(Runner runner, string scenario)
    {
        TestOutcome test = await Outcome(runner, scenario);
        Assert.True(test.Passed, $"{test.Name}: {test.Message}\n{test.StackTrace}");
    }

    /// <summary>The scenario failed by our own exception, said all of this, and showed nothing of our insides.</summary>
    private protected async Task AssertFails(Runner runner, string scenario, params string[] said) => AssertFailure(await Outcome(runner, scenario), said);

    private protected static void AssertFailure(TestOutcome test, params string[] said)
    {
        Assert.True(test.Outcome == "Failed", $"{test.Name}: {test.Outcome}");
        foreach (string words in said)
            Assert.True(test.Message.Contains(words, StringComparison.Ordinal), $"'{words}' is not said by {test.Name}: {test.Message}\n{test.StackTrace}");
        AssertNoFrameOfOurs(test.StackTrace);
        AssertNoFrameOfOurs(test.Message);
    }

    private static void AssertNoFrameOfOurs(string text)
    {
        Assert.DoesNotContain("at WeightWatcher.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("at Xunit.Model", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Verdict.ThrowIfFailed", text, StringComparison.Ordinal);
    }
}
