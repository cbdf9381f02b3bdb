namespace WeightWatcher.Assertions.Tests;

public sealed class Model_that_breaks_its_policy(Workspace workspace) : Scenarios(workspace)
{
    [Theory, MemberData(nameof(Runners))]
    public Task Fails_and_names_layer_metric_limit_and_policy_line(Runner runner) =>
        AssertFails(runner, "Randomness_breaks_policy", "WWG1001", "fc1", "fc2", "rand_distance", "0.25", "[structure.yml:5");

    [Theory, MemberData(nameof(Runners))]
    public async Task Fails_the_built_in_policy_by_default_and_by_name(Runner runner)
    {
        await AssertFails(runner, "Randomness_is_not_well_trained", "WWG1", "rand_distance");
        await AssertFails(runner, "Randomness_is_not_well_trained_by_name", "WWG1", "rand_distance");
    }

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_when_worse_than_its_baseline(Runner runner) =>
        AssertFails(runner, "Randomness_is_regressed", "WWG1004", "rand_distance", "no-worse.yml");

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_with_the_users_own_line_on_top(Runner runner) => TopFrame(runner, "ModelScenarios.Randomness_breaks_policy");

    [Theory, MemberData(nameof(Runners))]
    public Task Says_the_same_on_a_german_machine(Runner runner) => AssertPasses(runner, "Same_words_on_a_german_machine");

    private async Task TopFrame(Runner runner, string method)
    {
        TestOutcome test = await Outcome(runner, method.Split('.')[1]);
        Assert.Contains(method, test.StackTrace.Split('\n')[0], StringComparison.Ordinal);
    }
}
