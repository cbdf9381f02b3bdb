namespace WeightWatcher.Assertions.Tests;

public sealed class Model_that_cannot_be_judged(Workspace workspace) : Scenarios(workspace)
{
    [Theory, MemberData(nameof(Runners))]
    public async Task Missing_fails_and_lists_both_places(Runner runner)
    {
        TestOutcome test = await Outcome(runner, "Missing_model");
        AssertFailure(test, "WWG2001", Path.Combine(Workspace.OutputFolder(runner.ToString()), "models", "absent.onnx"));
        string[] places = [.. test.Message.Split('\'').Where(part => part.EndsWith("absent.onnx", StringComparison.Ordinal) && Path.IsPathRooted(part))];
        Assert.Distinct(places);
        Assert.InRange(places.Length, 1, 2);
    }

    [Theory, MemberData(nameof(Runners))]
    public Task Without_its_policy_fails(Runner runner) =>
        AssertFails(runner, "Missing_policy", "WWG3001", Path.Combine(Workspace.OutputFolder(runner.ToString()), "absent.yml"));

    [Theory, MemberData(nameof(Runners))]
    public Task Without_its_baseline_fails(Runner runner) =>
        AssertFails(runner, "Missing_baseline", "WWG4002", Path.Combine(Workspace.OutputFolder(runner.ToString()), "absent.safetensors"));

    [Theory, MemberData(nameof(Runners))]
    public Task With_a_broken_baseline_fails(Runner runner) => AssertFails(runner, "Broken_baseline", "WWG4003");

    [Theory, MemberData(nameof(Runners))]
    public Task With_a_rule_on_a_baseline_and_none_given_fails(Runner runner) => AssertFails(runner, "Nothing_to_compare_with", "WWG4001");

    [Theory, MemberData(nameof(Runners))]
    public Task With_a_misspelt_policy_fails_at_its_line_and_column(Runner runner) =>
        AssertFails(runner, "Misspelt_policy", "WWG3007", "minn", "[typo.yml:8:5]");

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_with_nan_weights(Runner runner) => AssertFails(runner, "Nan_weights", "WWG2022", "fc1");

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_with_a_layer_of_zeros(Runner runner) => AssertFails(runner, "Zero_weights", "WWG2023", "fc1");

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_when_truncated(Runner runner) => AssertFails(runner, "Truncated_file", "WWG2003", "models/truncated.safetensors");

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_when_it_is_a_git_lfs_pointer(Runner runner) => AssertFails(runner, "Pointer_file", "WWG2005");

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_without_a_layer(Runner runner) => AssertFails(runner, "No_layer_to_analyse", "WWG2021");
}
