namespace WeightWatcher.Assertions.Tests;

public sealed class One_layer(Workspace workspace) : Scenarios(workspace)
{
    [Theory, MemberData(nameof(Runners))]
    public async Task Is_one_test_and_fails_alone(Runner runner)
    {
        TestOutcome[] tests = (await Workspace.Run(runner)).Rows("Each_layer");
        Assert.Equal(3, tests.Length);
        Assert.True(Named("fc1").Passed, Named("fc1").Message);
        AssertFailure(Named("fc2"), "WWG1001", "fc2", "rand_distance");
        Assert.True(Named("fc3").Passed, Named("fc3").Message);

        TestOutcome Named(string layer) => Assert.Single(tests, test => test.Name.Contains(layer, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Runners))]
    public async Task Is_selected_by_the_policy(Runner runner)
    {
        TestOutcome test = Assert.Single((await Workspace.Run(runner)).Rows("Each_selected_layer"));
        Assert.True(test.Passed, test.Message);
        Assert.Contains("fc1", test.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Runner.XunitV3)]
    [InlineData(Runner.XunitV3Platform)]
    public async Task Names_its_test_in_full_in_xunit_v3(Runner runner)
    {
        TestOutcome[] tests = (await Workspace.Run(runner)).Rows("Each_long_name");
        Assert.All(tests, test => Assert.True(test.Passed, test.Message));
        Assert.Contains(tests, test => test.Name.Contains("model.encoder.transformer.layers.0.self_attention.query_projection", StringComparison.Ordinal));
        Assert.Contains(tests, test => test.Name.Contains("model.encoder.transformer.layers.0.self_attention.key_projection", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Runners))]
    public async Task With_a_long_name_is_a_test_too(Runner runner) =>
        Assert.Equal(2, (await Workspace.Run(runner)).Rows("Each_long_name").Count(test => test.Passed));

    [Theory, MemberData(nameof(Runners))]
    public async Task That_is_not_analysed_fails(Runner runner)
    {
        await AssertFails(runner, "Unknown_layer", "WWG2026", "fc9.weight", "'fc1'", "'fc2'");
        await AssertFails(runner, "Excluded_layer", "WWG2026", "fc2");
        await AssertFails(runner, "Layer_of_a_truncated_file", "WWG2003");
    }
}
