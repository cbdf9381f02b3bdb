namespace WeightWatcher.Assertions.Tests;

public sealed class Theory_data(Workspace workspace) : Scenarios(workspace)
{
    [Theory, MemberData(nameof(Runners))]
    public async Task Gives_one_test_per_artifact(Runner runner)
    {
        TestOutcome[] tests = (await Workspace.Run(runner)).Rows("Each_file");
        Assert.Equal(2, tests.Length);
        Assert.True(Assert.Single(tests, test => test.Name.Contains("models/set/one.safetensors", StringComparison.Ordinal)).Passed);
        AssertFailure(Assert.Single(tests, test => test.Name.Contains("models/set/deeper/two.safetensors", StringComparison.Ordinal)), "WWG1001");
    }

    [Theory, MemberData(nameof(Runners))]
    public Task That_matches_no_file_fails(Runner runner) => AssertFails(runner, "No_files", "WWG5008", "models/**/*.gguf");

    [Theory, MemberData(nameof(Runners))]
    public Task Without_layers_fails(Runner runner) => AssertFails(runner, "No_layers", "WWG5008", "models/vectors.safetensors");

    [Theory, MemberData(nameof(Runners))]
    public Task Of_a_missing_model_fails(Runner runner) => AssertFails(runner, "Layers_of_a_missing_model", "WWG2001", "models/absent.safetensors");
}
