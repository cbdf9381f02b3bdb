namespace WeightWatcher.Assertions.Tests;

public sealed class Project_of_an_earlier_language_version(Workspace workspace) : Scenarios(workspace)
{
    [Fact]
    public async Task Asserts_through_the_class_of_its_own()
    {
        TestRun run = await Workspace.RunProject("EarlierLanguage");
        Assert.Equal(7, run.Tests.Count);
        Assert.All(run.Tests.Where(test => !test.Name.Contains("Randomness_breaks_policy", StringComparison.Ordinal)), test => Assert.True(test.Passed, test.Message));
        AssertFailure(run.Of("Randomness_breaks_policy"), "WWG1001", "rand_distance");
    }
}
