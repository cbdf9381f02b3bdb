namespace WeightWatcher.Assertions.Tests;

public sealed class Example_of_the_repository(Workspace workspace) : Scenarios(workspace)
{
    [Fact]
    public async Task Passes_with_the_package_in_the_place_of_the_source()
    {
        TestRun run = await Workspace.RunProject("examples/assert-in-tests");
        Assert.All(run.Tests, test => Assert.True(test.Passed, $"{test.Name}: {test.Message}"));
        Assert.Equal(3, run.Rows("Every_layer_meets_our_own_policy").Length);
        Assert.Equal(2, run.Rows("Every_format_we_ship_is_well_trained").Length);
        Assert.Equal(11, run.Tests.Count);
    }
}
