namespace WeightWatcher.Assertions.Tests;

public sealed class Project_of_the_other_xunit_version(Workspace workspace) : Scenarios(workspace)
{
    [Theory]
    [InlineData("V2PackageBesideV3", "WeightWatcher.Assertions is for xunit v2", "Reference the package WeightWatcher.Assertions.XunitV3 instead")]
    [InlineData("V3PackageBesideV2", "WeightWatcher.Assertions.XunitV3 is for xunit v3", "Reference the package WeightWatcher.Assertions instead")]
    [InlineData("V3PackageBesideEarlierV3", "WeightWatcher.Assertions.XunitV3 is for xunit.v3 4.0.2 or later", "xunit.v3.runner.inproc.console 3.2.2")]
    public async Task Does_not_build_and_is_told_which_package_to_take(string project, string what, string remedy)
    {
        DotnetResult build = await Workspace.Build(project);
        Assert.Equal(1, build.ExitCode);
        Assert.Contains("error WWG5006: " + what, build.Output, StringComparison.Ordinal);
        Assert.Contains(remedy, build.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("error CS", build.Output, StringComparison.Ordinal);
    }
}
