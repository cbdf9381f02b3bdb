using System.Text.Json;
using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed class A_bad_model_fails(PackageFixture packages)
{
    [Fact]
    public async Task on_the_line_of_the_policy_and_again_until_something_changes()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Random());

        BuildResult first = (await scenario.Build()).Fails();

        Diagnostic error = Assert.Single(first.Errors);
        Assert.Equal(scenario.File("weightwatcher.yml"), error.File);
        Assert.Equal(4, error.Line);
        Assert.True(error.Column >= 1);
        Assert.Matches("^WWG1[0-9]{3}$", error.Code);
        Assert.Contains("model.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("fc1", error.Message, StringComparison.Ordinal);
        Assert.Contains("rand_distance", error.Message, StringComparison.Ordinal);
        Assert.False(scenario.Report().GetProperty("verdict").GetProperty("passed").GetBoolean());

        BuildResult second = (await scenario.Build()).Fails();

        Assert.Equal(first.Errors, second.Errors);
        Assert.Contains("unchanged since the last gate", Assert.Single(second.Verdicts), StringComparison.Ordinal);

        scenario.With("model.safetensors", Models.Structured());
        (await scenario.Build()).Succeeds();
    }

    [Fact]
    public async Task with_the_nine_worst_lines_and_how_many_more_there_are()
    {
        string[] layers = [.. Enumerable.Range(1, 12).Select(i => FormattableString.Invariant($"fc{i}"))];
        using Scenario scenario = packages.NewScenario(Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Random(layers: layers));

        BuildResult build = (await scenario.Build()).Fails();

        Assert.Equal(10, build.Errors.Count);
        Assert.Contains("and 3 more, see the report", build.Errors[9].Message, StringComparison.Ordinal);
        JsonElement violations = scenario.Report().GetProperty("verdict").GetProperty("violations");
        Assert.Equal(12, violations.GetArrayLength());
    }
}
