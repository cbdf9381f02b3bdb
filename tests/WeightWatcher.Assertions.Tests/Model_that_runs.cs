namespace WeightWatcher.Assertions.Tests;

/// <summary>Checks in ONNX Runtime, with the worker that the core's package brings and the library from the test's own output folder.</summary>
public sealed class Model_that_runs(Workspace workspace) : Scenarios(workspace)
{
    [Theory, MemberData(nameof(Runners))]
    public async Task Passes_when_it_loads_and_its_outputs_are_finite_and_stay(Runner runner)
    {
        await AssertPasses(runner, "Model_runs");
        await AssertPasses(runner, "Model_runs_like_itself");
    }

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_when_its_outputs_drifted(Runner runner) => AssertFails(runner, "Model_drifted", "WWG1024", "'y'");

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_when_its_outputs_are_not_finite(Runner runner) => AssertFails(runner, "Outputs_are_not_finite", "WWG1023", "'y'");

    [Theory, MemberData(nameof(Runners))]
    public Task Fails_without_the_library(Runner runner) => AssertFails(runner, "Onnx_runtime_is_missing", "WWG5020", "WEIGHTWATCHER_ONNXRUNTIME_PATH");
}
