namespace WeightWatcher.Assertions.Tests;

public sealed class Model_that_keeps_its_policy(Workspace workspace) : Scenarios(workspace)
{
    [Theory, MemberData(nameof(Runners))]
    public async Task Passes(Runner runner)
    {
        await AssertPasses(runner, "Structure_meets_policy");
        await AssertPasses(runner, "Structure_is_well_trained_by_a_file");
        await AssertPasses(runner, "Same_model_is_not_regressed");
        await AssertPasses(runner, "Same_model_is_not_regressed_by_the_built_in_policy");
    }

    [Theory, MemberData(nameof(Runners))]
    public Task Passes_with_a_broken_rule_that_only_warns(Runner runner) => AssertPasses(runner, "Randomness_breaks_warning");

    [Theory, MemberData(nameof(Runners))]
    public Task Is_found_by_an_absolute_path(Runner runner) => AssertPasses(runner, "Absolute_path");

    [Theory, MemberData(nameof(Runners))]
    public Task Is_found_in_the_current_directory_and_first_in_the_output_folder(Runner runner) => AssertPasses(runner, "Current_directory_comes_second");

    [Theory, MemberData(nameof(Runners))]
    public Task Is_analysed_once_until_its_file_changes(Runner runner) => AssertPasses(runner, "Analysed_once_until_the_file_changes");
}
